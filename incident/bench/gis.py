"""How fast the map is: viewports over 10k to 1M incidents, near, repeats, places, the board in Chromium."""

import contextlib
import gzip
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import click
import numpy as np
import orjson
import shapely
from sqlalchemy import text

from gis import gazetteer
from gis.coordinates import Position, box_around
from gis.database import Database
from gis.reverse import Sheet
from incident.bench import fill, page, wire
from incident.bench.figures import Sheet as Figures
from incident.bench.figures import json_option, percentile, quick_option
from incident.bench.stage import Stage, database_option, stage

SCREEN_PX = (1366, 768)
TILE_PX = 256
ZOOMS = range(8, 18)
LIMIT_BYTES = 50_000
READY_S = 60.0
GOAL_SIZE = 10_000  # open incidents for which the board has its goals
UNITS, CALLS, VILLAGES, POINTS = 300, 100_000, 1_176, 100_000
WIDE = ("pringgabaya", "ds labuhan kec pringgabaya", "kel kauman", "cibatu garut")
NARROW = ("labuhan", "ds pringgabaya", "selong", "masbagik")


@click.command(epilog="Example: posko bench gis --sizes 10000,100000 --json")
@click.option("--sizes", default="10000,100000,1000000", show_default=True, help="Incidents under the viewport.")
@click.option("--boards", default="1000,10000,100000", show_default=True, help="Open incidents on the board.")
@quick_option
@json_option
@database_option
def gis(sizes: str, boards: str, quick: bool, as_json: bool, database: str | None) -> None:
    """Viewports, spatial questions and the opening of the board, each beside its limit."""
    sheet = Figures("gis")
    share = 10 if quick else 1
    with stage(database) as here:
        for size in _numbers(sizes):
            _viewports(here, sheet, size // share)
    with stage(database) as here:
        _questions(here, sheet, CALLS // share)
        _places(here, sheet)
    _reverse(sheet, POINTS // share)
    for size in _numbers(boards):
        _board(database, sheet, size // share)
    sheet.show(as_json)


def _numbers(words: str) -> list[int]:
    """`10000,100000` as numbers; raises BadParameter."""
    try:
        return [int(word) for word in words.split(",") if word.strip()]
    except ValueError:
        raise click.BadParameter(f"{words!r} is not numbers with commas between them.") from None


# the viewport


def _viewports(here: Stage, sheet: Figures, size: int) -> None:
    """Fill up to `size` incidents, look at them as one pans and zooms, against the statement on the bare driver."""
    with here.post() as post:
        with post.database.read() as conn:
            there = int(conn.scalar(text("SELECT count(*) FROM incident")) or 0)
        fill.incidents(post.database, there + 1, size - there)
        _settle(post.database)
    looks = _looks(3 if size <= 100_000 else 1)
    seen = _ours(here, looks)
    rows, cells = _bare(here, looks)
    name = f"viewport of {size:,}"
    p95 = percentile(seen.ms, 0.95)
    sheet.add(f"{name}, p50", percentile(seen.ms, 0.5), "ms", percentile(rows.ms, 0.5), "ms bare SQL")
    sheet.add(f"{name}, p95", p95, "ms", percentile(rows.ms, 0.95), "ms bare SQL", "<= 2x")
    sheet.add(f"{name}, p95", p95, "ms", percentile(cells.ms, 0.95), "ms GROUP BY", "<= 2x")
    sheet.add(f"{name}, processor", seen.cpu_ms, "ms each", rows.cpu_ms or None, "ms bare SQL")
    sheet.add(f"{name}, largest", max(seen.sizes) / 1000, "kB", LIMIT_BYTES / 1000, "kB gzipped", "<= 50 kB")
    sheet.add(f"{name}, first look", seen.first_ms, "ms")
    sheet.raw[name] = {"looks": len(looks), "p50_bytes": percentile(seen.sizes, 0.5)}


@dataclass(frozen=True)
class Seen:
    """Milliseconds of each look, processor milliseconds of each on average, bytes of each answer."""

    ms: list[float]
    cpu_ms: float
    sizes: list[int]
    first_ms: float = 0.0


def _settle(database: Database) -> None:
    """What PostgreSQL does by itself after a while, and SQLite never: look at how its tables are filled."""
    if not database.is_spatialite:
        database.write(lambda conn: conn.execute(text("ANALYZE")))


Look = tuple[float, float, float, float, int]


def _looks(rounds: int) -> list[Look]:
    """Boxes a screen shows, west to north, and zooms: over the regency, then closer round its villages."""
    chance = random.Random(5)
    spots = list(fill.places(200, 1))
    return [_look(*(fill.CENTRE if zoom < 10 else chance.choice(spots)), zoom) for _ in range(rounds) for zoom in ZOOMS]


def _look(lon: float, lat: float, zoom: int) -> Look:
    width, height = (pixels / TILE_PX * 360 / 2**zoom / 2 for pixels in SCREEN_PX)
    return lon - width, lat - height, lon + width, lat + height, zoom


def _ours(here: Stage, looks: Sequence[Look]) -> Seen:
    """Over HTTP, from a server that has just started: its first look reads all incidents."""
    asked = [_packed_request(f"/api/v1/view?bbox={w},{s},{e},{n}&zoom={zoom}", here) for w, s, e, n, zoom in looks]
    with _serving(here) as line:
        (first_ms,), _ = _timed(line, asked[:1])
        _timed(line, asked[:5])
        began = here.cpu_s("serve")
        took, sizes = _timed(line, asked)
        cpu_ms = (here.cpu_s("serve") - began) * 1000 / len(asked)
    return Seen(took, cpu_ms, sizes, first_ms)


@contextlib.contextmanager
def _serving(here: Stage) -> Iterator[wire.Line]:
    """A server of this stage, and one connection to it."""
    here.launch("serve")
    here.wait_until_ready(READY_S)
    with contextlib.closing(here.line(120.0)) as line:
        yield line
    here.kill("serve")


def _packed_request(path: str, here: Stage) -> bytes:
    plain = wire.request("GET", path, here.tokens["coordinator"])
    return plain.replace(b"\r\n\r\n", b"\r\nAccept-Encoding: gzip\r\n\r\n", 1)


def _timed(line: wire.Line, asked: Sequence[bytes]) -> tuple[list[float], list[int]]:
    took, sizes = [], []
    for one in asked:
        began = time.perf_counter()
        status, content = line.send(one)
        took.append((time.perf_counter() - began) * 1000)
        if status != 200:
            raise click.ClickException(f"The server answered {status}.")
        sizes.append(len(content) if isinstance(content, bytes) else len(gzip.compress(orjson.dumps(content))))
    return took, sizes


_ROWS = "SELECT id, lon, lat, priority, state, type FROM incident WHERE {near}"
_GATHERED = (
    "SELECT CAST(lon * {cells} AS INTEGER), CAST(lat * {cells} AS INTEGER), count(*), min(priority), avg(lon), avg(lat)"
    " FROM incident WHERE {near} GROUP BY 1, 2"
)


def _bare(here: Stage, looks: Sequence[Look]) -> tuple[Seen, Seen]:
    """The rows of each look, and its cells, by SQL and the spatial index alone."""
    with here.post() as post:
        near = post.database.near("incident", "point").text
        rows = _asked_all(post.database, [_ROWS.format(near=near)] * len(looks), looks)
        cells = [_GATHERED.format(near=near, cells=2 ** (look[4] + 2) / 360) for look in looks]
        return rows, _asked_all(post.database, cells, looks)


def _asked_all(database: Database, words: Sequence[str], looks: Sequence[Look]) -> Seen:
    """The processor is only ours to count where the database is in our process."""
    began = time.process_time()
    took = [_asked(database, one, look) for one, look in zip(words, looks, strict=True)]
    spent_ms = (time.process_time() - began) * 1000 / len(looks)
    return Seen(took, spent_ms if database.is_spatialite else 0.0, [])


def _asked(database: Database, words: str, look: Look) -> float:
    box = dict(zip(("west", "south", "east", "north"), look, strict=False))
    with database.read() as conn:
        statement = text(words)
        began = time.perf_counter()
        conn.execute(statement, box).all()
        return (time.perf_counter() - began) * 1000


# near, repeats, places


def _questions(here: Stage, sheet: Figures, calls: int) -> None:
    """The nearest units, and the repeats of a call among a month's."""
    with here.post() as post:
        fill.units(post.database, UNITS)
        fill.incidents(post.database, 1, calls, with_calls=True)
        _settle(post.database)
        nearest_ms, repeats_ms = _bare_nearest(post.database), _bare_repeats(post.database)
    spots = list(fill.places(200, 3))
    near = [_get(here, f"/api/v1/nearest?lon={lon}&lat={lat}&k=5&capability=rescue") for lon, lat in spots]
    told = [_repeat(here, lon, lat, number) for number, (lon, lat) in enumerate(spots)]
    with _serving(here) as line:
        for name, asked, bare, goal in (
            (f"nearest 5 of {UNITS} units", near, nearest_ms, "<= 10 ms"),
            (f"repeats among {calls:,} calls", told, repeats_ms, "<= 20 ms"),
        ):
            _timed(line, asked[:10])
            took, _ = _timed(line, asked)
            sheet.add(f"{name}, p50", percentile(took, 0.5), "ms", percentile(bare, 0.5), "ms bare SQL")
            sheet.add(f"{name}, p95", percentile(took, 0.95), "ms", percentile(bare, 0.95), "ms bare SQL", goal)


def _get(here: Stage, path: str) -> bytes:
    return wire.request("GET", path, here.tokens["call_taker"])


def _repeat(here: Stage, lon: float, lat: float, number: int) -> bytes:
    told = {"lon": lon, "lat": lat, "type": "flood", "phone": f"0813{number:08d}", "narrative": fill.WORDS[number % 4]}
    return wire.request("POST", "/api/v1/repeats", here.tokens["call_taker"], told)


def _bare_nearest(database: Database) -> list[float]:
    """All units in a box of 20 km, by the index."""
    words = f"SELECT id, lon, lat FROM unit WHERE {database.near('unit', 'point').text}"
    return _bare_round(database, words, 20_000.0)


def _bare_repeats(database: Database) -> list[float]:
    """All open incidents in a village's box, by the index."""
    near = database.near("incident", "point").text
    return _bare_round(
        database, f"SELECT id, type, opened_at FROM incident WHERE {near} AND state != 'closed'", 1_500.0
    )


def _bare_round(database: Database, words: str, reach_m: float) -> list[float]:
    boxes = [box_around(Position(lon, lat), reach_m) for lon, lat in fill.places(200, 3)]
    return [_asked(database, words, (*box, 0)) for box in boxes]


def _places(here: Stage, sheet: Figures) -> None:
    """Places by their words, where this installation has its gazetteer."""
    with here.post() as post:
        if not gazetteer.bring(post.database):
            sheet.raw["places"] = "The gazetteer is not on this machine (script/setup brings it): places were left out."
            return
    with _serving(here) as line:
        for name, words, goal in (("all Indonesia", WIDE, "<= 50 ms"), ("the site", NARROW, "<= 10 ms")):
            asked = [_get(here, f"/api/v1/places?q={quote(one)}") for one in words]
            _timed(line, asked)
            took, _ = _timed(line, asked * 25)
            sheet.add(f"place search, {name}, p95", percentile(took, 0.95), "ms", goal=goal)


def _reverse(sheet: Figures, points: int) -> None:
    """Which village each of many points lies in; against looking at the boxes of the villages alone."""
    outlines = _villages(VILLAGES)
    ground = Sheet((f"52.03.01.{2001 + n}", f"Desa {n}", one.area, one.wkb) for n, one in enumerate(outlines))
    lon, lat = np.array(list(fill.places(points, 4))).T
    tree, spots = shapely.STRtree(outlines), shapely.points(lon, lat)
    bare_ms = _once(lambda: tree.query(spots))
    ours_ms = _once(lambda: ground.inside_many(lon, lat))
    sheet.add(
        f"reverse of {points:,} points, {VILLAGES:,} villages", ours_ms, "ms", bare_ms, "ms boxes alone", "<= 1,000 ms"
    )


def _once(work: Callable[[], Any]) -> float:
    work()
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _villages(count: int) -> list[Any]:
    """Villages over the regency with borders of some 60 corners, drawn round points."""
    chance = np.random.default_rng(2)
    seeds = shapely.multipoints(chance.uniform((116.2, -9.0), (116.9, -8.2), (count, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=shapely.box(116.1, -9.1, 117.0, -8.1)))
    return [shapely.segmentize(cell, 0.002) for cell in cells]


# the board


def _board(database: str | None, sheet: Figures, size: int) -> None:
    """Open the board over so many open incidents, and pan its map."""
    if missing := page.why_not():
        sheet.raw["board"] = missing
        return
    with stage(database) as here:
        with here.post() as post:
            fill.incidents(post.database, 1, size, is_open=True)
            fill.units(post.database, UNITS // 5)
        here.launch("serve")
        here.wait_until_ready(READY_S)
        seen = page.open_board(here)
    name = f"board of {size:,}"
    goal = "<= {}" if size == GOAL_SIZE else ""
    sheet.add(f"{name}, first rows", seen.rows_ms, "ms", goal=goal.format("500 ms"))
    sheet.add(f"{name}, map", seen.map_ms, "ms", goal=goal.format("1 s"))
    sheet.add(f"{name}, interactive", seen.interactive_ms, "ms", goal=goal.format("1.5 s"))
    sheet.add(f"{name}, panning", seen.frames_s, "frames/s", goal=">= 30")
    sheet.raw[name] = vars(seen)
