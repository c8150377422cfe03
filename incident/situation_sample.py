"""A made-up disaster day for measuring the situation map and for looking at it: never anybody's data."""

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

from gis.backdrop import backdrop
from incident import rules, seeds
from incident.situation import HOURS, english

CENTRES = ((116.55, -8.55), (116.63, -8.42), (116.53, -8.65), (116.60, -8.72), (116.47, -8.38), (116.66, -8.60))
PLACES = (
    "Pringgabaya",
    "Selong",
    "Sembalun Lawang",
    "Labuhan Haji",
    "Aikmel",
    "Keruak",
    "Sambelia",
    "Sakra",
    "Masbagik",
)
SHARES = ((1, 0.12), (2, 0.33), (3, 0.4), (4, 0.15))
KINDS = ("hospital", "puskesmas", "fire_post", "shelter", "school")


def invent(incidents: int, at: dt.datetime, language: str = "id", seed: int = 112) -> dict[str, Any]:
    """A picture with this many incidents of the last day, marked as an exercise."""
    dice = random.Random(seed)
    rows = [_incident(dice, number) for number in range(1, incidents + 1)]
    return {
        "made": {
            "site": "Kabupaten Contoh",
            "area_code": "",
            "at": at.isoformat(),
            "stamp": f"{at:%Y-%m-%d %H.%M} UTC",
            "seq": incidents * 4,
            "zone_label": "UTC",
            "offset_min": 0,
            "exercise": True,
            "language": language,
        },
        "from": -HOURS * 3600,
        "types": [[code, name_id, name_en] for code, _, _, name_id, name_en, _, _ in seeds.TYPES],
        "states": list(rules.INCIDENT_STATES),
        "incidents": rows,
        "unplaced": 0,
        "units": [[f"TRC-{n}", *_near(dice), "standby", dice.randint(5, 3000)] for n in range(1, 41)],
        "zones": [_zone(dice, kind) for kind in ("affected", "isolated", "affected", "assembly_point", "post")],
        "facilities": [[kind, f"Contoh {n}", *_near(dice), 200, None] for n, kind in enumerate(KINDS * 8)],
        "ground": {**backdrop({}, {}, None, (116.3, -8.95, 116.8, -8.2), []), "source": None},
        "words": english(),
    }


def _near(dice: random.Random) -> tuple[float, float]:
    lon, lat = dice.choice(CENTRES)
    return round(dice.gauss(lon, 0.04), 5), round(dice.gauss(lat, 0.05), 5)


def _incident(dice: random.Random, number: int) -> list[Any]:
    """A row as incident.situation writes it; more of them the nearer to now."""
    rank = dice.choices([one for one, _ in SHARES], [share for _, share in SHARES])[0]
    opened = -int(abs(dice.gauss(0, 0.4)) * HOURS * 3600) % (HOURS * 3600) - HOURS * 3600
    later = _later(dice, opened)
    sent, controlled, closed = later(0.8), later(0.4), later(0.3)
    state = "closed" if closed else "controlled" if controlled else "responding" if sent else "new"
    lon, lat = _near(dice)
    place = f"Desa {dice.choice(PLACES)}, RT {dice.randint(1, 9):02d}/RW {dice.randint(1, 6):02d}"
    return [
        *(lon, lat, rank, dice.randrange(len(seeds.TYPES)), rules.INCIDENT_STATES.index(state)),
        *(opened, sent, controlled, closed, f"KC-{number:04d}", place, dice.choice((1, 1, 1, 2, 4)), 150),
    ]


def _later(dice: random.Random, opened: int) -> Callable[[float], int | None]:
    moment = opened

    def next_of(share: float) -> int | None:
        nonlocal moment
        moment += dice.randint(60, 3 * 3600)
        return moment if moment < 0 and dice.random() < share else None

    return next_of


def _zone(dice: random.Random, kind: str) -> dict[str, Any]:
    lon, lat = _near(dice)
    corners = [(0.0, 0.03), (0.04, 0.01), (0.03, -0.03), (-0.02, -0.03), (-0.04, 0.0), (0.0, 0.03)]
    ring = [[round(lon + east, 5), round(lat + north, 5)] for east, north in corners]
    point = kind in ("assembly_point", "post")
    shape = {"type": "Point", "coordinates": ring[0]} if point else {"type": "Polygon", "coordinates": [ring]}
    return {"kind": kind, "words": "Contoh", "shape": shape, "drawn": -30000, "expires": None}
