"""What every fake far end of a channel offers to tests: a channel set up for it, its moods, and what it took."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from alerts.channels import Message
from alerts.wire import Wire
from tests.alerts.fakes import FarEnd, Said, far_end
from tests.factories import uid

WORDS = "Air sungai naik, tetap di tempat tinggi"


def message(address: str, **said: Any) -> Message:
    """An alert of P1 for one address, good for an hour."""
    expires_at = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    whole = {"uid": uid(), "headline": "Banjir Pringgabaya", "text": WORDS, "priority": "P1", "order": "inform"}
    whole |= {"alert_id": 7, "revision": 0, "expires_at": expires_at, "exercise": False}
    return Message(address=address, **{**whole, **said})


@dataclass
class Fake:
    """A channel with a far end in a mood of ours: ok, busy (come back in 7 s), down, refuses, silent.

    `taken()` answers the words the far end has taken over; `secrets` and `address` may stand in no log.
    """

    channel: Any
    address: str
    secrets: tuple[str, ...]
    turn: Callable[[str], None]
    taken: Callable[[], list[str]]
    far: FarEnd | None = None
    settings: Any = None


def turner(far: FarEnd, fine: Said, **moods: Said) -> Callable[[str], None]:
    """Lines up the answer of a mood; what a far end says in its own way is given by name."""
    usual = {
        "ok": fine,
        "busy": Said(429, headers={"Retry-After": "7"}),
        "down": Said(503),
        "refuses": Said(400),
        "silent": Said(after_s=60),
    }

    def turn(mood: str) -> None:
        far.say((usual | moods)[mood])

    return turn


@contextmanager
def over_http(
    maker: Callable[[FarEnd], tuple[Any, str, tuple[str, ...]]],
    channel: type,
    fine: Said,
    words: Callable[[Any], str],
    timeout_s: float = 0.7,
    **moods: Said,
) -> Iterator[Fake]:
    """A channel whose far end is a local HTTP server; `maker` gives settings, an address and the secrets."""
    with far_end(fine) as far:
        settings, address, secrets = maker(far)
        wire = Wire(channel.hosts(settings), timeout_s)  # type: ignore[attr-defined]
        turn = turner(far, fine, **moods)

        def taken() -> list[str]:
            return [said for said in map(words, far.asked) if said]

        made = channel(settings, wire)
        try:
            yield Fake(made, address, secrets, turn, taken, far, settings)
        finally:
            made.close()
            wire.close()
