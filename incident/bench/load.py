"""The load generator, a process of its own: prebuilt requests over keep-alive connections, one loop, no threads."""

import json
import selectors
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import click

from incident.bench import wire
from incident.bench.figures import percentile

NARRATIVE = "Air setinggi pinggang, enam orang di atap"
CALL = {
    "class": "normal",
    "type": "flood",
    "channel": "112",
    "narrative": NARRATIVE,
}


@dataclass(frozen=True)
class Load:
    """What came of it: milliseconds for each answer, answers a second, how many were refused, server's CPU for each."""

    ms: list[float]
    per_s: float
    last_ms: float
    refused: int
    cpu_ms: float = 0.0

    @property
    def p50(self) -> float:
        return percentile(self.ms, 0.5)

    @property
    def p95(self) -> float:
        return percentile(self.ms, 0.95)

    def facts(self) -> dict[str, Any]:
        """The figures without the sample."""
        return {
            "answers": len(self.ms),
            "p50_ms": round(self.p50, 3),
            "p95_ms": round(self.p95, 3),
            "per_s": round(self.per_s, 1),
            "last_ms": round(self.last_ms, 1),
            "refused": self.refused,
            "server_cpu_ms_each": round(self.cpu_ms, 3),
        }


def run(
    port: int,
    token: str,
    clients: int,
    requests: int,
    path: str = "/api/v1/calls",
    headers: Mapping[str, str] | None = None,
) -> Load:
    """Have another process make `requests` requests with `clients` connections: calls, or GETs of another path."""
    order = {"port": port, "token": token, "clients": clients, "requests": requests, "path": path, "headers": headers}
    command = [sys.executable, "-m", "incident.bench.load", json.dumps(order)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False, timeout=600)
    if done.returncode:
        raise click.ClickException("The load generator lost its server.")
    return Load(**json.loads(done.stdout))


def bodies(count: int) -> list[dict[str, Any]]:
    """Calls spread over a regency, each with a key and a caller of its own."""
    return [
        {**CALL, "uid": str(uuid4()), "caller": _caller(number), "place": _place(number)} for number in range(count)
    ]


def _caller(number: int) -> dict[str, Any]:
    return {"name": "Bu Sri", "phone": f"0812{number:08d}"}


def _place(number: int) -> dict[str, Any]:
    lon, lat = 116.1 + number * 7 % 600 / 1000, -8.9 + number * 13 % 700 / 1000
    return {"lon": lon, "lat": lat, "method": "map", "radius_m": 50, "text": "Pringgabaya"}


# inside the process


class _Client:
    """One connection; joined again when the server does not keep it."""

    def __init__(self, port: int, ears: selectors.BaseSelector):
        self._port, self._ears = port, ears
        self._join()

    def _join(self) -> None:
        self.joined: socket.socket = wire.join(self._port, 60)
        self.answers = wire.Answers()
        self._ears.register(self.joined, selectors.EVENT_READ, self)

    def send(self, wanted: bytes) -> None:
        self.sent_at = time.perf_counter()
        if self.answers.is_last:
            self.leave()
            self._join()
        self.joined.sendall(wanted)

    def leave(self) -> None:
        """Hang up, if that has not been done."""
        if self.joined.fileno() >= 0:
            self._ears.unregister(self.joined)
            self.joined.close()


def _generate(
    port: int, token: str, clients: int, requests: int, path: str, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    waiting = deque(_prebuilt(token, requests, path, headers))
    ears = selectors.DefaultSelector()
    ms: list[float] = []
    refused = 0
    began = time.perf_counter()
    for _ in range(min(clients, requests)):
        _Client(port, ears).send(waiting.popleft())
    while len(ms) < requests:
        for key, _ in ears.select(60):
            status = _hear(key.data, ms)
            refused += status not in (0, 200, 201, 304)
            if status and waiting:
                key.data.send(waiting.popleft())
    took = time.perf_counter() - began
    return {"ms": ms, "per_s": requests / took, "last_ms": took * 1000, "refused": refused}


def _prebuilt(token: str, requests: int, path: str, headers: Mapping[str, str] | None) -> list[bytes]:
    if not path.endswith("/calls"):
        return [wire.request("GET", path, token, headers=headers)] * requests
    return [wire.request("POST", path, token, body) for body in bodies(requests)]


def _hear(client: _Client, ms: list[float]) -> int:
    """The status of a whole answer, else 0."""
    received = client.joined.recv(1_048_576)
    if not received and client.answers.is_last:
        client.leave()  # it said so
        return 0
    if not received:
        raise wire.BadAnswer("The server hung up.")
    for status, _ in client.answers.feed(received):
        ms.append((time.perf_counter() - client.sent_at) * 1000)
        return status
    return 0


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_generate(**json.loads(sys.argv[1]))))
