"""The tables of the public page: the life of a clarification, states of a place, what an approval is bound to. Pure."""

import hashlib
from collections.abc import Iterable

# (state, verb) -> state of a clarification
CLARIFICATION_LIFE = {
    ("draft", "approve"): "published",
    ("draft", "withdraw"): "withdrawn",
    ("published", "withdraw"): "withdrawn",
    ("published", "replace"): "replaced",
}
OPENING_STATES = ("open", "full", "closed")
SHOWN_DAYS = 14  # a clarification older than this has done its work and leaves the page


def text_hash(words: Iterable[str | None]) -> str:
    """What an approval is bound to: every word the public would read."""
    return hashlib.sha256("\x1f".join(one or "" for one in words).encode()).hexdigest()


def verbs_of(state: str) -> list[str]:
    """The verbs a person may do in this state."""
    return [verb for (at, verb) in CLARIFICATION_LIFE if at == state and verb != "replace"]
