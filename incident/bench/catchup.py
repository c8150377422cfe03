"""200 screens come back at once and fetch 200 entries each, against the same bytes from a server without a database."""

import click

from incident.bench import load
from incident.bench.figures import Sheet, json_option, quick_option
from incident.bench.save import timed
from incident.bench.screens import spawn_bare
from incident.bench.stage import Stage, database_option, stage

ENTRIES = 200


@click.command(epilog="Example: posko bench catchup --screens 200")
@click.option("--screens", default=200, show_default=True, help="Screens that come back.")
@quick_option
@json_option
@database_option
def catchup(screens: int, quick: bool, as_json: bool, database: str | None) -> None:
    """200 screens that missed 200 entries each: time until the last has them."""
    screens = screens // 4 if quick else screens
    sheet = Sheet("catchup")
    with stage(database) as here:
        ours, body = _ours(here, screens)
        bare = _bare(here, screens, body)
    sheet.raw = {"ours": ours.facts(), "bare": bare.facts(), "bytes": len(body)}
    name = f"last of {screens} screens has {ENTRIES} entries"
    sheet.add(name, ours.last_ms, "ms", bare.last_ms, "ms the same bytes", "<= 500 ms")
    sheet.add("server's processor", ours.cpu_ms, "ms/screen", bare.cpu_ms, "ms the same bytes")
    sheet.show(as_json)


def _ours(here: Stage, screens: int) -> tuple[load.Load, bytes]:
    """(what the catching up took, the answer each screen got)."""
    here.launch("serve")
    here.wait_until_ready()
    load.run(here.port, here.tokens["call_taker"], 8, ENTRIES // 2 + 10)
    line, token = here.line(), here.tokens["leader"]
    head = line.ask("GET", "/api/v1/board", token)[1]["seq"]
    path = f"/api/v1/journal?after={head - ENTRIES}"
    body = line.exchange("GET", path, token)[1]
    took = timed(here, "serve", token, screens, screens, path)
    line.close()
    here.kill("serve")
    return took, body


def _bare(here: Stage, screens: int, body: bytes) -> load.Load:
    spawn_bare(here)
    line = here.line()
    line.exchange("POST", "/keep", "", body)
    took = timed(here, "bare", "", screens, screens, "/kept")
    line.close()
    here.kill("bare")
    return took
