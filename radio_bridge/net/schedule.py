"""When the stations are called each day. Pure: settings and moments in, an answer out."""

import datetime as dt
import re
from collections.abc import Iterable
from zoneinfo import ZoneInfo

LATE_H = 3
"""A post that was off at seven calls at ten at the latest."""
_HOUR = re.compile(r"^([01]\d|2[0-3])[:.]([0-5]\d)$")


def hours_of(words: str) -> list[dt.time]:
    """ "07:00, 17.00" as times of the day, in order. Raises ValueError, which names the one that is none."""
    found = [one.strip() for one in words.split(",") if one.strip()]
    wrong = next((one for one in found if not _HOUR.match(one)), None)
    if wrong is not None:
        raise ValueError(f"{wrong!r} is no time of the day; write HH:MM, for example 07:00,17:00")
    return sorted(dt.time(int(one[:2]), int(one[3:])) for one in found)


def due_since(hours: Iterable[dt.time], zone: str, now: dt.datetime) -> dt.datetime | None:
    """The newest of today's times that has come and is not three hours ago yet; None when none is due."""
    local = now.astimezone(ZoneInfo(zone))
    moments = (dt.datetime.combine(local.date(), hour, local.tzinfo) for hour in hours)
    due = [one for one in moments if one <= local < one + dt.timedelta(hours=LATE_H)]
    return max(due).astimezone(dt.UTC) if due else None


def next_after(hours: Iterable[dt.time], zone: str, now: dt.datetime) -> dt.datetime | None:
    """The next time the stations are called by themselves; None where that is never."""
    local = now.astimezone(ZoneInfo(zone))
    days = (local.date(), local.date() + dt.timedelta(days=1))
    moments = [dt.datetime.combine(day, hour, local.tzinfo) for day in days for hour in hours]
    later = [one for one in moments if one > local]
    return min(later).astimezone(dt.UTC) if later else None
