"""The board in a real Chromium: when its first rows stand, when the map is drawn, when it answers, how it pans."""

import contextlib
import importlib
import importlib.util
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click

from gis.chromium import find_chromium
from incident import people
from incident.bench.stage import Stage

QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync")
SCREEN = {"width": 1366, "height": 768}
PATIENCE_MS = 120_000
PAN_S = 3.0
# told by the page itself, milliseconds since it was asked for; a task over 50 ms is one that a hand feels
WATCH = """
window.seen = { rows: null, map: null, busy: 0 };
const note = (name) => requestAnimationFrame(() => { seen[name] ??= performance.now(); });
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) seen.busy = Math.max(seen.busy, one.startTime + one.duration);
}).observe({ type: "longtask", buffered: true });
(function look() {
  const hasRows = document.querySelector(".queue-row") !== null;
  if (hasRows && seen.rows === null) note("rows");
  if (hasRows && seen.map === null && document.querySelector("#map canvas")) note("map");
  if (seen.rows === null || seen.map === null) setTimeout(look, 4);
})();
"""
SEEN = "() => ({ ...seen, now: performance.now() })"
NOTE_FRAMES = """() => {
  window.framesAt = [];
  const note = (at) => { framesAt.push(at); window.noting = requestAnimationFrame(note); };
  window.noting = requestAnimationFrame(note);
}"""
NOTED = "() => { cancelAnimationFrame(noting); return framesAt; }"
QUIET_MS = 1500


@dataclass(frozen=True)
class Opened:
    """Milliseconds from asking for the board; `frames_s` while panning, and the longest time without one."""

    rows_ms: float
    map_ms: float
    interactive_ms: float
    frames_s: float
    longest_gap_ms: float
    snapshot_bytes: int


def why_not() -> str | None:
    """What is missing to measure this, or None."""
    if find_chromium() is None:
        return "Chromium is not on this machine (apt-get install chromium): the board was not opened."
    if importlib.util.find_spec("playwright") is None:
        return "playwright is not installed: the board was not opened."
    return None


def open_board(here: Stage) -> Opened:
    """Open the board of a running stage as its coordinator, and pan its map."""
    with a_page(here) as page:
        return _measured(page, here)


@contextlib.contextmanager
def a_page(here: Stage) -> Iterator[Any]:
    """A page of a Chromium of its own, logged in as the coordinator; its files are in the browser's store already."""
    playwright: Any = importlib.import_module("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium(), args=list(QUIET))
        try:
            context = browser.new_context(viewport=SCREEN, base_url=f"http://127.0.0.1:{here.port}", locale="id-ID")
            context.add_cookies(
                [{"name": people.COOKIE, "value": _session(here), "url": f"http://127.0.0.1:{here.port}"}]
            )
            context.add_init_script(WATCH)
            page = context.new_page()
            page.goto("/login")
            yield page
        finally:
            browser.close()


def _session(here: Stage) -> str:
    """A log-in of the coordinator's."""
    with here.post() as post:
        with post.database.read() as conn:
            found = next(one for one in people.people(conn) if one["name"] == "bench-coordinator")
        return post.do(people.open_session, "bench", None, found["id"])


def _measured(page: Any, here: Stage) -> Opened:
    page.goto("/", timeout=PATIENCE_MS)
    page.goto("/", timeout=PATIENCE_MS)
    seen = when_quiet(page)
    frames = _pan(page)
    gaps = [later - earlier for earlier, later in zip(frames, frames[1:], strict=False)]
    with contextlib.closing(here.line(60.0)) as line:
        status, content = line.exchange("GET", "/api/v1/board", here.tokens["coordinator"])
    return Opened(
        seen["rows"],
        seen["map"],
        max(seen["rows"], seen["map"], seen["busy"]),
        1000 * len(gaps) / max(1.0, sum(gaps)),
        max(gaps, default=0.0),
        len(content) if status == 200 else 0,
    )


def when_quiet(page: Any) -> dict[str, float]:
    """What the page saw, once it has been idle for a while; raises ClickException."""
    ends = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < ends:
        seen: dict[str, float] = page.evaluate(SEEN)
        if seen["rows"] and seen["map"] and seen["now"] - max(seen["busy"], seen["map"]) > QUIET_MS:
            return seen
        time.sleep(0.2)
    raise click.ClickException("The board did not come to rest.")


def _pan(page: Any) -> list[float]:
    """Drag the map to and fro for a while; answers when each frame was drawn."""
    box = page.locator("#map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(NOTE_FRAMES)
    ends, step = time.monotonic() + PAN_S, 0
    while time.monotonic() < ends:
        step += 1
        page.mouse.move(x + (step % 40 - 20) * 6, y + (step % 25 - 12) * 6)
    frames: list[float] = page.evaluate(NOTED)
    page.mouse.up()
    return frames
