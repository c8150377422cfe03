"""The network is cut: an alert goes by radio to twenty stations, and the room watches them answer, one by one."""

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit
from tests.browser.room import Room
from tests.browser.seeds import Caller
from tests.browser.stations import Stations
from tests.radio_bridge.rigs import KEY, wait_for

pytestmark = pytest.mark.slow(45)

TEAMS = {number: f"REG{number:02}" for number in range(1, 21)}
PRESSING, SILENT = range(1, 11), range(11, 21)
"""Where a person presses the key, and where only the device answers."""
ROLL_S = 240.0  # a busy machine takes its time
RANK = ("queued", "keyed", "heard", "seen")
TILES = """() => Object.fromEntries([...document.querySelectorAll('.live-tiles .tile')].map((tile) =>
  [tile.dataset.station, {state: tile.dataset.state, turn: tile.classList.contains('is-turn'),
    words: tile.querySelector('.tile-words').textContent}]))"""
# every change the page makes is counted, however seldom the test looks
KEEP_WATCH = """window.heard = [];
window.turns = [];
new MutationObserver(() => {
  const tiles = [...document.querySelectorAll(".live-tiles .tile")];
  const turn = tiles.find((tile) => tile.classList.contains("is-turn"));
  if (turn && window.turns.at(-1) !== Number(turn.dataset.station)) window.turns.push(Number(turn.dataset.station));
  if (tiles.length) window.heard.push(tiles.filter(({ dataset }) => ["heard", "seen"].includes(dataset.state)).length);
}).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["class", "data-state"] });"""


@dataclass
class Watch:
    """What the page showed, moment after moment, with what the database knew just after."""

    page: Page
    room: Room
    shown: list[dict[str, dict[str, Any]]] = field(default_factory=list)
    false: list[str] = field(default_factory=list)

    def look(self) -> dict[str, dict[str, Any]]:
        tiles: dict[str, dict[str, Any]] = self.page.evaluate(TILES)
        truth = rows(self.room)
        for station, tile in tiles.items():
            if RANK.index(tile["state"]) > RANK.index(truth.get(int(station), "queued")):
                self.false.append(f"{station}: {tile['state']} on the screen, {truth.get(int(station))} in truth")
        self.shown.append(tiles)
        return tiles

    def until(self, count: int, states: tuple[str, ...], within_s: float = ROLL_S) -> None:
        deadline = time.monotonic() + within_s
        while sum(tile["state"] in states for tile in self.look().values()) < count:
            assert time.monotonic() < deadline, self.shown[-1]
            time.sleep(0.2)


def rows(room: Room) -> dict[int, str]:
    """station -> what is known of the newest transmission, from the database itself."""
    asked = "SELECT station, state FROM reception WHERE transmission_id = (SELECT max(id) FROM transmission)"
    with sqlite3.connect(f"file:{room.folder}/posko.db?mode=ro", uri=True, timeout=5) as file:
        return dict(file.execute(asked).fetchall())


class RadioRoom(Room):
    """A room whose bridge runs on the virtual channel; its own key, so that the stations of the test may speak."""

    def __init__(self, folder: Path, template: Path, air: str = "") -> None:
        self.air = air or f"loopback:{folder}/air"
        super().__init__(folder, template, parts=())
        self.words |= {"POSKO_RADIO": self.air, "POSKO_RADIO_KEY": KEY}
        self.parts = {part: self._start(part) for part in ("serve", "relay", "radio")}
        self._await_ready("/healthz")

    def _await_ready(self, path: str) -> None:
        if self.__dict__.get("parts"):
            super()._await_ready(path)


@pytest.fixture(scope="module")
def room(template_file: Path) -> Iterator[RadioRoom]:
    folder = Path("/tmp") / f"posko-radio-{time.monotonic_ns()}"  # a socket's name has 107 letters, and no more
    folder.mkdir()
    running = RadioRoom(folder, template_file)
    yield running
    running.close()
    shutil.rmtree(folder)


@pytest.fixture
def teams(room: RadioRoom) -> Iterator[Stations]:
    """Twenty teams with a radio each."""
    head = Caller(room, "admin")
    units = head.get("/units")["features"]
    assert not [one for one in units if one["properties"]["call_sign"] in TEAMS.values()]
    for number, name in TEAMS.items():
        head.post("/units", call_sign=name, kind="trc", agency_code="BPBD", station=number)
    stations = Stations(room.air, KEY, room.folder, TEAMS)
    stations.start()
    yield stations
    stations.stop()


def test_with_the_network_cut_twenty_stations_answer_in_their_slots_and_none_is_false(
    room: RadioRoom, teams: Stations, chromium: Browser, visit: Callable[..., Visit], tmp_path: Path
) -> None:
    phone = visit("tono").open("/field")  # a team's phone hangs on the network that is cut
    command = Visit(
        chromium.new_context(
            base_url=f"http://127.0.0.1:{room.port}",  # the room itself stands beside the server
            viewport={"width": 1366, "height": 768},
            locale="id-ID",
        ),
        f"http://127.0.0.1:{room.port}",
    )
    command.log_in("dewi")
    command.context.add_init_script(KEEP_WATCH)
    page = command.open("/radio")
    expect(page.locator("#radio-lamp")).to_contain_text("tersambung")
    room.wire.cut()
    try:
        expect(phone.locator("#freeze")).to_be_visible(timeout=40_000)
        head = Caller(room, "dispatcher")
        ids = {one["properties"]["call_sign"]: one["id"] for one in head.get("/units")["features"]}
        chosen = [int(ids[name]) for name in TEAMS.values()]
        head.post("/alerts", order="go", text="Banjir bandang, ke posko desa", priority="P0", unit_ids=chosen)

        watch = Watch(page, room)
        watch.until(1, ("keyed",))
        watch.until(5, ("heard", "seen"))
        page.screenshot(path=tmp_path / "rolling.png")
        watch.until(20, ("heard", "seen"))
        expect(page.locator(".live-sum")).to_contain_text("alat 20 dari 20 · dilihat orang 0 dari 20")

        wait_for(lambda: len(teams.alarms) == 20)
        teams.press(*PRESSING)
        watch.until(len(PRESSING), ("seen",))
        page.screenshot(path=tmp_path / "seen.png")
        assert {watch.look()[str(number)]["state"] for number in SILENT} == {"heard"}
        expect(page.locator(".live-sum")).to_contain_text("dilihat orang 10 dari 20")
        expect(page.locator(f".tile[data-station='{SILENT[-1]}'] .tile-words")).to_have_text("diterima alat")
        assert watch.false == []
        in_slots(page)
        expect(phone.locator("#freeze")).to_be_visible()
        assert not command.errors and not command.failed
    finally:
        room.wire.mend()
        command.context.close()


def in_slots(page: Page) -> None:
    """One after another: the page never showed them all at once, and it named turn after turn in the roster's order."""
    heard, turns = page.evaluate("[window.heard, window.turns]")
    assert len(set(heard)) >= 8, heard
    assert len(turns) >= 4, turns
    first_round = turns[: turns.index(max(turns)) + 1]
    assert first_round == sorted(first_round), turns
