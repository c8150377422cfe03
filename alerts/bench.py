"""`posko bench alerts`: ten thousand recipients queued, and drained by a local sink beside the sink's bare rate."""

import contextlib
import datetime as dt
import http.server
import multiprocessing
import secrets
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from pydantic import SecretStr
from sqlalchemy import Connection, delete, func, insert, select

import alerts.actions as alerting
from alerts import sender
from alerts.audience import To
from alerts.channels import Message
from alerts.channels.webhook import WebhookChannel, WebhookSettings, host_of
from alerts.models import ChannelHealth, Contact, ContactAddress, Delivery, Recipient
from alerts.sending.lane import Lane
from alerts.wire import Wire
from gis.database import Database
from incident.bench.figures import Sheet, json_option
from incident.bench.stage import database_option
from incident.config import load_settings
from incident.post import Act, Post
from incident.upgrade import upgrade

PEOPLE = 10_000
QUICK_PEOPLE = 1_000
BARE = 2_000
DRAIN_S = 300.0


class Sink(WebhookChannel):
    """The signed webhook, as fast as the far end takes it."""

    pace = 1e9


def measure(sheet: Sheet, database: Database, folder: Path, people: int) -> None:
    """Fill the phone book, write one alert to all of it, hand it out, send it."""
    settings = load_settings(database=f"{database.writer.url.render_as_string(False)}", data=folder)
    post = Post(settings, database)
    contacts = post.do(_fill, "bench", None, people)
    began = time.perf_counter()
    text, to = "Air naik, tetap di tempat tinggi", To(contact_ids=contacts)
    cpu = time.process_time()
    post.do(alerting.write_alert, "bench", None, "inform", text, "P1", to=to)
    written = time.perf_counter()
    while sender.step(post):
        pass
    queued = time.perf_counter()
    sheet.raw["queued_cpu_s"] = round(time.process_time() - cpu, 2)
    sheet.add(f"{people} recipients frozen", written - began, "s")
    sheet.add(f"{people} recipients queued", queued - began, "s", _bare_rows_s(post), "s bare rows", "<= 2 s")
    with _sink() as url:
        channel = WebhookSettings(url=url, secret=SecretStr(secrets.token_hex(16)))
        _drain(sheet, post, channel, people)


def _fill(act: Act, people: int) -> tuple[int, ...]:
    who: dict[str, Any] = {"name": "Kontak", "kind": "person", "office": "kades", "language": "id"}
    who |= {"made_by": "bench", "made_at": act.now, "changed_at": act.now}
    act.conn.execute(insert(Contact), [who] * people)
    ids = tuple(act.conn.scalars(select(Contact.id).order_by(Contact.id)))
    rows = [{"contact_id": one, "channel": "webhook", "address": f"k{one}"} for one in ids]
    act.conn.execute(insert(ContactAddress), rows)
    well: dict[str, Any] = {"name": "webhook", "state": "ok", "words": "", "since": act.now, "flaps": 0}
    act.conn.execute(insert(ChannelHealth), well)
    return ids


def _bare_rows_s(post: Post) -> float:
    """The very rows taken out and put in again by plain statements, in one transaction that is given up."""
    rows = {kind: _rows(post, kind) for kind in (Recipient, Delivery)}
    with post.database.connect_writer() as conn:
        for kind in (Delivery, Recipient):
            conn.execute(delete(kind))
        began = time.perf_counter()
        for kind, some in rows.items():
            conn.execute(insert(kind), some)
        took = time.perf_counter() - began
        conn.rollback()
    return took


def _rows(post: Post, kind: Any) -> list[dict[str, Any]]:
    with post.database.read() as conn:
        return [dict(row) for row in conn.execute(select(kind.__table__).order_by(kind.id)).mappings()]


def _drain(sheet: Sheet, post: Post, settings: WebhookSettings, people: int) -> None:
    bare = _bare_rate(settings, min(BARE, people))
    wire = Wire((host_of(settings.url),))
    lane = Lane(post, "webhook", Sink(settings, wire), lambda *_: 0, time.sleep, wire.close)
    began = time.perf_counter()
    lane.start()
    while _count_sent(post) < people and time.perf_counter() - began < DRAIN_S:
        time.sleep(0.05)
    took = time.perf_counter() - began
    lane.stop()
    lane.join(10)
    sheet.add("drained", _count_sent(post) / took, "/s", bare, "/s bare sink", ">= 0.8x")
    sheet.raw["sent"] = _count_sent(post)


def _count_sent(post: Post) -> int:
    with post.database.read() as conn:
        return _sent(conn)


def _sent(conn: Connection) -> int:
    return int(conn.scalar(select(func.count()).select_from(Delivery).where(Delivery.state == "sent")) or 0)


def _bare_rate(settings: WebhookSettings, count: int) -> float:
    """How many messages a second the sink takes when nobody keeps a row."""
    wire = Wire((host_of(settings.url),))
    channel, later = Sink(settings, wire), dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    words = ("Air naik", "Air naik, tetap di tempat tinggi", "P1", "inform", 1, 0, later, False)
    messages = [Message(f"bare-{number}", f"k{number}", *words) for number in range(count)]
    began = time.perf_counter()
    for message in messages:
        channel.deliver(message)
    took = time.perf_counter() - began
    wire.close()
    return count / took


@contextlib.contextmanager
def _sink() -> Iterator[str]:
    """A far end in a process of its own that takes everything; its address."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}/"
    finally:
        process.terminate()
        process.join(5)
        here.close()
        there.close()


def _serve(pipe: Any) -> None:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.wfile.write(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n")

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    pipe.send(server.server_address[1])
    server.serve_forever()


@click.command("alerts", epilog="Example: posko bench alerts --people 10000 --json")
@click.option("--people", default=PEOPLE, show_default=True, type=click.IntRange(1), help="How many contacts.")
@click.option("--black-hole", is_flag=True, help="Save calls while every way outside hangs.")
@click.option("--calls", default=2000, show_default=True, help="Calls saved meanwhile, one after the other.")
@click.option("--quick", is_flag=True, hidden=True)
@json_option
@database_option
def alerts(people: int, black_hole: bool, calls: int, quick: bool, as_json: bool, database: str | None) -> None:
    """Queue an alert to many contacts and drain it by a local sink; or save calls while all outside hangs."""
    people = min(people, QUICK_PEOPLE) if quick else people
    sheet = Sheet("alerts", raw={"people": people})
    if black_hole:
        from alerts.bench_black_hole import measure as measure_hole

        measure_hole(sheet, people, calls // 10 if quick else calls, database)
        sheet.show(as_json)
        return
    _measure_whole(sheet, people)
    sheet.show(as_json)


def _measure_whole(sheet: Sheet, people: int) -> None:
    with tempfile.TemporaryDirectory(prefix="posko-bench-") as folder:
        database = Database(f"sqlite:///{folder}/posko.db")
        try:
            upgrade(database)
            measure(sheet, database, Path(folder), people)
        finally:
            database.close()
