"""When shifts change: the hours by which the desk counts, figures group, and a unit's shift is proposed. Pure."""

import datetime as dt

SHIFT_STARTS_H = (7, 15, 23)  # hours of the local clock


def shift_start(local: dt.datetime) -> dt.datetime:
    """When the shift of this local moment began, in its zone."""
    hour = max((one for one in SHIFT_STARTS_H if one <= local.hour), default=None)
    day = local if hour is not None else local - dt.timedelta(days=1)
    return day.replace(hour=SHIFT_STARTS_H[-1] if hour is None else hour, minute=0, second=0, microsecond=0)
