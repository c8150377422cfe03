"""The tables of the handover: a shift's life, a decision's life, when it is red, what is signed. Pure."""

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from typing import Any

import orjson

# (state, verb) -> state
SHIFT_LIFE = {
    ("running", "leave"): "left",
    ("left", "leave"): "left",  # what was forgotten is added: the list is frozen anew
    ("left", "sign"): "signed",
}
SHIFT_STATES = ("running", "left", "signed")
SHIFT_VERBS = ("leave", "sign")
DECISION_LIFE = {
    ("open", "done"): "done",
    ("open", "drop"): "dropped",
    ("done", "reopen"): "open",
    ("dropped", "reopen"): "open",
    **{(state, "strike"): "struck" for state in ("open", "done", "dropped")},
}
DECISION_STATES = ("open", "done", "dropped", "struck")
DECISION_VERBS = ("done", "drop", "reopen", "strike")

UNSIGNED_LASTS = dt.timedelta(minutes=15)  # then it is red on every screen of the room
LONG_ON_SCENE = dt.timedelta(hours=2)
ITEM_KINDS = (
    "mayday",
    "urgent",
    "obstructed",
    "call_back",
    "task",
    "on_scene",
    "alert",
    "decision",
    "lamp",
)
MOST_ROWS = 200  # of one kind on a list that is signed; its count is always whole

# a phone number as people write it here; a date has no group of two digits behind its first
_PHONE = re.compile(r"(?<![\d.])(?:\+?62|0)[\s.-]?\d{2,4}(?:[\s.-]?\d{2,4}){1,4}(?![\d])")


def red_at(state: str, ends_at: dt.datetime, left_at: dt.datetime | None) -> dt.datetime:
    """From when a shift that nobody signed for is red: a quarter of an hour after it left, or should have."""
    since = left_at if state == "left" and left_at else ends_at
    return since + UNSIGNED_LASTS


def is_late(state: str, due_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether a decision should have been done by now."""
    return state == "open" and due_at is not None and due_at < now


def frozen(facts: Mapping[str, Any]) -> tuple[str, str]:
    """(the canonical text of what is handed over, its SHA-256): whoever signs, signs this and nothing else."""
    words = orjson.dumps(facts, option=orjson.OPT_SORT_KEYS).decode()
    return words, hash_of(words)


def hash_of(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def without_numbers(words: str) -> str:
    """Words that leave the room: what looks like a phone number is masked (UU PDP 27/2022)."""
    return _PHONE.sub(lambda found: _masked(found[0]), words)


def _masked(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    return number if len(digits) < 8 else digits[:4] + "****" + digits[-3:]
