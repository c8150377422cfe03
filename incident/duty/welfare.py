"""The welfare check as a state machine: a unit on scene is asked, asked again, and then looked for. Pure.

Every 20 minutes, again after 120 s without an answer, mayday after two misses (as DOMAIN.md has it). Any
word of the unit begins the twenty minutes anew. A question counts as missed only where somebody listened for the whole
of its 120 s: after a restart of the relay an answer may have been given to nobody.
"""

import datetime as dt
from dataclasses import dataclass

EVERY_S, ANSWER_S, MISSES = 1200, 120, 2


@dataclass(frozen=True, slots=True)
class Ask:
    """A question that is open: when it was put last, and how many before it were missed."""

    asked_at: dt.datetime
    misses: int = 0


def next_step(
    ask: Ask | None, is_watched: bool, word_at: dt.datetime, now: dt.datetime, awake_since: dt.datetime
) -> tuple[str | None, Ask | None]:
    """(what to do now: ask, ask_again, mayday, rest or nothing; the question that is open after it).

    `word_at` is the last word, or when it came on scene; `awake_since` is since when we have been listening.
    """
    if ask is None:
        is_due = is_watched and (now - word_at).total_seconds() >= EVERY_S
        return ("ask", Ask(now)) if is_due else (None, None)
    if not is_watched or word_at > ask.asked_at:
        return "rest", None
    if (now - max(ask.asked_at, awake_since)).total_seconds() < ANSWER_S:
        return None, ask
    if ask.misses + 1 >= MISSES:
        return "mayday", None
    return "ask_again", Ask(now, ask.misses + 1)
