"""Tells Posko what a telephone exchange sees: a call rings, is answered, ends. Standard library only."""

import datetime as dt
import http.client
import json
import os
import sys
import time
import uuid
from urllib.parse import urlsplit

SPACE = uuid.UUID("6b1f2f6a-1120-4c55-9d0a-112112112112")
WAITS_S = (1, 2, 4, 8, 15, 30)  # Posko restarts in seconds; after a minute what rang is old


class Posko:
    """The route of POSKO_URL, entered with POSKO_TOKEN (`posko token add NAME` of a person who takes calls)."""

    def __init__(self, url: str, token: str, source: str):
        parts = urlsplit(url)
        self.is_safe, self.host, self.root = parts.scheme == "https", parts.netloc, parts.path.rstrip("/")
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.source = source
        self.rings: dict[str, int] = {}  # the exchange's id of a call -> Posko's

    def rings_now(self, call: str, phone: str = "", line: str = "") -> None:
        """A call came in; `call` is the exchange's own id of it."""
        said = {"uid": key(call, "rings"), "source": self.source, "rang_at": now()}
        said |= {name: value for name, value in (("phone", dialled(phone)), ("line", line)) if value}
        answer = self.post("/api/v1/calls/ringing", said)
        if answer:
            self.rings[call] = answer["ring"]

    def tell(self, call: str, verb: str, **said: str) -> None:
        """answer, missed, dropped or end; a call that was never announced is none of ours."""
        if call in self.rings:
            said = {"uid": key(call, verb), "at": now()} | {name: value for name, value in said.items() if value}
            self.post(f"/api/v1/calls/ringing/{self.rings[call]}/{verb}", said)

    def forget(self, call: str) -> None:
        self.rings.pop(call, None)

    def post(self, path: str, said: dict) -> dict | None:
        """Until it is answered or too old; the uid makes a second sending harmless."""
        for wait_s in (*WAITS_S, None):
            status, words = self.try_once(path, said)
            if status < 500 and status != 0:
                return self.judge(status, words)
            if wait_s is not None:
                time.sleep(wait_s)
        print(f"Posko does not answer: {path} was not told.", file=sys.stderr)
        return None

    def try_once(self, path: str, said: dict) -> tuple[int, bytes]:
        kind = http.client.HTTPSConnection if self.is_safe else http.client.HTTPConnection
        line = kind(self.host, timeout=10)
        try:
            line.request("POST", self.root + path, json.dumps(said), self.headers)
            came = line.getresponse()
            return came.status, came.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            line.close()

    def judge(self, status: int, words: bytes) -> dict | None:
        answer = json.loads(words)
        if status < 300:
            return answer
        if status != 409:  # 409: somebody at a desk was faster, which is well
            print(f"Posko refused ({status}): {answer.get('detail')}", file=sys.stderr)
        return None


def key(call: str, what: str) -> str:
    return str(uuid.uuid5(SPACE, f"{call} {what}"))


def dialled(phone: str) -> str:
    """A number as Posko takes it; `anonymous` and `<unknown>` are none."""
    return phone if len(phone) >= 3 and set(phone) <= set("0123456789+*# ()-") else ""


def now() -> str:
    return dt.datetime.now(dt.UTC).isoformat()


def from_environment(source: str) -> Posko:
    """POSKO_URL and POSKO_TOKEN: a token on a command line would stand in the list of processes."""
    return Posko(os.environ.get("POSKO_URL", "http://127.0.0.1:5112"), os.environ["POSKO_TOKEN"], source)
