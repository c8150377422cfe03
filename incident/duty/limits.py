"""How long a unit may stand in a status without a word before somebody must look: one table. Pure.

Turnout and first word after NFPA 1225/1710 as DOMAIN.md has them, on scene as the welfare check; the rest is a rule of
thumb of dispatch rooms. A kind of unit that is slower by nature has its own.
"""

import datetime as dt

LIMIT_S = {
    "assigned": 60,
    "acknowledged": 180,
    "en_route": 1800,
    "on_scene": 1200,
    "transporting": 3600,
    "at_referral": 2700,
    "obstructed": 900,
    "afield": 7200,
}
LIMIT_OF_KIND_S = {
    ("boat", "acknowledged"): 600,
    ("boat", "en_route"): 3600,
    ("excavator", "acknowledged"): 1800,
    ("excavator", "en_route"): 7200,
    ("kitchen", "acknowledged"): 1800,
    ("kitchen", "en_route"): 7200,
    ("military", "acknowledged"): 900,
    ("tagana", "acknowledged"): 900,
    ("line_crew", "acknowledged"): 600,
}


def limit_s(status: str, kind: str) -> int | None:
    """Seconds a unit of this kind may be silent in this status; None: as long as it likes."""
    return LIMIT_OF_KIND_S.get((kind, status), LIMIT_S.get(status))


def silent_since(since: dt.datetime, word_at: dt.datetime | None) -> dt.datetime:
    """When its clock began: with the status, or with the last word after that."""
    return max(since, word_at) if word_at else since


def is_over(status: str, kind: str, began: dt.datetime, now: dt.datetime) -> bool:
    """Whether a clock that began then stands above its limit."""
    limit = limit_s(status, kind)
    return limit is not None and (now - began).total_seconds() > limit
