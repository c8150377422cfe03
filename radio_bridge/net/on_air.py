"""The round that is on the air now: who is asked, how long each slot is, when it began.

Read from the radio's spool, where it stands before the frame is keyed: nobody has to publish it, and a web server that
starts in the middle of a round knows it too.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from incident.queries import iso
from radio_bridge.airtime import boot_seconds, this_boot
from radio_bridge.devices import figures_of, take_apart
from radio_bridge.ports import BadPort
from radio_bridge.spool import FILE, SpoolFault, peek_link


def round_now(folder: Path, radio: str, now: dt.datetime) -> dict[str, Any] | None:
    """The round of the radio whose spool lies in `folder`; None where none is on or nobody can tell.

    {uid, round, asked, slot_ms, begins_at, ends_at, calling}: station numbers in the order of their slots; the first
    slot begins at `begins_at`, before that the alert itself is on the air; `calling` when persons are asked for.
    """
    try:
        kept = peek_link(folder / FILE)
        guard_ms = figures_of(take_apart(radio)).guard_ms
    except (SpoolFault, BadPort):
        return None
    if kept is None or kept.boot != this_boot():
        return None
    return newest_round(kept.state.get("messages", ()), boot_seconds(), now, guard_ms)


def newest_round(
    messages: Sequence[Mapping[str, Any]], clock_s: float, now: dt.datetime, guard_ms: int
) -> dict[str, Any] | None:
    """Of the link's messages, the round that ends last and is not over. clock_s: the link's clock, when it is `now`."""
    going = [one for one in messages if one.get("round_ends") is not None and one["round_ends"] > clock_s]
    if not going:
        return None
    one = max(going, key=lambda message: float(message["round_ends"]))
    ends_at = now + dt.timedelta(seconds=one["round_ends"] - clock_s)
    slots = dt.timedelta(milliseconds=len(one["asked"]) * one["slot_ms"] + guard_ms)
    told: dict[str, Any] = {"begins_at": iso(ends_at - slots), "ends_at": iso(ends_at)}
    told["calling"] = bool(one.get("calling"))
    return {"uid": one["uid"], "round": one["rounds"], "asked": one["asked"], "slot_ms": one["slot_ms"], **told}
