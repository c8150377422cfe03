"""The relay's round over units: looks at every clock that runs, every two seconds, and does what is due."""

import datetime as dt
from weakref import WeakKeyDictionary

from incident import actions
from incident.duty import alarms
from incident.duty import queries as duty
from incident.post import Act, Post

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
        lamp = next((one for one in actions.queries.lamp_cards(conn) if one["id"] == "mayday"), None)
    for unit_id in units:
        post.do(alarms.look, BY, None, unit_id, awake_since)
    if units or lamp and lamp["state"] == "off":
        post.do(keep_lamp, BY, None)
    return bool(units)


def keep_lamp(act: Act) -> None:
    """The lamp of distress burns on every screen as long as a unit is in it, and names it."""
    names = alarms.in_mayday(act)
    lamp = next((one for one in actions.queries.lamp_cards(act.conn) if one["id"] == "mayday"), None)
    if names:
        actions.set_lamp(act, "mayday", "off", f"DARURAT {', '.join(names)}"[:120])
    elif lamp and lamp["state"] == "off" and (over := _known_names(act, lamp["words"])):
        actions.set_lamp(act, "mayday", "ok", f"{over} menjawab"[:120])


def _known_names(act: Act, words: str) -> str | None:
    """The names of the lamp where all are units; the lamp of a radio without a unit is not ours to put out."""
    names = words.removeprefix("DARURAT ").split(", ")
    known = {card["call_sign"] for card in actions.queries.unit_cards(act.conn)}
    return ", ".join(names) if known.issuperset(names) else None
