"""From kill -9 to the first accepted call, and until 200 screens are live again; a bare server beside it."""

import contextlib
import time
from typing import Any

import click

from incident.bench import load, wire
from incident.bench.crowd import Crowd
from incident.bench.figures import Sheet, json_option, percentile, quick_option
from incident.bench.screens import spawn_bare
from incident.bench.stage import Stage, database_option, stage


@click.command(epilog="Example: posko bench restart --times 5")
@click.option("--times", default=5, show_default=True, help="How often the server is killed.")
@click.option("--screens", default=200, show_default=True, help="Screens that come back.")
@quick_option
@json_option
@database_option
def restart(times: int, screens: int, quick: bool, as_json: bool, database: str | None) -> None:
    """kill -9, a cold start, the first accepted call; then all screens live."""
    sheet = Sheet("restart")
    with stage(database) as here:
        _begin(here)
        found = [_once(here, screens) for _ in range(2 if quick else times)]
        here.kill("serve")
        bare = [_bare_once(here) for _ in range(2 if quick else times)]
    first, live = [one[0] for one in found], [one[1] for one in found]
    sheet.raw = {"first_call_s": first, "screens_live_s": live, "bare_s": bare}
    sheet.add("first accepted call", percentile(first, 0.5), "s", percentile(bare, 0.5), "s bare server", "<= 3 s")
    sheet.add(f"{screens} screens live", percentile(live, 0.5), "s", goal="<= 10 s")
    sheet.show(as_json)


def _begin(here: Stage) -> None:
    """A database as after a day: some thousand entries."""
    here.launch("serve")
    here.wait_until_ready()
    load.run(here.port, here.tokens["call_taker"], 16, 1000)


def _once(here: Stage, screens: int) -> tuple[float, float]:
    """Seconds from the kill to the first accepted call, and to the last screen."""
    began = time.monotonic()
    here.kill("serve")
    here.launch("serve")
    body, line = load.bodies(1)[0], here.line()
    while not _is_accepted(line, here.tokens["call_taker"], body):
        time.sleep(0.01)
    first_s = time.monotonic() - began
    with Crowd(here.port, here.tokens["leader"], screens):
        return first_s, time.monotonic() - began


def _is_accepted(line: wire.Line, token: str, body: dict[str, Any]) -> bool:
    with contextlib.suppress(OSError):
        return line.ask("POST", "/api/v1/calls", token, body)[0] in (200, 201)
    return False


def _bare_once(here: Stage) -> float:
    began = time.monotonic()
    spawn_bare(here)
    took = time.monotonic() - began
    here.kill("bare")
    return took
