"""`posko situation`: the situation map into a file, from the command line; and how large and how fast it is."""

import datetime as dt
import json
import re
import time
from pathlib import Path
from typing import Any

import click

from incident.config import load_settings

VIEWER = "leader"
STILL = "is-still is-compact"  # a picture: nothing to press, nothing to scroll
SIZES = {"wall": (1280, 720, 1.5), "a4": (1123, 794, 2.0)}
LANGUAGES = ("id", "en")
THEMES = ("light", "dark")


@click.command(epilog="Example: posko situation /media/usb/peta-situasi.html")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--lang", type=click.Choice(LANGUAGES), help="The language it opens in; the file holds both.")
@click.option("--size", type=click.Choice(list(SIZES)), default="wall", help="Of a .png: 1920x1080, or A4 landscape.")
@click.option("--theme", type=click.Choice(THEMES), default="light", help="The colours of a .png.")
@click.option("--incidents", type=click.IntRange(1, 1_000_000), help="Draw this many made-up ones instead.")
@click.option("--measure", is_flag=True, help="Open it in Chromium and say how long that took.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def situation(
    file: Path, lang: str | None, size: str, theme: str, incidents: int | None, measure: bool, as_json: bool
) -> None:
    """Write the situation map into FILE: .html for anyone's browser, without a network; or .png."""
    started = time.perf_counter()
    picture = _invented(incidents, lang) if incidents else _gathered(lang)
    drawn = _drawn(picture, file.suffix.lower(), size, theme)
    file.write_bytes(drawn)
    told = {"file": str(file), "bytes": len(drawn), "incidents": len(picture["incidents"])}
    told["made_ms"] = round((time.perf_counter() - started) * 1000)
    if measure:
        told["open_ms"] = _opened(picture)
    click.echo(json.dumps(told) if as_json else _sentence(told))


def _gathered(lang: str | None) -> dict[str, Any]:
    """What the whole room sees, as of now."""
    from incident.commands import _post
    from incident.lens import Viewer
    from incident.situation import gather

    post = _post()
    with post.database.read() as conn:
        return gather(conn, post, Viewer(VIEWER), lang or load_settings().language)


def _invented(incidents: int, lang: str | None) -> dict[str, Any]:
    from incident.situation_sample import invent

    return invent(incidents, dt.datetime.now(dt.UTC), lang or "id")


def _drawn(picture: dict[str, Any], suffix: str, size: str, theme: str) -> bytes:
    from gis.chromium import NoBrowser
    from gis.snapshot import draw

    if suffix != ".png":
        return draw(picture)
    try:
        return photograph(picture, size, theme)
    except NoBrowser as fault:
        raise click.ClickException(str(fault)) from None


def photograph(picture: dict[str, Any], size: str, theme: str) -> bytes:
    """The picture as a PNG of one of SIZES; raises gis.chromium.NoBrowser."""
    from gis import chromium, snapshot

    return chromium.photograph(snapshot.draw(picture, theme, STILL), *SIZES[size])


def _opened(picture: dict[str, Any]) -> int:
    """Milliseconds from the opening of the file to everything drawn, as the page itself saw it."""
    from gis.chromium import NoBrowser, dump
    from gis.snapshot import draw

    try:
        seen = re.search(r'data-ready-ms="(\d+)"', dump(draw(picture)))
    except NoBrowser as fault:
        raise click.ClickException(str(fault)) from None
    if seen is None:
        raise click.ClickException("Chromium membuka berkas itu, tetapi petanya tidak selesai digambar.")
    return int(seen[1])


def _sentence(told: dict[str, Any]) -> str:
    words = f"{told['file']}: {told['incidents']} kejadian, {told['bytes']} bita, dibuat dalam {told['made_ms']} ms"
    return f"{words}, dibuka dalam {told['open_ms']} ms." if "open_ms" in told else f"{words}."
