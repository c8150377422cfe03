"""The whole way by Telegram, through the sender: a report in, its number back; an alert out, its tap home."""

import itertools
import time
from typing import Any

import pytest
from sqlalchemy import select

from alerts import book, channel_actions
from alerts.models import Note
from alerts.webhooks.models import MessageFile
from incident.attachments.models import Attachment
from incident.models import Incident
from incident.post import Post, utc_now
from tests.alerts.fakes import Asked, FarEnd, Said, far_end
from tests.alerts.sending_room import alert_to, people, sending, wait_until
from tests.alerts.test_webhooks_in import jpeg
from tests.factories import on_spatialite
from tests.room import Room, open_room

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


class Bot:
    """The Bot API for one bot: keeps updates until they are confirmed, numbers what is sent."""

    def __init__(self, far: FarEnd) -> None:
        self.updates: list[dict[str, Any]] = []
        self.sent: list[dict[str, Any]] = []
        self._numbers = itertools.count(100)
        far.answer = self.answer

    def answer(self, asked: Asked) -> Said:
        if asked.path.startswith("/file/"):
            return Said(body=jpeg())
        method = asked.path.rpartition("/")[2]
        return Said(body={"ok": True, "result": getattr(self, method, lambda said: True)(asked.json)})

    def getUpdates(self, said: dict[str, Any]) -> list[dict[str, Any]]:
        self.updates = [one for one in self.updates if one["update_id"] >= said.get("offset", 0)]
        return self.updates[: said["limit"]]

    def sendMessage(self, said: dict[str, Any]) -> dict[str, Any]:
        self.sent.append(said)
        return {"message_id": next(self._numbers), "chat": {"id": int(said["chat_id"]), "type": "private"}}

    def getFile(self, said: dict[str, Any]) -> dict[str, Any]:
        return {"file_path": "photos/1.jpg"}

    def says(self, chat: int, text: str = "", **more: Any) -> None:
        number = next(self._numbers)
        who = {"from": {"id": chat, "is_bot": False}, "chat": {"id": chat, "type": "private"}}
        message = {"message_id": number, "date": int(time.time()), "text": text, **who, **more}
        self.updates.append({"update_id": number, "message": message})

    def taps(self, chat: int, message_id: int) -> None:
        number = next(self._numbers)
        under = {"message_id": message_id, "chat": {"id": chat, "type": "private"}}
        tap = {"id": str(number), "from": {"id": chat, "is_bot": False}, "data": "1:1", "message": under}
        self.updates.append({"update_id": number, "callback_query": tap})


@pytest.fixture
def room(post: Post) -> Room:
    opened = open_room(post)
    post.clock = utc_now  # the far end has a clock of its own
    return opened


def bot_for(room: Room, far: FarEnd) -> Bot:
    bot = Bot(far)
    room.do(channel_actions.set_channel, "telegram", True, {"token": TOKEN, "base_url": far.url}, by="ayu")
    return bot


def rows(room: Room, table: Any) -> list[Any]:
    with room.post.database.read() as conn:
        return list(conn.execute(select(table.__table__).order_by(table.__table__.c.id)).mappings())


def test_a_report_with_its_place_and_picture_comes_in_and_its_number_goes_back(room: Room):
    with far_end() as far:
        bot = bot_for(room, far)
        bot.says(611, "Tanggul retak, air naik cepat")
        bot.says(611, location={"latitude": -8.5, "longitude": 116.6})
        bot.says(611, photo=[{"file_id": "foto-1", "width": 640, "height": 480}])
        with sending(room):
            wait_until(lambda: len(bot.sent) == 2)
            wait_until(lambda: [one["state"] for one in rows(room, MessageFile)] == ["kept"])
            wait_until(lambda: bot.updates == [])
    [incident] = rows(room, Incident)
    assert (incident["type"], incident["lon"], incident["calls"]) == ("banjir", 116.6, 3)
    assert len(rows(room, Attachment)) == 1
    assert all("LT-0001" in one["text"] and one["chat_id"] == "611" for one in bot.sent)
    assert {one["state"] for one in rows(room, Note)} == {"sent"}


def _contact(room: Room, chat: str) -> int:
    said = {"name": f"Kades {chat}", "kind": "person", "addresses": [{"channel": "telegram", "address": chat}]}
    return int(room.do(book.add_contact, said)["body"]["contact"])


@on_spatialite
def test_an_alert_goes_out_with_a_button_and_the_tap_says_who_has_seen_it(room: Room):
    with far_end() as far:
        bot = bot_for(room, far)
        both = [_contact(room, chat) for chat in ("611", "612")]
        alert = alert_to(room, both)
        with sending(room):
            wait_until(lambda: {one["state"] for one in people(room, alert).values()} == {"sent"})
            bot.taps(611, 100 + [one["chat_id"] for one in bot.sent].index("611"))
            bot.says(612, "Siap")
            wait_until(lambda: {one["state"] for one in people(room, alert).values()} == {"seen"})
    assert rows(room, Incident) == []
    assert len(bot.sent) == 2


@on_spatialite
def test_what_came_while_the_database_was_away_comes_again(room: Room):
    with far_end() as far:
        bot = bot_for(room, far)
        bot.says(611, "Banjir di Labuhan, warga mengungsi")
        room.post.database.write(lambda conn: conn.exec_driver_sql("ALTER TABLE reporter RENAME TO elsewhere"))
        with sending(room):
            wait_until(lambda: sum(one.path.endswith("getUpdates") for one in far.asked) >= 1)
            time.sleep(1.0)
            assert bot.updates
            room.post.database.write(lambda conn: conn.exec_driver_sql("ALTER TABLE elsewhere RENAME TO reporter"))
            wait_until(lambda: bot.updates == [])
    assert len(rows(room, Incident)) == 1
