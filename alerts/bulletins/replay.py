"""Plays a table of real earthquakes through the feeds in virtual time: a month in minutes, and what would be proposed.

The sequence is told as BMKG would have: the newest, the last fifteen, the last fifteen of magnitude 5 and more. It
happens in a database of its own with the villages of this post, so that neither its board nor its journal is touched.
"""

import csv
import datetime as dt
import hashlib
import io
import itertools
import random
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from sqlalchemy import insert, select

from alerts.bulletins import feed_actions, queries, rounds, rules
from alerts.bulletins.models import Bulletin
from alerts.bulletins.runner import FeedRunner
from alerts.wire import Answer
from alerts.xml_in import BadBulletin
from gis.database import Database
from gis.models import Area, Boundary
from incident.config import Settings
from incident.post import Post

FEEDS = ("bmkg_latest", "bmkg_felt", "bmkg_strong")
LISTED = 15  # in each of the lists of BMKG
STRONG = 5.0
HEARD_AFTER = dt.timedelta(minutes=3)  # from the quake to BMKG's first word
WIB = dt.timezone(dt.timedelta(hours=7))
COLUMNS = ("datetime_utc", "lat", "lon", "depth_km", "mag", "region")
BY = "replay"


class Shock(NamedTuple):
    """One earthquake of the table: aware time, degrees, kilometres."""

    at: dt.datetime
    lat: float
    lon: float
    depth_km: float
    magnitude: float
    region: str

    @property
    def heard_at(self) -> dt.datetime:
        return self.at + HEARD_AFTER


class Played(NamedTuple):
    """What came of a replay."""

    shocks: int
    new: int
    happenings: int
    proposals: list[dict[str, Any]]
    entries: int


def read_sequence(words: str) -> list[Shock]:
    """The earthquakes of a table of tab-separated columns, in order; raises BadBulletin."""
    rows = list(csv.DictReader(io.StringIO(words), delimiter="\t"))
    if not rows or any(name not in rows[0] for name in COLUMNS):
        raise BadBulletin(f"Tabel gempa butuh kolom {', '.join(COLUMNS)}.")
    try:
        return sorted(_shock(row) for row in rows)
    except (ValueError, TypeError):
        raise BadBulletin("Tabel gempa berisi angka atau waktu yang tidak terbaca.") from None


def _shock(row: Mapping[str, str]) -> Shock:
    at = dt.datetime.fromisoformat(row["datetime_utc"]).astimezone(dt.UTC)
    lat, lon, depth_km, magnitude = (float(row[name]) for name in ("lat", "lon", "depth_km", "mag"))
    return Shock(at, lat, lon, depth_km, magnitude, row["region"])


# as BMKG would have told it


class Told:
    """A wire that answers what BMKG would have at `now`; it asks nobody."""

    def __init__(self, shocks: Sequence[Shock]):
        self.shocks, self.now, self._heard = shocks, dt.datetime.min.replace(tzinfo=dt.UTC), 0

    def on(self, now: dt.datetime) -> None:
        """Time goes on."""
        self.now = now
        while self._heard < len(self.shocks) and self.shocks[self._heard].heard_at <= now:
            self._heard += 1

    def open(self, hosts: Collection[str], largest_bytes: int) -> "Told":
        return self

    def ask(self, method: str, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        told = self._lists()[url.rpartition("/")[2]]
        body = orjson.dumps({"Infogempa": {"gempa": told}})
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if told and (headers or {}).get("If-None-Match") == tag:
            return Answer(304, {"etag": tag}, b"")
        return Answer(200 if told else 404, {"etag": tag}, body)

    def _lists(self) -> dict[str, Any]:
        heard = self.shocks[max(0, self._heard - 400) : self._heard][::-1]
        strong = [one for one in heard if one.magnitude >= STRONG]
        return {
            "autogempa.json": as_bmkg(heard[0]) if heard else None,
            "gempadirasakan.json": [as_bmkg(one) for one in heard[:LISTED]],
            "gempaterkini.json": [as_bmkg(one) for one in strong[:LISTED]] or [as_bmkg(one) for one in heard[:1]],
        }

    def close(self) -> None:
        return None


def as_bmkg(shock: Shock) -> dict[str, str]:
    """A shock as BMKG writes one: every value is text, the hour is WIB."""
    here = shock.at.astimezone(WIB)
    return {
        "Tanggal": f"{here:%d %b %Y}",
        "Jam": f"{here:%H:%M:%S} WIB",
        "DateTime": shock.at.isoformat(timespec="seconds"),
        "Coordinates": f"{shock.lat},{shock.lon}",
        "Magnitude": f"{shock.magnitude}",
        "Kedalaman": f"{shock.depth_km:g} km",
        "Wilayah": shock.region,
        "Potensi": "Tidak berpotensi tsunami",
    }


# the room it is played in


def prepare(post: Post, villages_from: Database, area_code: str) -> None:
    """Give a fresh room the villages of this post and switch the feeds on; once done it stays."""
    with post.database.read() as conn:
        if queries.find_feed(conn, FEEDS[0]) is not None:
            return
    rows = _villages(villages_from, area_code)
    if rows:
        post.database.write(lambda conn: conn.execute(insert(Area), rows))
    for name in FEEDS:
        post.do(feed_actions.switch, BY, None, name, True)


def _villages(source: Database, area_code: str) -> list[dict[str, Any]]:
    """The areas of a site with their points; of boundaries where there is no gazetteer."""
    table = Area.__table__
    mine = (table.c.code == area_code) | table.c.code.startswith(f"{area_code}.")
    with source.read() as conn:
        rows = [dict(row) for row in conn.execute(select(table).where(mine)).mappings()]
        return [row for row in rows if row["lon"]] and rows or _of_boundaries(conn, area_code)


def _of_boundaries(conn: Any, area_code: str) -> list[dict[str, Any]]:
    from gis.boundaries import shapes_within

    names = {row.code: row.name for row in conn.execute(select(Boundary.code, Boundary.name))}
    inside = {code: ground.representative_point() for code, ground in shapes_within(conn, area_code, 4).items()}
    nothing = {"postcode": None, "radius_m": None}
    return [
        {"code": code, "level": 4, "name": names[code], "folded": names[code].lower(), "lon": at.x, "lat": at.y}
        | nothing
        for code, at in inside.items()
    ]


# playing


def play(post: Post, shocks: Sequence[Shock], tick: Callable[[Shock], None] = lambda shock: None) -> Played:
    """Play the sequence through the feeds of this room, as fast as it goes; `tick` is told of each shock."""
    wire, clock = Told(shocks), post.clock
    runner = FeedRunner(post, wire.open, random.Random(1))
    before = _counts(post)
    try:
        for now, shock in _moments(shocks):
            post.clock = lambda at=now: at  # type: ignore[misc]
            wire.on(now)
            runner.step(now)
            rounds.step(post)
            tick(shock)
    finally:
        post.clock = clock
    after = _counts(post)
    with post.database.read() as conn:
        proposals = queries.proposals(conn, None, 10_000)
    return Played(len(shocks), after[0] - before[0], after[1], proposals, after[2] - before[2])


def _moments(shocks: Sequence[Shock]) -> Iterator[tuple[dt.datetime, Shock]]:
    """When to look: when each shock is heard of, and once more when all feeds surely were due, unless another came."""
    for shock, after in itertools.zip_longest(shocks, shocks[1:]):
        yield shock.heard_at, shock
        again = shock.heard_at + dt.timedelta(minutes=2, seconds=30)
        if after is None or after.heard_at > again:
            yield again, shock


def _counts(post: Post) -> tuple[int, int, int]:
    """Bulletins, happenings (each quake once), entries of the journal."""
    from incident import journal

    with post.database.read() as conn:
        told = conn.execute(select(Bulletin.id, Bulletin.lead_id)).all()
        return len(told), sum(row.lead_id is None for row in told), journal.head(conn)


def open_room(folder: Path, like: Settings) -> Post:
    """A room of its own in this folder, with the site and the zone of another's settings."""
    from incident.config import load_settings
    from incident.upgrade import upgrade

    folder.mkdir(parents=True, exist_ok=True)
    settings = load_settings(database=f"sqlite:///{folder.absolute()}/replay.db", data=folder, site=like.site)
    database = Database(settings.database)
    upgrade(database)
    return Post(settings, database)


def pace(speed: float, sleep: Callable[[float], None] = time.sleep) -> Callable[[Shock], None]:
    """Wait between shocks as long as they lay apart, divided by the speed; 0 waits for nothing."""
    last: list[dt.datetime] = []

    def tick(shock: Shock) -> None:
        if speed and last:
            sleep(max(0.0, (shock.at - last[-1]).total_seconds() / speed))
        last.append(shock.at)

    return tick


def rule_counts(proposals: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How often each rule proposed, in the order of the table."""
    names = [line.name for line in rules.table().propose]
    return {name: count for name in names if (count := sum(one["rule"] == name for one in proposals))}
