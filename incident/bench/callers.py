"""Those who call while the power goes: each submission is repeated with its key until it is acknowledged."""

import contextlib
import random
import threading
from abc import ABC, abstractmethod
from typing import Any
from uuid import UUID

from incident.bench import wire
from incident.bench.history import History, Told

AGAIN_S = 0.025
NORMAL = {"class": "normal", "type": "flood", "channel": "112"}


class Caller(threading.Thread, ABC):
    """One connection, one submission at a time; a submission nobody acknowledged is never given up."""

    def __init__(self, port: int, token: str, history: History, seed: int, pause_s: float = 0.01):
        super().__init__(name=f"caller-{seed}", daemon=True)
        self.token, self.history, self.pause_s = token, history, pause_s
        self.random = random.Random(seed)
        self.refusals: list[str] = []
        self._line = wire.Line(port, 5.0)
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End after the submission that is under way was acknowledged."""
        self._stopped.set()

    def run(self) -> None:
        while not self._stopped.wait(self.pause_s):
            self._act()
        self._line.close()

    @abstractmethod
    def _act(self) -> None:
        """A call that opens an incident; then what follows from it."""

    def _submit(self, what: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send until it is acknowledged, and write down what we were told."""
        body = {"uid": str(UUID(int=self.random.getrandbits(128), version=4)), **body}
        wanted, tries = wire.request("POST", "/api/v1" + path, self.token, body), 0
        while True:
            tries += 1
            if answer := self._try(what, wanted):
                self.history.write(Told(what, body["uid"], tries, answer))
                return answer
            self._pause()

    def _try(self, what: str, wanted: bytes) -> dict[str, Any] | None:
        with contextlib.suppress(OSError):
            status, answer = self._line.send(wanted)
            if status in (200, 201):
                return dict(answer)
            self.refusals.append(f"{what}: {status} {answer}")
        return None

    def _pause(self) -> None:
        threading.Event().wait(AGAIN_S)


class CallTaker(Caller):
    """Takes calls: a new incident, a second call about it, a prank; now and then the incident is closed."""

    def _act(self) -> None:
        opened = self._submit("call", "/calls", {**NORMAL, "place": self._place()})
        if self.random.random() < 0.3:
            self._submit("linked", "/calls", {**NORMAL, "place": self._place(), "incident": opened["incident"]})
        if self.random.random() < 0.1:
            self._submit("prank", "/calls", {"class": "prank", "channel": "112"})
        if self.random.random() < 0.4:
            self._submit("close", f"/incidents/{opened['incident']}/close", {"disposition": "handled"})

    def _place(self) -> dict[str, Any]:
        lon, lat = 116.2 + self.random.random() * 0.5, -8.9 + self.random.random() * 0.6
        return {"lon": lon, "lat": lat, "method": "map", "radius_m": 50, "text": "Pringgabaya"}


class Alerter(Caller):
    """Writes alerts to one unit, by screen and radio at once."""

    def __init__(self, port: int, token: str, history: History, seed: int, unit_id: int, pause_s: float):
        super().__init__(port, token, history, seed, pause_s)
        self.unit_id = unit_id

    def _act(self) -> None:
        words = {"priority": "P0", "order": "go", "text": "Banjir, bawa perahu", "unit_ids": [self.unit_id]}
        self._submit("alert", "/alerts", {**words, "expires_in_min": 60})
