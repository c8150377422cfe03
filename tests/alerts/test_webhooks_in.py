"""The doors other systems knock at: only the signed come in, once each, few of them, and never in an exercise."""

import base64
import hashlib
import hmac
import io
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import insert, select

from alerts.channels.signing import signed_headers
from alerts.channels.sms_gateway import SmsGatewaySettings
from alerts.channels.telegram import SECRET_HEADER, TelegramChannel, TelegramSettings
from alerts.channels.webhook import WebhookChannel, WebhookSettings
from alerts.models import ChannelSetting, Note
from alerts.secrets import seal
from alerts.webhooks import files
from alerts.webhooks.models import MessageFile, MessageIn
from alerts.wire import Wire
from incident.attachments.models import Attachment
from incident.models import Call, Incident
from incident.post import Post
from tests.alerts.channel_fakes.whatsapp import APP_SECRET, NUMBER_ID, VERIFY, settings_for
from tests.alerts.fakes import FarEnd, Said, far_end
from tests.factories import on_spatialite, uid

FLOOD = "Banjir masuk rumah di Dusun Rejeki"
SECRET = "rahasia-bersama-yang-panjang-77"
INBOUND = "rahasia-masuk-5151"
TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
SETTINGS: dict[str, Any] = {
    "whatsapp": settings_for("https://graph.test/v23.0"),
    "telegram": TelegramSettings(token=TOKEN, hearing="webhook", webhook_secret="rahasia-tele"),
    "sms_gateway": SmsGatewaySettings(url="https://gateway.test/", inbound_token=INBOUND),
    "webhook": WebhookSettings(url="https://lain.test/hook", secret=SECRET),
}


@pytest.fixture
def post(app: Any) -> Post:
    """The post of the application, with every channel that has a door switched on."""
    here: Post = app.extensions["posko"]
    for name, settings in SETTINGS.items():
        set_up(here, name, settings)
    return here


def set_up(post: Post, name: str, settings: Any) -> None:
    row = {"name": name, "is_on": True, "sealed": seal(post.settings.secret_key, settings)}
    row |= {"changed_by": "ayu", "changed_at": post.clock()}
    post.database.write(lambda conn: conn.execute(insert(ChannelSetting), row))


def knock(app: Any, door: str, body: Any, headers: dict[str, str]) -> Any:
    octets = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"Content-Type": "application/json", **headers}
    return app.test_client().post(f"/api/v1/webhooks/{door}", data=octets, headers=given)


def rows(post: Post, table: Any) -> list[Any]:
    with post.database.read() as conn:
        return list(conn.execute(select(table.__table__).order_by(table.__table__.c.id)).mappings())


def whatsapp(*messages: dict[str, Any], secret: str = APP_SECRET) -> tuple[bytes, dict[str, str]]:
    value = {"metadata": {"phone_number_id": NUMBER_ID, "display_phone_number": "62111"}, "messages": list(messages)}
    body = json.dumps({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).encode()
    return body, {"X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def wa(text: str = FLOOD, **more: Any) -> dict[str, Any]:
    said = {"from": "6281234500077", "id": f"wamid.{uid()}", "timestamp": str(int(time.time())), "type": "text"}
    return {**said, "text": {"body": text}, **more}


def telegram(text: str = FLOOD, number: int = 1) -> dict[str, Any]:
    who = {"id": 611223344, "is_bot": False}
    message = {"message_id": number, "from": who, "chat": {"id": 611223344, "type": "private"}, "text": text}
    return {"update_id": number, "message": {**message, "date": int(time.time())}}


def generic(said: dict[str, Any], named: str | None = None, now_s: float | None = None) -> tuple[bytes, dict[str, str]]:
    body = json.dumps(said).encode()
    return body, signed_headers(SECRET, named or uid(), now_s or time.time(), body)


# each door


def test_each_door_makes_a_call_of_its_channel_and_leaves_the_number_to_be_sent(app: Any, post: Post):
    basic = "Basic " + base64.b64encode(f"x:{INBOUND}".encode()).decode()
    sms = {"from": "081234500078", "text": FLOOD, "id": "9"}
    said = {"type": "report", "from": "warga-77", "text": FLOOD, "lon": 116.6, "lat": -8.5}
    for door, (body, headers) in {
        "whatsapp": whatsapp(wa()),
        "telegram": (json.dumps(telegram()).encode(), {SECRET_HEADER: "rahasia-tele"}),
        "sms": (json.dumps(sms).encode(), {"Authorization": basic}),
        "generic": generic(said),
    }.items():
        answer = knock(app, door, body, headers)
        assert (answer.status_code, answer.json) == (200, {"taken": 1}), door
    assert [one["channel"] for one in rows(post, Call)] == ["whatsapp", "telegram", "sms", "web"]
    assert rows(post, Incident)[3]["lon"] == 116.6
    notes = [(one["channel"], one["address"], one["state"]) for one in rows(post, Note)]
    assert notes == [
        ("whatsapp", "6281234500077", "waiting"),
        ("telegram", "611223344", "waiting"),
        ("sms_gateway", "081234500078", "waiting"),
        ("webhook", "warga-77", "waiting"),
    ]
    assert all(f"LT-{number:04}" in one["text"] for number, one in enumerate(rows(post, Note), 1))


@on_spatialite
def test_a_batch_that_comes_twice_is_taken_once(app: Any, post: Post):
    body, headers = whatsapp(wa(), wa("dan angin kencang sekali di sini"))
    assert knock(app, "whatsapp", body, headers).json == {"taken": 2}
    assert knock(app, "whatsapp", body, headers).json == {"taken": 0}
    assert len(rows(post, MessageIn)) == 2
    assert len(rows(post, Note)) == 1


@on_spatialite
def test_a_signed_message_cannot_be_replayed_under_its_id_nor_after_its_time(app: Any, post: Post):
    said = {"type": "report", "from": "w", "text": FLOOD}
    body, headers = generic(said, "m-1")
    assert knock(app, "generic", body, headers).json == {"taken": 1}
    assert knock(app, "generic", body, headers).json == {"taken": 0}
    late = generic(said, "m-2", time.time() - 400)
    assert knock(app, "generic", *late).status_code == 401
    assert len(rows(post, Call)) == 1


@on_spatialite
@pytest.mark.parametrize("door", ["whatsapp", "telegram", "sms", "generic"])
def test_a_stranger_learns_nothing_and_changes_nothing(app: Any, post: Post, door: str):
    body, _ = whatsapp(wa(), secret="0" * 32)
    signed = {"X-Hub-Signature-256": "sha256=" + "0" * 64, SECRET_HEADER: "x", "X-Posko-Token": "x"}
    for headers in ({}, signed, signed_headers("falsch-und-sehr-lang", "1", time.time(), body)):
        answer = knock(app, door, body, headers)
        assert (answer.status_code, answer.json["detail"]) == (401, "Tanda tangan tidak cocok.")
    assert rows(post, MessageIn) == []


@on_spatialite
def test_a_door_that_is_shut_or_none_is_not_there(app: Any, post: Post):
    post.database.write(lambda conn: conn.execute(ChannelSetting.__table__.update().values(is_on=False)))
    body, headers = whatsapp(wa())
    assert [knock(app, door, body, headers).status_code for door in ("whatsapp", "pigeon")] == [404, 404]
    assert app.test_client().get("/api/v1/webhooks/whatsapp").status_code == 404


@on_spatialite
def test_settings_sealed_by_another_secret_ask_the_far_end_to_come_again(app: Any, post: Post):
    row = {"sealed": seal("z" * 32, SETTINGS["whatsapp"])}
    post.database.write(lambda conn: conn.execute(ChannelSetting.__table__.update().values(**row)))
    assert knock(app, "whatsapp", *whatsapp(wa())).status_code == 503


@on_spatialite
@pytest.mark.parametrize("size", [256_001, 900_000, 2_000_000])
def test_a_body_too_large_is_refused_before_it_is_read(app: Any, post: Post, size: int):
    assert knock(app, "whatsapp", b"x" * size, {}).status_code == 413


@on_spatialite
@pytest.mark.parametrize("body", [b"", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"entry": 5}', b'"x"', b"null"])
def test_signed_nonsense_is_taken_as_nothing(app: Any, post: Post, body: bytes):
    signature = "sha256=" + hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert knock(app, "whatsapp", body, {"X-Hub-Signature-256": signature}).json == {"taken": 0}
    assert knock(app, "telegram", body, {SECRET_HEADER: "rahasia-tele"}).json == {"taken": 0}
    assert knock(app, "sms", body, {"X-Posko-Token": INBOUND}).json == {"taken": 0}
    assert knock(app, "generic", body, signed_headers(SECRET, uid(), time.time(), body)).json == {"taken": 0}


@on_spatialite
def test_meta_is_told_its_challenge_and_nobody_else(app: Any, post: Post):
    ask = "/api/v1/webhooks/whatsapp?hub.mode=subscribe&hub.challenge=115&hub.verify_token="
    fine = app.test_client().get(ask + VERIFY)
    assert (fine.status_code, fine.text, fine.mimetype) == (200, "115", "text/plain")
    assert app.test_client().get(ask + "x").status_code == 401
    assert "<script" not in app.test_client().get(ask + "x" + "&hub.challenge=<script>").text


@on_spatialite
def test_a_flood_of_one_sender_is_not_a_flood_of_calls(app: Any, post: Post):
    body, headers = whatsapp(*[wa(f"Banjir lagi {number}") for number in range(60)])
    assert knock(app, "whatsapp", body, headers).json == {"taken": 60}
    assert len(rows(post, Call)) == 20
    assert len(rows(post, Incident)) == 1


@on_spatialite
def test_no_secret_no_number_and_no_word_stands_in_what_is_printed(
    app: Any, post: Post, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
):
    body, headers = whatsapp(wa())
    knock(app, "whatsapp", body, headers)
    knock(app, "whatsapp", body, {})
    printed = "".join(capsys.readouterr()) + caplog.text
    for word in (APP_SECRET, VERIFY, "6281234500077", "Rejeki"):
        assert word not in printed


# pictures


def jpeg() -> bytes:
    into = io.BytesIO()
    Image.new("RGB", (640, 480), "steelblue").save(into, "JPEG")
    return into.getvalue()


def fetching(far: FarEnd) -> TelegramChannel:
    settings = TelegramSettings(token=TOKEN, base_url=far.url)
    return TelegramChannel(settings, Wire(TelegramChannel.hosts(settings), 2))


def picture(app: Any) -> None:
    update = telegram("Tanggul retak")
    update["message"]["photo"] = [{"file_id": "foto-1", "width": 640, "height": 480}]
    knock(app, "telegram", update, {SECRET_HEADER: "rahasia-tele"})


WHERE = Said(body={"ok": True, "result": {"file_path": "photos/1.jpg"}})


@on_spatialite
def test_a_picture_becomes_an_attachment_of_its_call_once(app: Any, post: Post):
    picture(app)
    with far_end(WHERE, Said(body=jpeg())) as far:
        assert files.step(post, fetching(far))
        assert not files.step(post, fetching(far))
    [kept] = rows(post, Attachment)
    assert (kept["kind"], kept["call_id"], kept["sent_by"]) == ("photo", rows(post, Call)[0]["id"], "telegram")
    assert rows(post, MessageFile)[0]["state"] == "kept"


@on_spatialite
def test_a_far_end_that_is_down_is_asked_again_and_a_file_that_is_gone_is_not(app: Any, post: Post):
    picture(app)
    with far_end(Said(after_s=60)) as far:
        files.step(post, fetching(far))
    [row] = rows(post, MessageFile)
    assert (row["state"], row["attempts"], row["due_at"] > post.clock()) == ("waiting", 1, True)
    assert TOKEN not in row["reason"]
    post.database.write(lambda conn: conn.execute(MessageFile.__table__.update().values(due_at=post.clock())))
    with far_end(Said(404, {})) as far:
        files.step(post, fetching(far))
    assert rows(post, MessageFile)[0]["state"] == "failed"
    assert rows(post, Attachment) == []


@on_spatialite
def test_what_is_no_picture_is_refused_and_the_report_stands(app: Any, post: Post):
    picture(app)
    with far_end(WHERE, Said(body=b"MZ\x90\x00" + bytes(range(256)))) as far:
        files.step(post, fetching(far))
    assert rows(post, MessageFile)[0]["state"] == "failed"
    assert rows(post, Attachment) == []
    assert len(rows(post, Call)) == 1


@on_spatialite
def test_a_file_of_a_signed_report_is_fetched_from_that_system_alone(app: Any, post: Post):
    with far_end(Said(body=jpeg())) as far:
        settings = WebhookSettings(url=f"{far.url}/hook", secret=SECRET)
        said = {"type": "report", "from": "w", "text": FLOOD}
        links = [f"{far.url}/foto.jpg", "http://169.254.169.254/latest/meta-data"]
        knock(app, "generic", *generic(said | {"files": links}))
        files.step(post, WebhookChannel(settings, Wire(WebhookChannel.hosts(settings), 2)))
    assert [one["state"] for one in rows(post, MessageFile)] == ["kept", "waiting"]
    assert len(rows(post, Attachment)) == 1


@on_spatialite
def test_the_sender_fetches_with_the_settings_that_stand_and_waits_while_a_channel_is_off(app: Any, post: Post):
    picture(app)
    with far_end(WHERE, Said(body=jpeg())) as far:
        sealed = seal(post.settings.secret_key, TelegramSettings(token=TOKEN, base_url=far.url))
        change = ChannelSetting.__table__.update().where(ChannelSetting.name == "telegram")
        post.database.write(lambda conn: conn.execute(change.values(sealed=sealed, is_on=False)))
        assert not files.look(post)
        post.database.write(lambda conn: conn.execute(change.values(is_on=True)))
        rounds = iter([False, False, True])
        files.run(post, lambda: next(rounds), lambda seconds: None)
    assert len(rows(post, Attachment)) == 1


# the exercise


@pytest.mark.slow
def test_in_an_exercise_no_door_is_open_and_no_adapter_is_loaded(tmp_path: Path):
    words = f"""
import sys
from incident.app import create_app
app = create_app(database="sqlite:///{tmp_path}/x.db", data="{tmp_path}/var", exercise=True)
answers = [app.test_client().post("/api/v1/webhooks/" + one, data=b"{{}}").status_code for one in sys.argv[1:]]
loaded = [one for one in sys.modules if one.startswith("alerts.channels.") and one.rpartition(".")[2] in
          ("telegram", "whatsapp", "sms_gateway", "email", "webhook", "web_push")]
app.extensions["live"].stop()
app.extensions["posko"].database.close()
print(answers, loaded)
"""
    done = subprocess.run(
        [sys.executable, "-c", words, "whatsapp", "telegram", "sms", "generic"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines()[-1:] == ["[404, 404, 404, 404] []"], done.stderr[-500:]
