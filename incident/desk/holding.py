"""When a number that is held back shows all the same, and how it is kept. Pure.

A number is held only by a supervisor's word, never by its history; at most a day; a disaster suspends every hold.
"""

import datetime as dt
import hashlib
import hmac

LONGEST_HOLD = dt.timedelta(hours=24)
PRESSING_CALLS = 3  # so many calls
PRESSING_WITHIN = dt.timedelta(minutes=5)  # in so short a time show, whoever calls


def number_key(secret: str, phone: str) -> str:
    """The number as it is kept: HMAC-SHA256 with this installation's secret, 64 hex digits. `phone` is as dialled."""
    return hmac.new(secret.encode(), phone.encode(), hashlib.sha256).hexdigest()


def is_kept_back(is_held: bool, is_disaster: bool, calls: int) -> bool:
    """Whether a ring stays out of the way; `calls` are those of its number in the last five minutes, itself too."""
    return is_held and not is_disaster and calls < PRESSING_CALLS


def is_over(until: dt.datetime, now: dt.datetime) -> bool:
    return until <= now
