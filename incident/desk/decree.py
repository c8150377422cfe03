"""The declared status of a place (Status Keadaan Darurat): its kinds and its days. Pure.

Declared by decree (SK) with a number of days; PP 21/2008 and Perpres 17/2018. It is not the hazard level
(normal, waspada, siaga, awas), which says what a volcano or a flood gate does.
"""

import datetime as dt

STATUS_KINDS = ("siaga_darurat", "tanggap_darurat", "transisi")
MOST_DAYS = 366


def day_of(starts_on: dt.date, today: dt.date) -> int:
    """Which day of it this is: the first is 1; 0 or less before it begins."""
    return (today - starts_on).days + 1


def last_day(starts_on: dt.date, days: int) -> dt.date:
    """The last day it holds, extensions counted in `days`."""
    return starts_on + dt.timedelta(days=days - 1)
