"""The times of an incident, t0 to t15: what each is called, which follows which, where a line looks odd. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

NAMES = {
    "t0": "berdering",
    "t1": "terjawab",
    "t2": "digolongkan",
    "t3": "tempat diketahui",
    "t4": "dicatat",
    "t5": "diterima pengirim satuan",
    "t6": "satuan pertama diberi tahu",
    "t7": "tugas diterima",
    "t8": "berangkat",
    "t9": "tiba di lokasi",
    "t10": "terkendali",
    "t11": "satuan selesai",
    "t12": "laporan lapangan",
    "t13": "umpan balik ke pelapor",
    "t14": "ditutup",
    "t15": "dibuka kembali",
}
ORDER = tuple(NAMES)
OF_A_CALL = ORDER[:5]  # t0 to t4 belong to a call, the others to the incident
# what may happen before what stands left of it: a field report and word to the reporter come whenever they come
LOOSE = frozenset({"t3", "t12", "t13", "t15"})
CHAIN = tuple(which for which in ORDER if which not in LOOSE)


@dataclass(frozen=True, slots=True)
class Time:
    """One of t0 to t15: when, how it is known (live, paper, corrected), by whom, why and what held before."""

    which: str
    at: dt.datetime
    source: str = "live"
    by: str | None = None
    why: str | None = None
    was: dt.datetime | None = None
    written_at: dt.datetime | None = None


def corrected(held: Mapping[str, Time], marks: Iterable[Time]) -> dict[str, Time]:
    """The times as they hold after the marks, oldest first: of live ones the earlier, a correction replaces."""
    result = dict(held)
    for mark in marks:
        before = result.get(mark.which)
        if mark.source == "corrected":
            result[mark.which] = replace(mark, was=before.at if before else None)
        elif before is None or (before.source == "live" and mark.at < before.at):
            result[mark.which] = mark
    return {which: result[which] for which in ORDER if which in result}


def odd(held: Mapping[str, dt.datetime], now: dt.datetime | None = None) -> list[tuple[str, str]]:
    """Pairs (earlier name, later name) that stand the wrong way round; a name with itself lies in the future.

    A closing that was followed by a reopening is past: what came after it is no contradiction.
    """
    is_past = "t14" in held and "t15" in held and held["t14"] <= held["t15"]
    known = [which for which in CHAIN if which in held and not (which == "t14" and is_past)]
    steps = [*zip(known, known[1:], strict=False), ("t1", "t3")]
    pairs = [(one, other) for one, other in steps if one in held and other in held and held[other] < held[one]]
    return pairs + [(which, which) for which in ORDER if now and which in held and held[which] > now]


def doubt_about(held: Mapping[str, dt.datetime], which: str, now: dt.datetime) -> str | None:
    """A question for whoever writes a time that stands oddly among the others, or None."""
    for one, other in odd(held, now):
        if one == other == which:
            return f"Waktu {which} ({NAMES[which]}) ada di masa depan. Sungguh begitu?"
        if which in (one, other):
            return f"{other} ({NAMES[other]}) menjadi lebih awal daripada {one} ({NAMES[one]}). Sungguh begitu?"
    return None
