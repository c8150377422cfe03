"""Which unit one would send, and why: reasons, shortfalls and the order. Pure.

Distances are straight lines with a road factor, named as such (ETA_BASIS). A stale position is named and not held
against the unit: where it was is the best that is known.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gis.coordinates import Position, distance_m
from incident import rules

ROAD_FACTOR = 1.4  # straight line to road, a rule of thumb; named as such on the screen
SPEED_M_S = 9.0  # some 32 km/h on regency roads at night
STALE_POSITION_S = 900
NOT_ABLE = "tidak tercatat mampu untuk jenis ini"
ETA_BASIS = "perkiraan tanpa peta jalan: garis lurus × 1,4 dengan 32 km/jam"


@dataclass(frozen=True, slots=True)
class Duty:
    """A unit beside its card: whether it is on shift (None: nobody plans it), its crew, and how many it takes."""

    on_shift: bool | None = None
    crew: int = 0
    least_crew: int = 0

    @property
    def lacks_crew(self) -> bool:
        """Fewer than it takes; where nobody is entered, nobody knows."""
        return 0 < self.crew < self.least_crew


UNKNOWN = Duty()


def way(away_m: float | None) -> dict[str, Any]:
    """Metres in a straight line and the seconds they may take on the road (ETA_BASIS); None when not known."""
    if away_m is None:
        return {"distance_m": None, "eta_s": None}
    return {"distance_m": round(away_m), "eta_s": round(away_m * ROAD_FACTOR / SPEED_M_S)}


def age_of(position_at: dt.datetime | None, now: dt.datetime) -> dict[str, Any]:
    """How old a position is, and whether that is too old to lean on; one without a time is."""
    age_s = max(0, round((now - position_at).total_seconds())) if position_at else None
    return {"position_age_s": age_s, "is_stale": age_s is None or age_s > STALE_POSITION_S}


def judged(
    card: Mapping[str, Any],
    position_at: dt.datetime | None,
    incident: Mapping[Any, Any],
    able: frozenset[str] | set[str],
    duty: Duty,
    now: dt.datetime,
) -> dict[str, Any]:
    """A unit for an incident: `able` are its capabilities that the incident needs."""
    away_m, age = away(card, incident), age_of(position_at, now)
    reasons, shortfalls = _suits(card, able)
    if away_m is None:
        shortfalls.append("posisi tidak diketahui")
    else:
        reasons.insert(0, f"{away_m / 1000:.1f} km garis lurus".replace(".", ","))
        shortfalls += _staleness(age)
    shortfalls += _in_the_way(card, incident, duty)
    is_held_back = duty.on_shift is False or duty.lacks_crew
    facts = {"reasons": reasons, "shortfalls": shortfalls, "is_able": bool(able), "is_held_back": is_held_back}
    return {"unit": card, **way(away_m), **age, **facts}


def _in_the_way(card: Mapping[str, Any], incident: Mapping[Any, Any], duty: Duty) -> list[str]:
    found = []
    if card["state"] == "mayday":
        found.append("DARURAT")
    elif card["state"] not in rules.FREE_STATES:
        found.append("sedang bertugas")
    if incident["id"] in card["incident_ids"]:
        found.append("sudah di kejadian ini")
    if duty.on_shift is False:
        found.append("di luar jam dinas")
    if duty.lacks_crew:
        found.append(f"awak {duty.crew} dari {duty.least_crew}")
    return found


def in_order(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What stands in the way first (busy, not able, nowhere), then who is known to be able, then the way."""
    return sorted(found, key=_order)


def _order(one: Mapping[str, Any]) -> tuple[Any, ...]:
    in_the_way = len(one["shortfalls"]) - int(one["is_stale"] and one["distance_m"] is not None)
    return in_the_way, not one["is_able"], one["distance_m"] is None, one["distance_m"] or 0


def _suits(card: Mapping[str, Any], able: frozenset[str] | set[str]) -> tuple[list[str], list[str]]:
    """Whether it is able to: (reasons, shortfalls)."""
    if able:
        return [f"mampu: {', '.join(sorted(able))}"], []
    return [], [NOT_ABLE] if card["capabilities"] else []


def _staleness(age: Mapping[str, Any]) -> list[str]:
    if not age["is_stale"]:
        return []
    return [f"posisi {_ago(age['position_age_s'])} lalu" if age["position_age_s"] is not None else "posisi tanpa jam"]


def _ago(age_s: float) -> str:
    """`20 menit`, `3 jam`, `2 hari`."""
    for size_s, word in ((172_800, "hari"), (7_200, "jam")):
        if age_s >= size_s:
            return f"{age_s // (size_s // 2):.0f} {word}"
    return f"{age_s / 60:.0f} menit"


def away(unit: Mapping[str, Any], incident: Mapping[Any, Any]) -> float | None:
    """Metres between them in a straight line, or None."""
    if unit["lon"] is None or incident["lon"] is None:
        return None
    return distance_m(Position(unit["lon"], unit["lat"]), Position(incident["lon"], incident["lat"]))
