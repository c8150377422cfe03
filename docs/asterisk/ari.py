"""Asterisk -> Posko by the REST Interface (ARI): every call of one context rings on every desk.

Listens only: the dialplan goes on routing. Needs `simple-websocket`, which Posko's own environment has.
POSKO_TOKEN=... ARI_USER=posko ARI_SECRET=... .venv/bin/python docs/asterisk/ari.py 127.0.0.1:8088 dari-112
"""

import json
import os
import sys
import time
from urllib.parse import urlencode

import simple_websocket
from posko_rings import Posko, from_environment


def main() -> None:
    address, context = sys.argv[1], sys.argv[2]
    posko = from_environment("asterisk")
    while True:
        try:
            listen(posko, address, context)
        except (OSError, simple_websocket.ConnectionClosed, simple_websocket.ConnectionError) as fault:
            print(f"The exchange is away: {type(fault).__name__}", file=sys.stderr)
        time.sleep(2)


def listen(posko: Posko, address: str, context: str) -> None:
    who = f"{os.environ['ARI_USER']}:{os.environ['ARI_SECRET']}"
    asked = urlencode({"app": "posko", "subscribeAll": "true", "api_key": who})
    line = simple_websocket.Client.connect(f"ws://{address}/ari/events?{asked}", ping_interval=20)
    while True:
        tell(posko, json.loads(line.receive()), context)


def tell(posko: Posko, event: dict, context: str) -> None:
    """What the exchange says of a channel, as a verb of Posko's."""
    kind, channel = event.get("type"), event.get("channel") or event.get("caller") or {}
    call = channel.get("id", "")
    if kind == "ChannelCreated" and channel.get("dialplan", {}).get("context") == context:
        posko.rings_now(call, channel.get("caller", {}).get("number", ""), channel["dialplan"].get("exten", ""))
    elif kind == "Dial" and event.get("dialstatus") == "ANSWER":
        posko.tell(call, "answer", agent=event.get("peer", {}).get("caller", {}).get("name", ""))
    elif kind == "Dial" and event.get("dialstatus") == "NOANSWER":
        posko.tell(call, "missed")
        posko.forget(call)
    elif kind == "ChannelDestroyed":
        posko.tell(call, "end")
        posko.forget(call)


if __name__ == "__main__":
    main()
