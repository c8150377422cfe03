"""From the commit to the last screen, against a bare Flask-SocketIO broadcast of the same bytes on the same stack."""

import sys
import time
from dataclasses import dataclass
from typing import Any

import click

from incident.bench import load, wire
from incident.bench.crowd import Crowd, Heard
from incident.bench.figures import Sheet, json_option, percentile, quick_option
from incident.bench.stage import Stage, database_option, stage


@click.command(epilog="Example: posko bench screens --counts 50,200")
@click.option("--counts", default="50,200,1000", show_default=True, help="How many screens, separated by commas.")
@click.option("--events", default=60, show_default=True, help="Calls taken, one after the other.")
@quick_option
@json_option
@database_option
def screens(counts: str, events: int, quick: bool, as_json: bool, database: str | None) -> None:
    """Milliseconds from the commit of a call to the last of 50, 200 and 1,000 screens."""
    numbers = [int(word) for word in counts.split(",")]
    sheet = Sheet("screens")
    with stage(database) as here:
        for number in numbers[:2] if quick else numbers:
            _measure(here, sheet, number, events // 4 if quick else events)
    sheet.show(as_json)


@dataclass(frozen=True)
class Told:
    """One event: milliseconds to the last screen, from its commit and from the beginning of its verb."""

    after_commit_ms: float
    after_begin_ms: float


def _told(heard: Heard, answered: float) -> Told:
    """The commit is over when the sender has its answer or the first screen has the entry, whichever comes first."""
    committed = min(answered, heard.first)
    return Told((heard.last - committed) * 1000, (heard.last - heard.begun) * 1000)


def _measure(here: Stage, sheet: Sheet, screens: int, events: int) -> None:
    ours, entries = _ours(here, screens, events)
    bare = _bare(here, screens, events, entries)
    sheet.raw[str(screens)] = {"ours": [vars(one) for one in ours], "bare": [vars(one) for one in bare]}
    commit = [[one.after_commit_ms for one in each] for each in (ours, bare)]
    begin = [[one.after_begin_ms for one in each] for each in (ours, bare)]
    _add(sheet, f"commit to last of {screens}, p50", commit, 0.5, "<= 1.5x")
    _add(sheet, f"commit to last of {screens}, p99", commit, 0.99, "")
    _add(sheet, f"begun to last of {screens}, p50", begin, 0.5, "")


def _add(sheet: Sheet, name: str, samples: list[list[float]], share: float, goal: str) -> None:
    ours, bare = (percentile(one, share) for one in samples)
    sheet.add(name, ours, "ms", bare, "ms bare broadcast", goal)


def _ours(here: Stage, screens: int, events: int) -> tuple[list[Told], dict[str, Any]]:
    """(each call, the last batch as the screens got it)."""
    here.launch("serve")
    here.wait_until_ready()
    token, line = here.tokens["call_taker"], here.line()
    with Crowd(here.port, here.tokens["leader"], screens) as crowd:
        took = [_take(crowd, line, token, body) for body in load.bodies(events + 5)][5:]
    head = line.ask("GET", "/api/v1/board", here.tokens["leader"])[1]["seq"]
    answer = line.ask("GET", f"/api/v1/journal?after={head - 2}", here.tokens["leader"])[1]
    line.close()
    here.kill("serve")
    return took, answer


def _take(crowd: Crowd, line: wire.Line, token: str, body: dict[str, Any]) -> Told:
    status, _ = line.ask("POST", "/api/v1/calls", token, body)
    if status != 201:
        raise click.ClickException(f"The server answered {status} to a call.")
    answered = time.time()
    return _told(crowd.hear(), answered)


def _bare(here: Stage, screens: int, events: int, entries: dict[str, Any]) -> list[Told]:
    spawn_bare(here)
    line = here.line()
    with Crowd(here.port, "", screens) as crowd:
        took = [_emit(crowd, line, entries, number) for number in range(events + 5)][5:]
    line.close()
    here.kill("bare")
    return took


def _emit(crowd: Crowd, line: wire.Line, entries: dict[str, Any], number: int) -> Told:
    line.ask("POST", "/emit", "", {**entries, "head": 10_000 + number})
    answered = time.time()
    return _told(crowd.hear(), answered)


def spawn_bare(here: Stage) -> None:
    """Start the bare server on the stage's port and wait for it."""
    here.spawn("bare", [sys.executable, "-m", "incident.bench.bare", str(here.port)])
    here.wait_until_ready()
