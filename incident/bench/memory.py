"""What each process holds in memory when it has started, and after 10,000 calls with screens watching."""

from pathlib import Path

import click

from incident.bench import load
from incident.bench.crowd import Crowd
from incident.bench.figures import Sheet, json_option, quick_option
from incident.bench.stage import Stage, children, database_option, stage

PROCESSES = ("serve", "relay", "radio")


@click.command(epilog="Example: posko bench memory --calls 10000")
@click.option("--calls", default=10_000, show_default=True, help="Calls taken in between.")
@click.option("--screens", default=50, show_default=True, help="Screens that watch.")
@quick_option
@json_option
@database_option
def memory(calls: int, screens: int, quick: bool, as_json: bool, database: str | None) -> None:
    """Resident memory of each process after 10,000 calls."""
    calls = calls // 10 if quick else calls
    sheet = Sheet("memory")
    with stage(database) as here:
        for name in PROCESSES:
            here.launch(name)
        here.wait_until_ready()
        with Crowd(here.port, here.tokens["leader"], screens):
            load.run(here.port, here.tokens["call_taker"], 4, 50)
            before = {name: held_mb(here, name) for name in PROCESSES}
            load.run(here.port, here.tokens["call_taker"], 8, calls)
            after = {name: held_mb(here, name) for name in PROCESSES}
    sheet.raw = {"before_mb": before, "after_mb": after, "calls": calls}
    for name in PROCESSES:
        sheet.add(f"{name} after {calls} calls", after[name], "MB", before[name], "MB before")
    sheet.add("all processes", sum(after.values()), "MB", 400.0, "MB", "< 1x")
    sheet.show(as_json)


def held_mb(here: Stage, name: str) -> float:
    """Memory that belongs to a command and its workers, megabytes; what they share is counted in parts (PSS)."""
    group = here.running[name].group
    return round(sum(_pss_kb(pid) for pid in (group, *children(group))) / 1024, 1)


def _pss_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0
