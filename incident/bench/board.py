"""A board that stands all day: frames a second and memory in a real Chromium while units move and calls come and go."""

import contextlib
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import click

from incident.bench import fill, load, page
from incident.bench.figures import Sheet, json_option, percentile, quick_option
from incident.bench.stage import Stage, database_option, stage

MOVES_S = 20.0  # 300 units that say where they are every 15 s
CALLS_S = 1.0  # each closes one that was opened before: the queue keeps its length
LOOK_EVERY_S = 10.0
READY_S = 60.0
FRAMES_SINCE = "() => [...framesAt.splice(0, framesAt.length - 1), framesAt[0]]"


@click.command(epilog="Example: posko bench board --minutes 60")
@click.option("--incidents", default=2000, show_default=True, help="Open incidents.")
@click.option("--units", default=300, show_default=True, help="Units that move.")
@click.option("--minutes", default=5.0, show_default=True, help="How long the board is watched.")
@quick_option
@json_option
@database_option
def board(incidents: int, units: int, minutes: float, quick: bool, as_json: bool, database: str | None) -> None:
    """Frames and memory of an open board under 20 positions and one call a second."""
    sheet = Sheet("board")
    if missing := page.why_not():
        sheet.raw["board"] = missing
        return sheet.show(as_json)
    with stage(database) as here:
        _furnish(here, incidents, units)
        seen = _watch(here, units, minutes * 60 / (10 if quick else 1))
    _tell(sheet, seen)
    sheet.show(as_json)


def _furnish(here: Stage, incidents: int, units: int) -> None:
    with here.post() as post:
        fill.units(post.database, units)
        fill.incidents(post.database, 1, incidents, is_open=True)
    here.launch("serve")
    here.wait_until_ready(READY_S)


# what comes in meanwhile


@dataclass
class Traffic:
    """Positions and calls at their pace, in a thread of their own; `sent` counts what the server took."""

    here: Stage
    units: int
    sent: int = 0
    refused: int = 0
    _ends: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Until it is told to end; what is late is made up for."""
        begun, number = time.monotonic(), 0
        opened: list[int] = []
        with contextlib.closing(self.here.line(30.0)) as line:
            while not self._ends.wait(max(0.0, begun + number / MOVES_S - time.monotonic())):
                self._move(line, number)
                if number % int(MOVES_S / CALLS_S) == 0:
                    self._call(line, opened)
                number += 1

    def _move(self, line: Any, number: int) -> None:
        unit, turn = 2 + number % self.units, number // self.units
        place = {"lon": 116.3 + unit % 60 / 100 + turn % 9 / 500, "lat": -8.8 + unit % 45 / 100}
        self._ask(line, f"/api/v1/units/{unit}/position", "dispatcher", place)

    def _call(self, line: Any, opened: list[int]) -> None:
        body = {**load.bodies(1)[0], "uid": str(uuid4())}
        told = self._ask(line, "/api/v1/calls", "call_taker", body)
        if told and told.get("incident"):
            opened.append(told["incident"])
        if len(opened) > 5:
            self._ask(line, f"/api/v1/incidents/{opened.pop(0)}/close", "dispatcher", {"disposition": "handled"})

    def _ask(self, line: Any, path: str, role: str, body: dict[str, Any]) -> Any:
        status, told = line.ask("POST", path, self.here.tokens[role], {"uid": str(uuid4()), **body})
        self.sent, self.refused = self.sent + (status < 300), self.refused + (status >= 300)
        return told if status < 300 else None

    def end(self) -> None:
        self._ends.set()


# what the page does


@dataclass
class Seen:
    """Frames drawn (ms), and the heap after a collection (seconds since the beginning, MB)."""

    frames: list[float] = field(default_factory=list)
    heap: list[tuple[float, float]] = field(default_factory=list)
    sent: int = 0
    refused: int = 0

    @property
    def per_second(self) -> list[int]:
        """How many frames each whole second had."""
        if len(self.frames) < 2:
            return []
        first, seconds = self.frames[0], int((self.frames[-1] - self.frames[0]) // 1000)
        counts = [0] * seconds
        for at in self.frames:
            if (place := int((at - first) // 1000)) < seconds:
                counts[place] += 1
        return counts

    @property
    def gaps(self) -> list[float]:
        return [later - earlier for earlier, later in zip(self.frames, self.frames[1:], strict=False)]


def _watch(here: Stage, units: int, seconds: float) -> Seen:
    traffic = Traffic(here, units)
    thread = threading.Thread(target=traffic.run, daemon=True)
    with page.a_page(here) as shown:
        shown.goto("/", timeout=page.PATIENCE_MS)
        page.when_quiet(shown)
        thread.start()
        try:
            seen = _look(shown, seconds)
        finally:
            traffic.end()
            thread.join(30.0)
    seen.sent, seen.refused = traffic.sent, traffic.refused
    return seen


def _look(shown: Any, seconds: float) -> Seen:
    """Frames all the time; the heap every few seconds, in a moment that does not count as a frame lost."""
    seen, talk = Seen(), shown.context.new_cdp_session(shown)
    shown.evaluate(page.NOTE_FRAMES)
    begun, skipped = time.monotonic(), 0.0
    while time.monotonic() - begun < seconds:
        shown.wait_for_timeout(min(LOOK_EVERY_S, seconds) * 1000)
        seen.frames += [at - skipped for at in shown.evaluate(FRAMES_SINCE)][1 if seen.frames else 0 :]
        at = time.monotonic()
        talk.send("HeapProfiler.collectGarbage")
        used = talk.send("Runtime.getHeapUsage")["usedSize"]
        shown.evaluate("() => new Promise((done) => requestAnimationFrame(() => { framesAt.length = 0; done(); }))")
        shown.wait_for_function("() => framesAt.length > 0")
        last = float(shown.evaluate("() => framesAt[0]"))
        skipped = last - seen.frames[-1]
        seen.heap.append((at - begun, used / 1e6))
    return seen


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Least squares: how much the second grows for each unit of the first; 0 where nothing can be said."""
    if len(points) < 2:
        return 0.0
    mean_x, mean_y = (sum(values) / len(points) for values in zip(*points, strict=True))
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


def _tell(sheet: Sheet, seen: Seen) -> None:
    counts = seen.per_second
    settled = seen.heap[len(seen.heap) // 5 :]  # what the first minute loads is not growth
    sheet.add("frames a second, p50", percentile(counts, 0.5), "frames/s", goal=">= 30")
    sheet.add("frames a second, p5", percentile(counts, 0.05), "frames/s", goal=">= 30")
    sheet.add("longest time without a frame", max(seen.gaps, default=0.0), "ms")
    sheet.add("heap at the end", seen.heap[-1][1] if seen.heap else 0.0, "MB")
    sheet.add("heap grows", slope(settled) * 3600, "MB/h")
    sheet.add("entries taken", seen.sent, "")
    sheet.raw = {"per_second": counts, "heap": seen.heap, "sent": seen.sent, "refused": seen.refused}
