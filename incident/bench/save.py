"""How fast a call is saved over HTTP: the whole verb, against the bare commit of its rows and the tutorials' way."""

import sys
import time
from dataclasses import replace
from uuid import uuid4

import click

from incident import intake
from incident.bench import load
from incident.bench.crowd import Crowd
from incident.bench.figures import Sheet, json_option, percentile, quick_option
from incident.bench.rows import Statement, commit_cpu_ms, commit_ms, writes_of_a_call
from incident.bench.slowdisk import slow_down
from incident.bench.stage import Stage, database_option, stage
from incident.post import Post

MANY = 32


@click.command(epilog="Example: posko bench save --json")
@click.option("--calls", default=2000, show_default=True, help="Calls with 32 clients; a quarter of them with one.")
@click.option("--screens", default=50, show_default=True, help="Screens that watch meanwhile.")
@click.option("--disk-ms", default=0.0, help="Let every commit on SQLite take this much longer, as an old disk does.")
@quick_option
@json_option
@database_option
def save(calls: int, screens: int, disk_ms: float, quick: bool, as_json: bool, database: str | None) -> None:
    """Calls saved over HTTP with 1 and 32 clients, 50 screens watching."""
    calls = calls // 10 if quick else calls
    sheet = Sheet(f"save, a disk {disk_ms:g} ms slower" if disk_ms else "save")
    with stage(database) as here:
        if disk_ms:
            slow_down(disk_ms, time.sleep)
        _measure(here, sheet, calls, screens, disk_ms)
    sheet.show(as_json)


def _measure(here: Stage, sheet: Sheet, calls: int, screens: int, disk_ms: float) -> None:
    one, many = _ours(here, calls, screens, disk_ms)
    bare, shared, bare_cpu_ms = _bare(here, calls)
    theirs = None if disk_ms else _tutorial(here, max(40, calls // 8), screens)
    sheet.raw = {"one": one.facts(), "many": many.facts()} | ({"tutorial": theirs.facts()} if theirs else {})
    p50, p95 = percentile(bare, 0.5), percentile(bare, 0.95)
    alone_per_s = 1000 * len(bare) / sum(bare)
    figures = {"p50_ms": p50, "p95_ms": p95, "per_s": alone_per_s, "shared_per_s": shared, "cpu_ms": bare_cpu_ms}
    sheet.raw["bare"] = figures
    sheet.add("1 client, p50", one.p50, "ms", p50, "ms bare commit", "<= 3x")
    sheet.add("1 client, p95", one.p95, "ms", p95, "ms bare commit", "<= 10 ms")
    sheet.add("1 client", one.per_s, "calls/s", alone_per_s, "bare commits/s")
    sheet.add("32 clients, p50", many.p50, "ms")
    sheet.add("32 clients, p95", many.p95, "ms")
    if theirs:
        sheet.add("32 clients", many.per_s, "calls/s", theirs.per_s, "tutorial calls/s", ">= 10x")
    sheet.add("32 clients", many.per_s, "calls/s", alone_per_s, "one commit each/s", ">= 10x" if disk_ms else "")
    sheet.add("32 clients", many.per_s, "calls/s", shared, "bare, 32 to a commit/s")
    sheet.add("1 client, server's processor", one.cpu_ms, "ms/call", bare_cpu_ms, "ms bare commit")
    if theirs:
        sheet.add("32 clients, server's processor", many.cpu_ms, "ms/call", theirs.cpu_ms, "ms tutorial")


def _ours(here: Stage, calls: int, screens: int, disk_ms: float) -> tuple[load.Load, load.Load]:
    if disk_ms:
        here.spawn("serve", [sys.executable, "-m", "incident.bench.slowdisk", str(disk_ms), "serve"])
    else:
        here.launch("serve")
    here.wait_until_ready()
    token = here.tokens["call_taker"]
    with Crowd(here.port, here.tokens["leader"], screens):
        load.run(here.port, token, 4, 100)  # a server that has just started is not what a shift works with
        one = timed(here, "serve", token, 1, max(50, calls // 4))
        many = timed(here, "serve", token, MANY, calls)
    here.kill("serve")
    return one, many


def timed(here: Stage, name: str, token: str, clients: int, calls: int, path: str = "/api/v1/calls") -> load.Load:
    """The load on a running command, and what it cost the processor, milliseconds for each request."""
    began = here.cpu_s(name)
    found = load.run(here.port, token, clients, calls, path)
    return replace(found, cpu_ms=(here.cpu_s(name) - began) * 1000 / calls)


def _bare(here: Stage, calls: int) -> tuple[list[float], float, float]:
    """(milliseconds of each bare commit, calls a second when 32 share one, processor milliseconds of one)."""
    with here.post() as post:
        statements = _writes(post)
        alone = commit_ms(post.database, statements, max(50, calls // 4))
        shared = commit_ms(post.database, statements, max(4, calls // MANY), MANY)
        cpu_ms = commit_cpu_ms(post.database, statements, max(50, calls // 4))
    return alone, 1000 * MANY * len(shared) / sum(shared), cpu_ms


def _writes(post: Post) -> list[Statement]:
    place = intake.Place(method="map", lon=116.6, lat=-8.5, radius_m=50.0, text="Pringgabaya")
    report = intake.Report(
        str(uuid4()),
        "normal",
        "112",
        place,
        post.clock(),
        type="flood",
        narrative=load.NARRATIVE,
        caller_name="Bu Sri",
        caller_phone="081234567321",
    )
    return writes_of_a_call(post, report)


def _tutorial(here: Stage, calls: int, screens: int) -> load.Load:
    here.spawn("tutorial", [sys.executable, "-m", "incident.bench.tutorial", str(here.port), here.url])
    here.wait_until_ready()
    with Crowd(here.port, "", screens):
        load.run(here.port, "", 4, 20, "/calls")
        found = timed(here, "tutorial", "", MANY, calls, "/calls")
    here.kill("tutorial")
    return found
