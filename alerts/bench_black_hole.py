"""`posko bench alerts --black-hole`: how fast a call is saved while every way outside hangs.

Telegram, webhook and mail speak into a hole that takes every byte and answers none; WhatsApp, SMS gateway and siren
to a server that lets a byte drip now and then. An alert at P0 waits for all of them at once.
"""

import contextlib
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, insert, select

import alerts.actions as alerting
from alerts import channel_actions
from alerts.audience import To
from alerts.models import Contact, ContactAddress, Delivery
from gis.database import Database
from incident.bench import load
from incident.bench.figures import Sheet, percentile
from incident.bench.save import timed
from incident.bench.stage import Stage, stage
from incident.config import load_settings
from incident.post import Act, Post

CLIENTS = 1  # one after the other: more would measure their own queue
DRIP_S = 0.5
PATIENCE_S = 60.0
ADDRESSES = {
    "telegram": "{}",
    "whatsapp": "62812{:08}",
    "sms": "0812{:08}",
    "email": "k{}@posko.test",
    "webhook": "k{}",
}


class Trap:
    """Listens and takes everything; says nothing, or (`drips`) a header that never ends."""

    def __init__(self, drips: bool):
        self._drips, self._ended = drips, threading.Event()
        self._door = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.caught: list[socket.socket] = []
        self.address = f"127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._welcome, daemon=True).start()

    def _welcome(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self.caught.append(self._door.accept()[0])
                if self._drips:
                    threading.Thread(target=self._drip, args=(self.caught[-1],), daemon=True).start()

    def _drip(self, near: socket.socket) -> None:
        with contextlib.suppress(OSError):
            near.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not self._ended.wait(DRIP_S):
                near.sendall(b".")

    def close(self) -> None:
        """Let go of everybody; nothing listens after this."""
        self._ended.set()
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        for one in [self._door, *self.caught]:
            one.close()


@contextlib.contextmanager
def traps() -> Iterator[tuple[Trap, Trap]]:
    """(hole, drip) for the length of a measurement."""
    hole, drip = Trap(drips=False), Trap(drips=True)
    try:
        yield hole, drip
    finally:
        hole.close()
        drip.close()


def settings_into(hole: str, drip: str) -> dict[str, dict[str, Any]]:
    """channel -> settings that lead into a trap; what is pushed to browsers goes by hosts we cannot be."""
    secret, host, port = secrets.token_hex(20), *hole.split(":")
    siren = {
        "on_url": f"http://{drip}/on?s={{seconds}}",
        "off_url": f"http://{drip}/off",
        "check_url": f"http://{drip}/check",
    }
    whatsapp = {"phone_number_id": "1234567890", "app_secret": secret, "verify_token": secret, "template": "posko"}
    return {
        "telegram": {"token": f"123456:{secret}", "base_url": f"http://{hole}"},
        "webhook": {"url": f"http://{hole}/in", "secret": secret},
        "email": {"host": host, "port": int(port), "security": "none", "sender": "posko@posko.test"},
        "whatsapp": {"token": secret, "base_url": f"http://{drip}", **whatsapp},
        "sms_gateway": {"url": f"http://{drip}/sms", "check_url": f"http://{drip}/check"},
        "siren": siren,
    }


def measure(sheet: Sheet, people: int, calls: int, database: str | None = None) -> None:
    """The same load with nothing outside, and with everything outside hanging."""
    with traps() as (hole, drip), stage(database) as here:
        for name in ("serve", "relay"):
            here.launch(name)
        here.wait_until_ready()
        load.run(here.port, here.tokens["call_taker"], CLIENTS, 100)
        quiet = timed(here, "serve", here.tokens["call_taker"], CLIENTS, calls)
        with _post(here) as post:
            _hang(here, post, people, settings_into(hole.address, drip.address))
            _await_caught(post, hole, drip)
            hanging = timed(here, "serve", here.tokens["call_taker"], CLIENTS, calls)
            sheet.raw |= {"people": people, "waiting": _waiting(post)}
    sheet.raw |= {"quiet": quiet.facts(), "hanging": hanging.facts()}
    sheet.raw["caught"] = {"hole": len(hole.caught), "drip": len(drip.caught)}
    for name, part in (("p50", 0.5), ("p99", 0.99)):
        goal = "< 100 ms" if name == "p99" else ""
        found, before = percentile(hanging.ms, part), percentile(quiet.ms, part)
        sheet.add(f"a call saved, all outside hanging, {name}", found, "ms", before, "ms nothing outside", goal)
    sheet.add("the same, server's processor", hanging.cpu_ms, "ms/call", quiet.cpu_ms, "ms nothing outside")


@contextlib.contextmanager
def _post(here: Stage) -> Iterator[Post]:
    """The post of this stage with the secret its processes keep: settings are sealed with it."""
    settings = load_settings(database=here.url, data=here.folder / "var", site=here.env["POSKO_SITE"])
    with contextlib.closing(Database(here.url)) as database:
        yield Post(settings, database)


def _hang(here: Stage, post: Post, people: int, settings: dict[str, dict[str, Any]]) -> None:
    """Switch everything on, alarm everybody by every way at once, and start the sender."""
    for name, said in settings.items():
        post.do(channel_actions.set_channel, "bench", None, name, True, said, None)
    to = To(contact_ids=post.do(_fill, "bench", None, people))
    post.do(alerting.write_alert, "bench", None, "inform", "Air naik, tetap di tempat tinggi", "P0", to=to)
    here.launch("sender")


def _fill(act: Act, people: int) -> tuple[int, ...]:
    who: dict[str, Any] = {"name": "Kontak", "kind": "person", "office": "kades", "language": "id"}
    who |= {"made_by": "bench", "made_at": act.now, "changed_at": act.now}
    ids = tuple(act.conn.scalars(insert(Contact).returning(Contact.id), [who] * people))
    rows = [
        {"contact_id": one, "channel": kind, "address": words.format(one)}
        for one in ids
        for kind, words in ADDRESSES.items()
    ]
    act.conn.execute(insert(ContactAddress), rows)
    return ids


def _await_caught(post: Post, hole: Trap, drip: Trap) -> None:
    """Until every lane hangs; raises TimeoutError."""
    until = time.monotonic() + PATIENCE_S
    while len(hole.caught) < 3 or len(drip.caught) < 3 or not _waiting(post):
        if time.monotonic() > until:
            raise TimeoutError("The sender did not come to hang.")
        time.sleep(0.1)


def _waiting(post: Post) -> int:
    with post.database.read() as conn:
        return int(conn.scalar(select(func.count()).select_from(Delivery).where(Delivery.state == "waiting")) or 0)
