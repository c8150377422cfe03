"""Asterisk -> Posko by the Manager Interface (AMI): a call in a queue rings on every desk. Standard library only.

POSKO_URL=http://127.0.0.1:5112 POSKO_TOKEN=... AMI_USER=posko AMI_SECRET=... python3 ami.py 127.0.0.1:5038
"""

import os
import socket
import sys
import time
from collections.abc import Iterator

from posko_rings import Posko, from_environment

LONGEST_SILENCE_S = 60  # then a Ping asks whether the exchange is still there


def main() -> None:
    host, _, port = sys.argv[1].partition(":")
    posko = from_environment("asterisk")
    while True:
        try:
            listen(posko, host, int(port or 5038))
        except OSError as fault:
            print(f"The exchange is away: {fault}", file=sys.stderr)
        time.sleep(2)


def listen(posko: Posko, host: str, port: int) -> None:
    """From the log-in until the line is cut; raises OSError then."""
    with socket.create_connection((host, port), timeout=LONGEST_SILENCE_S) as line:
        say(line, Action="Login", Username=os.environ["AMI_USER"], Secret=os.environ["AMI_SECRET"])
        for event in events(line):
            if event.get("Response") == "Error":
                raise SystemExit(f"The exchange does not let us in: {event.get('Message')}")
            tell(posko, event)


def say(line: socket.socket, **action: str) -> None:
    line.sendall("".join(f"{name}: {value}\r\n" for name, value in action.items()).encode() + b"\r\n")


def events(line: socket.socket) -> Iterator[dict[str, str]]:
    """Each block of `Name: value` lines; a long silence is asked about, a second one is the end."""
    left, has_asked = b"", False
    while True:
        try:
            came = line.recv(65536)
        except TimeoutError:
            if has_asked:
                raise
            say(line, Action="Ping")
            has_asked = True
            continue
        if not came:
            raise OSError("it closed the line")
        has_asked = False
        *blocks, left = (left + came).split(b"\r\n\r\n")
        for block in blocks:
            pairs = (row.partition(": ") for row in block.decode("utf-8", "replace").split("\r\n"))
            yield {name: value.strip() for name, colon, value in pairs if colon}


def tell(posko: Posko, event: dict[str, str]) -> None:
    """What a queue says of a call, as a verb of Posko's."""
    call, kind = event.get("Uniqueid", ""), event.get("Event")
    if kind == "QueueCallerJoin":
        posko.rings_now(call, event.get("CallerIDNum", ""), event.get("Queue", ""))
    elif kind == "AgentConnect":
        posko.tell(call, "answer", agent=event.get("MemberName", ""))
    elif kind == "QueueCallerAbandon":
        posko.tell(call, "dropped")
        posko.forget(call)
    elif kind == "UserEvent" and event.get("UserEvent") == "PoskoMissed":
        posko.tell(call, "missed")
        posko.forget(call)
    elif kind == "Hangup":
        posko.tell(call, "end")
        posko.forget(call)


if __name__ == "__main__":
    main()
