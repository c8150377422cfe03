"""`posko gis reverse`: which village a point lies in, and how fast that is found for many points."""

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np
import orjson

from gis.database import Database
from gis.reverse import Ground, Here

HOW = {
    "boundary": "di dalam batasnya",
    "near": "batas terdekat, kira-kira",
    "point": "titik desa terdekat, kira-kira",
}


@click.command("reverse", context_settings={"ignore_unknown_options": True})
@click.argument("lon", type=float, required=False)
@click.argument("lat", type=float, required=False)
@click.option("--points", type=click.IntRange(1, 5_000_000), help="Look up so many random points and print how fast.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_obj
def reverse_command(
    settings: Callable[[], Any], lon: float | None, lat: float | None, points: int | None, as_json: bool
) -> None:
    """Say which village the point LON LAT lies in; or measure how fast that is said of many.

    \b
    Example: posko gis reverse 116.53 -8.77
             posko gis reverse --points 100000
    """
    if (lat is None) == (points is None):
        raise click.UsageError("Sebut LON LAT, atau --points N.")
    database = Database(settings().database)
    try:
        told = measured(Ground(database), points) if points else _at(Ground(database), lon or 0.0, lat or 0.0)
    finally:
        database.close()
    click.echo(orjson.dumps(told).decode() if as_json else _sentence(told))


def _at(ground: Ground, lon: float, lat: float) -> dict[str, Any]:
    here = ground.at(lon, lat)
    return {"place": dataclasses.asdict(here) if here else None}


def measured(ground: Ground, count: int, seed: int = 5112) -> dict[str, Any]:
    """How long the boundaries take to read, `count` points to look up, and what that takes of memory.

    The points lie evenly in the boxes of the villages, so that many are near a border and some in none.
    """
    ground.changed()  # opens the database: its own memory is not the boundaries'
    before_kb, began_s = _resident_kb(), time.perf_counter()
    ground.look()
    loaded_s, boxes = time.perf_counter() - began_s, ground.boxes()
    if not len(boxes):
        raise click.ClickException("Belum ada batas desa; masukkan dengan `posko gis import FILE`.")
    lons, lats = _spread(boxes, count, seed)
    one_us = _one_by_one_us(ground, lons[:20_000], lats[:20_000])
    kept_kb, began_s, began_cpu_s = _resident_kb() - before_kb, time.perf_counter(), time.process_time()
    found = ground.at_many(lons, lats)
    took_s, cpu_s = time.perf_counter() - began_s, time.process_time() - began_cpu_s
    return {
        "villages": len(boxes),
        "vertices": ground.vertices(),
        "points": count,
        "load_s": round(loaded_s, 3),
        "lookup_s": round(took_s, 3),
        "lookup_cpu_s": round(cpu_s, 3),
        "inside": sum(code is not None for code in found.codes) - int(found.approximate.sum()),
        "approximate": int(found.approximate.sum()),
        "nowhere": found.codes.count(None),
        "one_us": round(one_us, 1),
        "memory_mb": round(kept_kb / 1000, 1),
    }


def _spread(boxes: Any, count: int, seed: int) -> tuple[Any, Any]:
    chance = np.random.default_rng(seed)
    west, south, east, north = boxes[chance.integers(0, len(boxes), count)].T
    return west + (east - west) * chance.random(count), south + (north - south) * chance.random(count)


def _one_by_one_us(ground: Ground, lons: Any, lats: Any) -> float:
    began_s = time.perf_counter()
    for lon, lat in zip(lons.tolist(), lats.tolist(), strict=True):
        ground.code_at(lon, lat)
    return (time.perf_counter() - began_s) / len(lons) * 1e6


def _resident_kb() -> int:
    """Memory this process holds now (proc_pid_status(5), VmRSS)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def _sentence(told: dict[str, Any]) -> str:
    if "place" in told:
        return _place_words(Here(**told["place"]) if told["place"] else None)
    return (
        f"{told['points']} titik di {told['villages']} desa ({told['vertices']} titik sudut): {told['lookup_s']:.3f} s"
        f" ({told['lookup_cpu_s']:.3f} s prosesor); satu per satu {told['one_us']} µs.\n"
        f"Di dalam {told['inside']}, kira-kira {told['approximate']}, tidak di mana pun {told['nowhere']}.\n"
        f"Memuat {told['load_s']:.3f} s, ingatan {told['memory_mb']} MB."
    )


def _place_words(here: Here | None) -> str:
    if here is None:
        return "Tidak ada desa yang diketahui di dekat titik itu."
    away = f", {here.distance_m:.0f} m" if here.approximate else ""
    return f"{here.full} ({here.code}), {HOW[here.how]}{away}."
