"""How the script speaks to Posko: over HTTP with tokens, by the same routes as a person."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TIMEOUT_S = 10.0


class Away(RuntimeError):
    """The server does not answer now; the step is tried again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: dict[str, Any]

    @property
    def is_done(self) -> bool:
        return self.status < 300

    @property
    def words(self) -> str:
        return str(self.body.get("detail") or self.body.get("title") or self.status)


class Doors:
    """The API as the script's people see it: one token for each role."""

    def __init__(self, host: str, port: int, tokens: Mapping[str, str]):
        self.host, self.port, self.tokens = host, port, tokens

    def ask(self, role: str, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        """Ask once; raises Away when nobody answers or the server says that it stumbled."""
        line = http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT_S)
        headers = {"Authorization": f"Bearer {self.tokens[role]}", "Content-Type": "application/json"}
        try:
            line.request(method, f"/api/v1{path}", json.dumps(body) if body is not None else None, headers)
            came = line.getresponse()
            answer = Answer(came.status, json.loads(came.read() or b"{}"))
        except (OSError, http.client.HTTPException, ValueError) as fault:
            raise Away(type(fault).__name__) from None
        finally:
            line.close()
        if answer.status >= 500:
            raise Away(answer.words)
        return answer
