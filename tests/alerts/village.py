"""Everybody at the far end of every way: what becomes of a message is drawn once for each address, and remembered.

It is the oracle of a night of alerts: what it says of a person is true, whatever the book says.
"""

import json
import queue
import random
import threading
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from alerts import rules
from tests.alerts.fakes import Asked, Said

FATES = ("sent", "heard", "seen", "failed", "flaky")
LIKELY = (40, 20, 30, 5, 5)


class Village:
    """The simulator of one night; addresses are `address` of a contact, one for each way."""

    def __init__(self, seed: int, settled: Mapping[str, str] | None = None):
        """`settled`: address -> fate, of those whose fate is not drawn."""
        self.seed, self.settled = seed, dict(settled or {})
        self.told: dict[str, str] = {}  # address -> what is known there: sent | heard | seen
        self.refused: set[str] = set()
        self.got: defaultdict[str, set[str]] = defaultdict(set)  # address -> keys of what arrived
        self.links: dict[str, str] = {}
        self.tries: Counter[str] = Counter()
        self.lock = threading.Lock()

    def fate(self, address: str) -> str:
        drawn = random.Random(f"{self.seed} {address}").choices(FATES, LIKELY)[0]
        return self.settled.get(address, drawn)

    def take(self, address: str, key: str) -> str | None:
        """One message arrives: what its person or device does; None when it must come again."""
        with self.lock:
            fate = self.fate(address)
            self.tries[key] += 1
            if fate == "failed":
                self.refused.add(address)
                return fate
            if fate == "flaky" and self.tries[key] == 1:
                return None
            fate = "sent" if fate == "flaky" else fate
            self.got[address].add(key)
            self.told[address] = fate
            return fate

    def internet(self, asked: Asked) -> Said:
        """The far end of the webhook: it answers at once what became of a message."""
        body = asked.json
        if body["type"] != "alert":
            return Said()
        if body["link"]:
            self.links[body["to"]] = body["link"]
        fate = self.take(body["to"], body["uid"])
        if fate is None:
            return Said(503)
        return Said(410) if fate == "failed" else Said(200, {"state": fate} if fate != "sent" else b"")

    def knows(self, addresses: Iterable[str]) -> str:
        """What is true of a person with these addresses; `waiting` when nothing of it reached them."""
        states = [self.told[one] for one in list(addresses) if one in self.told]
        return max(states, key=rules.KNOWN.index, default="waiting")

    def counts(self, people: Mapping[str, Iterable[str]]) -> Counter[str]:
        """state -> how many of these people (name -> addresses)."""
        with self.lock:
            return Counter(self.knows(addresses) for addresses in people.values())


class Gateway:
    """The far end of SMS: it takes a message, and its report or the person's answer comes by our own door."""

    def __init__(self, village: Village, door: str, token: str):
        self.village, self.door, self.token = village, door, token
        self.words: queue.SimpleQueue[dict[str, str] | None] = queue.SimpleQueue()
        self.told = threading.Event()
        self.busy = 0
        self._thread = threading.Thread(target=self._speak, daemon=True)
        self._thread.start()

    def __call__(self, asked: Asked) -> Said:
        body = asked.json
        fate = self.village.take(body["to"], body["id"])
        if fate is None:
            return Said(503)
        if fate == "failed":
            return Said(400)
        if fate == "heard":
            self._say({"id": body["id"], "status": "DELIVRD"})
        if fate == "seen":
            self._say({"id": f"r{body['id']}", "from": body["to"], "text": "1"})
        return Said(200)

    def _say(self, words: dict[str, str]) -> None:
        with self.village.lock:
            self.busy += 1
        self.words.put(words)

    def _speak(self) -> None:
        while (words := self.words.get()) is not None:
            headers = {"Content-Type": "application/json", "X-Posko-Token": self.token}
            asked = urllib.request.Request(self.door, json.dumps(words).encode(), headers)
            with urllib.request.urlopen(asked, timeout=30) as answer:
                assert answer.status == 200
            with self.village.lock:
                self.busy -= 1

    @property
    def is_silent(self) -> bool:
        """Whether all it had to say was heard."""
        return self.busy == 0 and self._thread.is_alive()

    def close(self) -> None:
        self.words.put(None)
        self._thread.join(5)


def wait_for(is_so: Callable[[], Any], wait: Callable[[float], Any], within_s: float, what: str) -> None:
    """Ask until it is so; `wait` lets the asker's own work go on meanwhile."""
    rounds = int(within_s / 0.2)
    while not is_so():
        rounds -= 1
        assert rounds > 0, what
        wait(0.2)
