"""`posko bench info`: the public page in a rush, in both languages, beside a static file of the same server."""

import datetime as dt
from dataclasses import replace
from typing import Any

import click
from sqlalchemy import insert

from alerts.public import actions
from alerts.public.models import Opening
from gis.models import Facility
from incident.bench import load
from incident.bench.figures import Sheet, json_option, quick_option
from incident.bench.load import Load
from incident.bench.stage import Stage, database_option, stage
from incident.people import add_person
from incident.post import Act, Post

READERS = 100
REQUESTS = 20_000
STATIC = "/static/css/public.css"
PAGES = {"page, id": "/info", "page, en": "/info?lang=en", "RSS": "/info/rss.xml", "CAP": "/cap"}
PACKED = {"Accept-Encoding": "gzip"}
PLACES = 12
RUMOURS = 6


@click.command("info", epilog="Example: posko bench info --readers 100 --json")
@click.option("--readers", default=READERS, show_default=True, type=click.IntRange(1), help="Connections at once.")
@click.option("--requests", default=REQUESTS, show_default=True, type=click.IntRange(100), help="Of each page.")
@quick_option
@json_option
@database_option
def info(readers: int, requests: int, quick: bool, as_json: bool, database: str | None) -> None:
    """The public page and its feeds: requests a second of one server process, beside a static file."""
    requests = requests // 10 if quick else requests
    sheet = Sheet("info", raw={"readers": readers, "requests": requests})
    with stage(database) as here:
        with here.post() as post:
            _furnish(post)
        here.launch("serve")
        here.wait_until_ready()
        _measure(sheet, here, readers, requests)
    sheet.show(as_json)


def _measure(sheet: Sheet, here: Stage, readers: int, requests: int) -> None:
    still = _rush(here, STATIC, readers, requests, {})
    sheet.raw["static"] = still.facts()
    for name, path in PAGES.items():
        tag = _tag(here, path)
        fresh, known = (_rush(here, path, readers, requests, one) for one in (PACKED, {**PACKED, "If-None-Match": tag}))
        sheet.add(f"{name}: 200", fresh.per_s, "a second", still.per_s, "a static file", ">= 1x")
        sheet.add(f"{name}: 304", known.per_s, "a second", still.per_s, "a static file", ">= 1x")
        sheet.add(f"{name}: server's processor", fresh.cpu_ms, "ms each", still.cpu_ms, "ms a static file")
        sheet.raw[name] = {"200": fresh.facts(), "304": known.facts()}


def _rush(here: Stage, path: str, readers: int, requests: int, headers: dict[str, str]) -> Load:
    began = here.cpu_s("serve")
    found = load.run(here.port, "", readers, requests, path, headers)
    return replace(found, cpu_ms=(here.cpu_s("serve") - began) * 1000 / requests)


def _tag(here: Stage, path: str) -> str:
    """What a reader of the packed page would ask with next time."""
    import urllib.request

    asked = urllib.request.Request(f"http://127.0.0.1:{here.port}{path}", headers=PACKED)
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return str(answer.headers["ETag"])


def _furnish(post: Post) -> None:
    """A page with something on it: answers to rumours that two people stand by, and posts that are open."""
    for name in ("bench-writer", "bench-second"):
        post.do(add_person, "bench", None, name, "coordinator")
    for number in range(RUMOURS):
        told = post.do(_rumour, "bench-writer", None, number)
        _approve(post, int(told["body"]["clarification"]))
    post.database.write(lambda conn: _open_places(conn, post.clock()))


def _rumour(act: Act, number: int) -> dict[str, Any]:
    claim, fact = f"Kabar {number}: bendungan jebol", "Bendungan utuh dan dijaga. " * 8
    return actions.write_clarification(act, claim=claim, fact=fact, evidence="Foto")


def _approve(post: Post, clarification_id: int) -> None:
    from alerts.public.queries import find_clarification

    with post.database.read() as conn:
        found = find_clarification(conn, clarification_id)
    assert found is not None
    post.do(actions.approve_clarification, "bench-second", None, clarification_id, found["text_hash"])


def _open_places(conn: object, now: dt.datetime) -> None:
    from gis.database import point_columns

    for number in range(PLACES):
        place = {"key": f"bench{number}", "kind": "shelter", "name": f"Lapangan {number}", "source": "bench"}
        stamp = {"changed_by": "bench", "changed_at": now}
        row = {**place, **stamp, "capacity": 200, "occupied": 40, **point_columns(116.5, -8.5)}
        facility = conn.execute(insert(Facility).returning(Facility.id), row).scalar_one()  # type: ignore[attr-defined]
        said = {"facility_id": facility, "state": "open", "hours": "24 jam", "note": "", "note_en": "", "shown": True}
        conn.execute(insert(Opening), {**said, **stamp})  # type: ignore[attr-defined]
