"""The relay's round over units: looks at every clock that runs, every two seconds, and does what is due."""

import datetime as dt
from weakref import WeakKeyDictionary

from incident import queries
from incident.duty import alarms, distress
from incident.duty import queries as duty
from incident.post import Post

BY = "relay"
LOOK_EVERY_S = 2.0
ASLEEP_S = 150.0  # a longer gap than this: nobody listened meanwhile
_awake: "WeakKeyDictionary[Post, tuple[dt.datetime, dt.datetime]]" = WeakKeyDictionary()  # (since, last look)


def step(post: Post) -> bool:
    """Raise, ask and end what is due; answers whether anything was."""
    now = post.clock()
    since, last = _awake.get(post, (now, None))
    if last is not None and 0 <= (now - last).total_seconds() < LOOK_EVERY_S:
        return False
    since = now if last is not None and _slept(last, now) else since
    _awake[post] = (since, now)
    return look_at_all(post, now, since)


def _slept(last: dt.datetime, now: dt.datetime) -> bool:
    """Whether the relay was away, or somebody set the clock back."""
    return not 0 <= (now - last).total_seconds() <= ASLEEP_S


def look_at_all(post: Post, now: dt.datetime, awake_since: dt.datetime) -> bool:
    """One round; `awake_since` is since when somebody has been listening without a break."""
    with post.database.read() as conn:
        units = [facts.unit["id"] for facts in duty.watched(conn) if alarms.due(facts, now, awake_since)]
        lamp = next((one for one in queries.lamp_cards(conn) if one["id"] == distress.LAMP), None)
    for unit_id in units:
        post.do(alarms.look, BY, None, unit_id, awake_since)
    if units or lamp and lamp["state"] == "off":
        post.do(distress.show, BY, None)
    return bool(units)
