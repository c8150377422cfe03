"""A screen's socket without a browser: python-socketio's long polling over the test client, origins and all."""

from typing import Any

import orjson


class Refused(Exception):
    """The server did not let the screen in; the message says at which step."""


class PollingScreen:
    """Opens Engine.IO by polling and joins the default namespace, as a browser would."""

    def __init__(self, app: Any, origin: str | None = None, cookie: str | None = None, **auth: Any):
        self.client = app.test_client()
        if cookie:
            self.client.set_cookie("posko_session", cookie)
        self.headers = {"Origin": origin} if origin else {}
        self.headers |= {name.replace("_", "-"): value for name, value in auth.pop("headers", {}).items()}
        opened = self.client.get("/socket.io/?EIO=4&transport=polling", headers=self.headers)
        if opened.status_code != 200:
            raise Refused(f"handshake {opened.status_code}")
        self.url = f"/socket.io/?EIO=4&transport=polling&sid={orjson.loads(opened.data[1:])['sid']}"
        self.say(b"40" + orjson.dumps(auth))
        packets = self.hear()  # the first heartbeat may come before the welcome
        if not any(packet.startswith(b"40") for packet in packets):
            raise Refused(f"connect {packets}")

    def say(self, packet: bytes) -> None:
        self.client.post(self.url, data=packet, headers=self.headers)

    def hear(self) -> list[bytes]:
        """The packets that wait; blocks until there is one."""
        return list(self.client.get(self.url, headers=self.headers).data.split(b"\x1e"))
