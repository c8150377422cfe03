"""The tables of the alert room: ladder, life cycles, who must confirm. Pure."""

import hashlib
from typing import NamedTuple

PRIORITIES = ("P0", "P1", "P2", "P3")
ORDERS = ("inform", "stand_by", "go", "evacuate", "stand_down")
AUDIENCES = ("units", "public")


class Rung(NamedTuple):
    """One step of a ladder: its channels, and how many ladder times to wait for a person before the next."""

    channels: tuple[str, ...]
    waits: float


# priority -> rungs; an alert is done for a recipient when a person has seen it
LADDER: dict[str, tuple[Rung, ...]] = {
    "P0": (Rung(("screen", "radio"), 1.0),),
    "P1": (Rung(("screen",), 1.0), Rung(("radio",), 5.0)),
    "P2": (Rung(("screen",), 2.0), Rung(("radio",), 5.0)),
    "P3": (Rung(("screen",), 5.0), Rung(("radio",), 5.0)),
}

# (state, verb) -> state of an alert
ALERT_LIFE = {
    ("draft", "approve"): "active",
    ("draft", "cancel"): "cancelled",
    ("draft", "expire"): "expired",
    ("active", "cancel"): "cancelled",
    ("active", "supersede"): "superseded",
    ("active", "expire"): "expired",
    ("active", "end"): "ended",
    ("draft", "end"): "cancelled",
}
ON_BOARD = ("draft", "active")
APPROVAL_S = 600

# what is known of one recipient, weakest first; it only ever gets stronger
KNOWN = ("waiting", "queued", "sent", "keyed", "heard", "seen", "read_back")
CLOSED = ("failed", "expired", "superseded")
BY_A_PERSON = ("seen", "read_back")


def needs_second(order: str, audience: str) -> bool:
    """Whether a second, different person must approve: the public, and any evacuation order."""
    return audience == "public" or order == "evacuate"


def stronger(state: str, heard: str) -> bool:
    """Whether `heard` says more than `state`: 'sent' never hides 'seen', a late 'keyed' never takes it back."""
    if state in CLOSED:
        return heard in BY_A_PERSON
    return heard in CLOSED and state not in BY_A_PERSON or heard in KNOWN and KNOWN.index(heard) > KNOWN.index(state)


def rung_of(priority: str, rung: int) -> Rung | None:
    """The rung, or None above the top of the ladder."""
    ladder = LADDER[priority]
    return ladder[rung] if rung < len(ladder) else None


def wait_s(priority: str, rung: int, ladder_s: float) -> float | None:
    """Seconds to wait on this rung before the next one, or None on the last."""
    step = rung_of(priority, rung)
    return step.waits * ladder_s if step and rung_of(priority, rung + 1) else None


def words_on_air(text: str, exercise: bool) -> str:
    """The text as it goes out: an exercise begins and ends with LATIHAN."""
    bare = text.strip().removeprefix("LATIHAN").removesuffix("LATIHAN").strip(" .")
    return f"LATIHAN. {bare}. LATIHAN" if exercise else text.strip()


def text_hash(headline: str, text: str, order: str, unit_ids: list[int]) -> str:
    """What an approval is bound to: the words, the order and who gets them."""
    frozen = "\x1f".join([headline, text, order, *map(str, sorted(unit_ids))])
    return hashlib.sha256(frozen.encode()).hexdigest()
