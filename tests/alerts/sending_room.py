"""A room that speaks to the outside: contacts, a webhook channel to a far end on this machine, and a sender."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import alerts.actions as alerting
from alerts import book, channel_actions, lists
from alerts.audience import To
from alerts.sending.process import Sender
from tests.alerts.fakes import FarEnd, Said
from tests.room import Room

SECRET = "rahasia-bersama-yang-panjang"


def switch_on(room: Room, far: FarEnd, **more: Any) -> None:
    """The webhook channel, speaking to this far end."""
    settings = {"url": f"{far.url}/masuk", "secret": SECRET}
    room.do(channel_actions.set_channel, "webhook", True, settings, more.get("loop_address"), by="ayu")


def contacts(room: Room, count: int, channel: str = "webhook", **said: Any) -> list[int]:
    """So many contacts with one address each."""
    found = []
    for number in range(count):
        addresses = [{"channel": channel, "address": f"{channel}-{number}"}]
        entry = room.do(
            book.add_contact, {"name": f"Kontak {number}", "addresses": addresses, "kind": "person", **said}
        )
        found.append(int(entry["body"]["contact"]))
    return found


def alert_to(room: Room, contact_ids: list[int], priority: str = "P1", **more: Any) -> int:
    words: dict[str, Any] = {"order": "go", "text": "Ke Pringgabaya", "priority": priority, "expires_in_min": 60}
    to = To(contact_ids=tuple(contact_ids))
    return int(room.do(alerting.write_alert, to=to, by="dewi", **(words | more))["body"]["alert"])


def people(room: Room, alert: int) -> dict[str, dict[str, Any]]:
    """name -> what is known."""
    with room.post.database.read() as conn:
        found = lists.recipients(conn, alert, (), "", None, 20_000)["recipients"]
    return {one["name"] or one["call_sign"]: one for one in found}


def states(room: Room, alert: int) -> dict[str, int]:
    with room.post.database.read() as conn:
        return dict(lists.recipients(conn, alert, (), "", None, 1)["counts"])


def answers(far: FarEnd, **by_address: Said) -> None:
    """What the far end says to each address; a ping is always well."""

    def answer(asked: Any) -> Said:
        body = asked.json
        return Said() if body["type"] == "ping" else by_address.get(body["to"].replace("-", "_"), Said())

    far.answer = answer


def told(far: FarEnd) -> list[dict[str, Any]]:
    """The messages that came, without the pings."""
    return [one.json for one in list(far.asked) if one.json["type"] != "ping"]


@contextmanager
def sending(room: Room) -> Iterator[Sender]:
    """A sender at work; its threads end with the block."""
    sender = Sender(room.post)
    try:
        sender.look()
        yield sender
    finally:
        sender.close()


def wait_until(is_so: Callable[[], Any], within_s: float = 60.0) -> None:
    until = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.05)
