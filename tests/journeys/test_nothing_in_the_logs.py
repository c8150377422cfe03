"""A whole night with seeded numbers and secrets; then all that anybody but the room may read is searched for them.

The processes are the real ones. Far ends fail, quote back what they were sent, hang; people mistype; the database
refuses rows; a sender dies. Searched are the logs (standard output and error of every process), every other file in
the folder but the database and the keys, the whole journal, /metrics, /readyz, the command lines, and the addresses
of our own that far ends were told.
"""

import contextlib
import hashlib
import hmac
import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from alerts.bench_black_hole import traps
from incident import journal
from incident.post import Post
from tests.alerts.fakes import Asked, FarEnd, Said, far_end
from tests.alerts.village import wait_for
from tests.browser.room import Room
from tests.cast import SECRET as PASSWORD
from tests.factories import call_body, uid

# what must stand nowhere: the last nine digits of a number are the same however it is written
NUMBERS = {f"8129900{one:02}" for one in range(1, 13)}
CALLER, CONTACTS, WRITERS = "08129900{:02}", range(1, 6), range(6, 12)
SECRETS = {
    "telegram": "112233:bot-token-jangan-tampil",
    "whatsapp": "token-meta-jangan-tampil-sama-sekali",
    "app_secret": "rahasia-aplikasi-jangan-tampil",
    "verify": "verifikasi-jangan-tampil",
    "sms": "kunci-gateway-jangan-tampil",
    "inbound": "sandi-masuk-jangan-tampil",
    "email": "sandi-surel-jangan-tampil",
    "webhook": "rahasia-bersama-jangan-tampil",
    "siren": "sandi-relai-jangan-tampil",
    "mistyped": "sandi-salah-ketik-jangan-tampil",
    "password": PASSWORD,
}
KEPT_SEALED = ("posko.db", "posko.db-wal", "posko.db-shm", "secret_key", "radio_key", "radio_spool.db")
BREAKS = "CREATE TRIGGER broken BEFORE INSERT ON message_in WHEN NEW.foreign_id LIKE '%rusak%' BEGIN {} END"
QUOTED = "SELECT RAISE(ABORT, 'UNIQUE constraint failed: row 6281299008 {}');"


class Asker:
    """Speaks to the room as somebody, and takes refusals as answers."""

    def __init__(self, room: Room, role: str | None):
        assert room.cast is not None
        self.base = f"http://127.0.0.1:{room.port}"
        self.headers = room.cast.headers(role) if role else {}
        self.said: list[str] = []

    def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        octets = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        given = {"Content-Type": "application/json", **self.headers, **(headers or {})}
        asked = urllib.request.Request(self.base + path, octets, given, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=120) as answer:
                told = answer.read()
        except urllib.error.HTTPError as refusal:
            told = refusal.read()
            self.said.append(told.decode(errors="replace"))
        return json.loads(told) if told[:1] in (b"{", b"[") else told.decode()


@pytest.fixture
def room(template_file: Path, tmp_path: Path) -> Iterator[Room]:
    more = {"POSKO_PUBLIC_URL": "https://posko.test", "POSKO_LADDER_S": "1"}
    running = Room(tmp_path, template_file, ("serve", "relay", "radio"), more=more)
    yield running
    running.close()


@pytest.fixture
def post(room: Room) -> Iterator[Post]:
    here = room.post()
    yield here
    here.database.close()


@pytest.fixture
def outside() -> Iterator[FarEnd]:
    """A far end that quotes what it was sent, and fails in every way there is."""
    with far_end() as far:
        answers = iter(range(10**6))

        def answer(asked: Asked) -> Said:
            echo = {"error": asked.path, "headers": asked.headers, "body": asked.body.decode(errors="replace")}
            turn = 0 if asked.path == "/ok" or b'"ping"' in asked.body else next(answers) % 5
            return Said(200 if turn == 0 else (400, 401, 429, 500)[turn - 1], json.dumps(echo))

        far.answer = answer
        yield far


@pytest.mark.slow
def test_after_a_whole_night_no_number_and_no_secret_stands_in_anything_one_may_read(
    room: Room, post: Post, outside: FarEnd
) -> None:
    said: list[str] = []
    pages = log_in_wrongly(room)
    with traps() as (hole, drip):
        set_up(room, outside, hole.address, drip.address, said)
        break_the_database(post)
        people_call_and_write(room, said)
        room.parts["sender"] = room._start("sender")
        alert_everybody(room, said)
        wait_for(lambda: len(outside.asked) > 25 and links(outside), time.sleep, 240, "far ends are asked")
        os.killpg(room.parts["sender"].pid, signal.SIGKILL)
        room.parts["sender"].wait()
        before = len(outside.asked)
        dead, room.parts["sender"] = room.log_of("sender"), room._start("sender")
        wait_for(lambda: len(outside.asked) > before + 5, time.sleep, 240, "the sender came back")
        read = what_one_may_read(room, post) | {"the dead sender's log": dead, "refusals": "\n".join(said)}
        read["log-in pages"] = pages
    assert "message.failed" in read["serve.log"] and "failure" in read["serve.log"], "failures were logged"
    assert len(read["journal"]) > 5_000 and "posko_" in read["/metrics"]
    assert found(read | {"links": links(outside)}) == []


def links(outside: FarEnd) -> str:
    """Our own addresses that far ends were told."""
    return "\n".join(one.json["link"] for one in list(outside.asked) if b'"link": "https://posko.test/t/' in one.body)


def found(read: dict[str, str]) -> list[tuple[str, str, str]]:
    """(where, what, the words around it) of everything that should not stand there.

    A page that asks again shows a person the name they typed, and an administrator sees the site's own address.
    """
    private = [*sorted(NUMBERS), *SECRETS.values()]
    return [
        (where, word, words[max(0, words.index(word) - 80) : words.index(word) + 40])
        for where, words in read.items()
        for word in private
        if word in words and not (where in ("log-in pages", "settings") and word in NUMBERS)
    ]


def test_the_search_finds_what_is_there() -> None:
    planted = {"serve.log": f"failed for +62{sorted(NUMBERS)[0]}", "journal": "token " + SECRETS["sms"], "clean": "sah"}
    assert [(where, word) for where, word, _ in found(planted)] == [
        ("serve.log", sorted(NUMBERS)[0]),
        ("journal", SECRETS["sms"]),
    ]


# the night


def log_in_wrongly(room: Room) -> str:
    """A secret where none fits, a number where a name belongs; the pages that ask again."""
    nobody, kind = Asker(room, None), {"Content-Type": "application/x-www-form-urlencoded"}
    for name in ("ayu", CALLER.format(1)):
        nobody.ask("POST", "/login", f"name={name}&secret={SECRETS['mistyped']}".encode(), kind)
    return "\n".join(nobody.said)


def set_up(room: Room, outside: FarEnd, hole: str, drip: str, said: list[str]) -> None:
    """Every way out, by the API, with a secret each; some of it mistyped first."""
    admin = Asker(room, "admin")
    host, _, port = hole.partition(":")
    siren = {f"{name}_url": f"http://{drip}/{name}?s={{seconds}}" for name in ("on", "off", "check")}
    whatsapp = {"phone_number_id": "1234567890", "app_secret": SECRETS["app_secret"], "template": "posko"}
    mail = {"host": host, "port": int(port), "security": "none", "sender": "posko@posko.test", "user": "posko"}
    sms = {"url": f"{outside.url}/sms?key={{secret}}&to={{to}}", "method": "GET", "check_url": f"{outside.url}/ok"}
    settings: dict[str, dict[str, Any]] = {
        "telegram": {"token": SECRETS["telegram"], "base_url": outside.url},
        "whatsapp": {**whatsapp, "token": SECRETS["whatsapp"], "verify_token": SECRETS["verify"]}
        | {"base_url": outside.url},
        "sms_gateway": {**sms, "secret": SECRETS["sms"], "inbound_token": SECRETS["inbound"]},
        "email": {**mail, "password": SECRETS["email"]},
        "webhook": {"url": f"{outside.url}/masuk", "secret": SECRETS["webhook"]},
        "siren": {**siren, "password": SECRETS["siren"]},
    }
    wrong = {"url": "bukan alamat", "secret": SECRETS["mistyped"], "port": SECRETS["mistyped"]}
    for name, given in settings.items():
        admin.ask("PUT", f"/api/v1/channels/{name}", {"uid": uid(), "is_on": True, "settings": given | wrong})
        loop = {"uid": uid(), "is_on": True, "settings": given, "loop_address": CALLER.format(12)}
        told = admin.ask("PUT", f"/api/v1/channels/{name}", loop)
        assert told["kind"] == "channel.set", told
        admin.ask("POST", f"/api/v1/channels/{name}/test", {"uid": uid()})
    said.extend(admin.said)


def break_the_database(post: Post) -> None:
    """What the database says of a row it refuses holds the row."""
    words = BREAKS.format(QUOTED.format(SECRETS["inbound"]))
    post.database.write(lambda conn: conn.execute(text(words)))


def people_call_and_write(room: Room, said: list[str]) -> None:
    """Calls at the desk, contacts by hand and by file, messages by every door: well formed, forged, broken."""
    desk, head, nobody = Asker(room, "call_taker"), Asker(room, "coordinator"), Asker(room, None)
    for one in CONTACTS:
        caller = {"name": "Bu Sri", "phone": f"+62 {CALLER.format(one)[1:]}"}
        desk.ask("POST", "/api/v1/calls", call_body(type="banjir", caller=caller))
        desk.ask("POST", "/api/v1/calls", call_body(type="naga", caller=caller | {"phone": "x" + caller["phone"]}))
        ways = [{"channel": kind, "address": address} for kind, address in addresses(one).items()]
        contact = {"name": f"Kades {one}", "office": "kades", "addresses": ways}
        made = head.ask("POST", "/api/v1/contacts", {"uid": uid(), **contact})
        head.ask("POST", f"/api/v1/contacts/{made['body']['contact']}/unmask", {"uid": uid()})
        head.ask("POST", "/api/v1/contacts", {"uid": uid(), **contact, "area_code": CALLER.format(one)})
    table = f"nama,telepon\nPak Amaq,{CALLER.format(3)}\n,{CALLER.format(4)}\nPak Lalu,{CALLER.format(5)}ZZ\n"
    head.ask("POST", "/api/v1/contacts/import", {"uid": uid(), "csv": table, "is_trial": False})
    for one in WRITERS:
        for named in ("biasa", "rusak"):
            write_by_every_door(nobody, CALLER.format(one), f"{named}-{one}")
    for asker in (desk, head, nobody):
        said.extend(asker.said)


def addresses(one: int) -> dict[str, str]:
    number = CALLER.format(one)
    named = {"telegram": number[1:], "whatsapp": f"62{number[1:]}", "sms": number, "email": f"{number}@posko.test"}
    return {**named, "webhook": f"warga-{number}"}


def write_by_every_door(nobody: Asker, number: str, named: str) -> None:
    """The right signature, a wrong one, and half a body."""
    words = "Banjir masuk rumah di Dusun Rejeki"
    message = {"from": f"62{number[1:]}", "id": f"wamid.{named}", "timestamp": str(int(time.time())), "type": "text"}
    value = {"metadata": {"phone_number_id": "1234567890"}, "messages": [{**message, "text": {"body": words}}]}
    body = json.dumps({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).encode()
    sign = hmac.new(SECRETS["app_secret"].encode(), body, hashlib.sha256).hexdigest()
    for octets, signature in ((body, sign), (body, sign[::-1]), (body[:-20], sign)):
        nobody.ask("POST", "/api/v1/webhooks/whatsapp", octets, {"X-Hub-Signature-256": f"sha256={signature}"})
    sms = json.dumps({"from": number, "text": words, "id": f"sms-{named}"}).encode()
    for octets, token in ((sms, SECRETS["inbound"]), (sms, SECRETS["mistyped"]), (sms[:-9], SECRETS["inbound"])):
        nobody.ask("POST", "/api/v1/webhooks/sms", octets, {"X-Posko-Token": token})


def alert_everybody(room: Room, said: list[str]) -> None:
    """By every way at once; the phone list is shown, it is sent again, it is taken back."""
    head = Asker(room, "coordinator")
    people = [one["id"] for one in head.ask("GET", "/api/v1/contacts")["contacts"]]
    units = list(room.cast.units.values()) if room.cast else []
    words = {"priority": "P0", "order": "go", "text": "Air naik, ke bukit.", "contact_ids": people, "unit_ids": units}
    for _ in range(3):
        alert = head.ask("POST", "/api/v1/alerts", {"uid": uid(), "expires_in_min": 60, **words})["body"]["alert"]
    head.ask("GET", f"/api/v1/alerts/{alert}/missing")
    head.ask("POST", f"/api/v1/alerts/{alert}/missing", {"uid": uid()})
    head.ask("POST", f"/api/v1/alerts/{alert}/resend", {"uid": uid()})
    head.ask("GET", f"/api/v1/alerts/{alert}/export.csv")
    head.ask("POST", f"/api/v1/alerts/{alert}/cancel", {"uid": uid()})
    said.extend(head.said)


# what one may read


def what_one_may_read(room: Room, post: Post) -> dict[str, str]:
    """where -> everything that stands there."""
    admin = Asker(room, "admin")
    files = [one for one in room.folder.rglob("*") if one.is_file() and one.name not in KEPT_SEALED]
    read = {}
    for one in files:
        with contextlib.suppress(FileNotFoundError):  # a draft that has become its file meanwhile
            read[str(one.relative_to(room.folder))] = one.read_bytes().decode(errors="replace")
    with post.database.read() as conn:
        read["journal"] = "\n".join(f"{line.kind} {line.by} {line.body}" for line in journal.after(conn, 0, 100_000))
    for path in ("/metrics", "/readyz", "/healthz", "/api/v1/channels", "/api/v1/board", "/api/v1/messages"):
        read[path] = json.dumps(Asker(room, "coordinator").ask("GET", path))
    read["settings"] = json.dumps(admin.ask("GET", "/api/v1/channels"))
    for name, part in room.parts.items():
        read[f"command line of {name}"] = Path(f"/proc/{part.pid}/cmdline").read_bytes().decode()
    return read
