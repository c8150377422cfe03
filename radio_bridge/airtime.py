"""How much airtime the law of the channel leaves this station in this hour, for every process of the machine.

Read from the radio's spool, where the book stands before a frame is keyed: nobody has to publish it.
"""

import time
from pathlib import Path
from typing import Any

from radio_bridge.ledger import Ledger
from radio_bridge.profiles import Profile
from radio_bridge.spool import FILE, KeptLink, Spool, SpoolFault, peek_link


def boot_seconds() -> float:
    """The link's clock: nobody can set it, it runs on through sleep, and it starts anew only with the machine."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def this_boot() -> str:
    """Names this run of the machine, so that a restart knows whether its clock is still the same."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def airtime_left_s(spool: Spool, profile: Profile) -> dict[str, float]:
    """Seconds this station may still be on the air in this hour: `urgent` for priority 0, `usual` for the rest."""
    urgent, usual = _left_s(spool.link(), profile)
    return {"urgent": round(urgent, 1), "usual": round(usual, 1)}


def airtime_of(folder: Path, profile: Profile) -> dict[str, Any] | None:
    """The hour of the radio whose spool lies in `folder`, to be shown; None when the spool cannot be read.

    {service, limit_s, left_s, kept_s}: seconds; `kept_s` of `left_s` are for priority 0 alone. Where the law knows no
    limit, or Posko keys nothing at all, the three are None.
    """
    if profile.limit_s is None:
        return {"service": profile.name, "limit_s": None, "left_s": None, "kept_s": None}
    try:
        urgent, usual = _left_s(peek_link(folder / FILE), profile)
    except SpoolFault:
        return None
    left = {"left_s": round(urgent, 1), "kept_s": round(urgent - usual, 1)}
    return {"service": profile.name, "limit_s": profile.limit_s, **left}


def _left_s(kept: KeptLink | None, profile: Profile) -> tuple[float, float]:
    """(for priority 0, for the rest)"""
    now = boot_seconds()
    state = kept.state.get("ledger") if kept else None
    same_clock = kept is not None and kept.boot == this_boot()
    move_s = 0.0 if same_clock or not state or state["as_of"] is None else -state["as_of"]
    ledger = Ledger.restored(profile, state, move_s)
    return ledger.left_s(now, 0), ledger.left_s(now, 3)
