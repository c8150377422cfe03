"""The life of a call that rings, when a claim on it lapses, and what is done with those nobody answered. Pure."""

import datetime as dt

# (state, verb) -> state. A call nobody answered is `missed` (we let it ring out) or `dropped` (the caller hung up).
RING_LIFE = {
    ("ringing", "claim"): "ringing",
    ("ringing", "release"): "ringing",
    ("ringing", "lift"): "ringing",
    ("ringing", "answer"): "answered",
    ("ringing", "end"): "dropped",
    ("ringing", "missed"): "missed",
    ("ringing", "dropped"): "dropped",
    ("answered", "claim"): "answered",
    ("answered", "release"): "answered",
    ("answered", "lift"): "answered",
    ("answered", "answer"): "answered",
    ("answered", "end"): "answered",
    ("answered", "close"): "closed",
    **{
        (state, verb): state
        for state in ("missed", "dropped")
        for verb in ("claim", "release", "lift", "callback", "end", "missed", "dropped")
    },
    ("missed", "close"): "closed",
    ("dropped", "close"): "closed",
    **{(state, "end"): state for state in ("recorded", "reached", "closed", "expired")},
}
RING_STATES = ("ringing", "answered", "missed", "dropped", "recorded", "reached", "closed", "expired")
OPEN_STATES = RING_STATES[:4]  # on every desk
WAITING_STATES = ("missed", "dropped")  # to be called back
RING_VERBS = ("claim", "release", "lift", "answer", "end", "missed", "dropped", "callback", "close", "unmask")
OUTCOMES = ("answered", "missed", "dropped")
RESULTS = ("reached", "no_answer", "busy", "off", "wrong")  # of an attempt to call back

# Nobody is kept from a call by another's claim for more than a minute; the relay looks twice a second.
CLAIM_LASTS = dt.timedelta(seconds=55)
RINGS_LASTS = dt.timedelta(minutes=5)  # no telephone rings longer: the exchange forgot to say that it ended
CALL_BACK_LASTS = dt.timedelta(hours=24)  # then it leaves the desks by itself, counted as not reached
TRIES_BEFORE_GIVING_UP = 3


def is_free(claimed_by: str | None, touched_at: dt.datetime | None, who: str, now: dt.datetime) -> bool:
    """Whether `who` may take a call now: nobody holds it, they do themselves, or the claim has not been touched."""
    if claimed_by is None or claimed_by == who:
        return True
    return has_lapsed(touched_at, now)


def has_lapsed(touched_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether a claim last touched then holds no more. A clock that stepped back does not make it last longer."""
    return touched_at is None or abs(now - touched_at) >= CLAIM_LASTS


def may_give_up(tries: int, has_number: bool, is_supervisor: bool) -> bool:
    """Whether a call-back may be closed unreached: after three tries, without a number at once, by a supervisor."""
    return is_supervisor or not has_number or tries >= TRIES_BEFORE_GIVING_UP
