"""A random history of verbs, and screens that miss batches: an open board is always true, every page in the end."""

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import alerts.actions as alerting
import alerts.rules
from gis.database import Database
from gis.tables import FACILITIES
from gis.zones import KINDS, checked
from incident import actions, ground, intake, rules
from incident.casework import actions as casework
from incident.casework import regrouping
from incident.casework.rules import TASK_VERBS
from incident.config import load_settings
from incident.errors import Refused
from incident.post import Post
from tests.factories import uid
from tests.journeys.verbs.ground import PLACES_OF_A_FILE, SHAPES, import_list
from tests.journeys.verbs.steps import PLACES
from tests.room import Clock, open_room
from tests.viewers import Reducer, Screen, of_every_kind

pytestmark = [
    pytest.mark.slow(25),
    pytest.mark.skipif(shutil.which("node") is None, reason="node is missing: apt-get install nodejs"),
]

IN_TURN = ("field TRC-1", "village Pringgabaya", "queue of 1")  # beside the leader's, one of them after each verb


class AnyHistory(RuleBasedStateMachine):
    """Plays all verbs in any order; some screens hear each batch, some sleep and catch up."""

    url: Callable[[], str]
    reducer: Reducer

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(prefix="posko-history-"))
        made = load_settings(
            database=type(self).url(), data=self.folder / "var", site="Lombok Timur, 52.03, Asia/Makassar"
        )
        self.clock = Clock()
        self.post = Post(made, Database(made.database), self.clock)
        self.incidents: list[int] = []
        self.assignments: list[int] = []
        self.alerts: list[int] = []
        self.zones: list[int] = []
        self.facilities: list[int] = []
        self.pages: list[tuple[Screen, dict[str, Any]]] = []
        self.moments = 0

    def teardown(self) -> None:
        for screen in self.screens.values():
            screen.catch_up()
            assert screen.faults() == {}
        self.post.database.close()
        shutil.rmtree(self.folder)

    @initialize()
    def people_come(self) -> None:
        self.room = open_room(self.post, self.clock)
        viewers = of_every_kind(self.room.units)
        self.screens = {name: Screen(self.post, type(self).reducer, viewer) for name, viewer in viewers.items()}
        short = {
            f"queue of {most}": Screen(self.post, type(self).reducer, viewers["leader"], most) for most in (0, 1, 3)
        }
        self.short = list(short.values())
        self.screens |= short

    def _try(self, action: Callable[..., Any], *given: Any, **said: Any) -> Any:
        """A verb the table forbids is refused and must change nothing."""
        try:
            return self.room.do(action, *given, **said)
        except Refused:
            return None

    @rule(class_=st.sampled_from(rules.CLASSES), place=st.sampled_from(PLACES), link=st.booleans(), pick=st.integers(0))
    def a_call_comes(self, class_: str, place: dict[str, Any], link: bool, pick: int) -> None:
        to = self.incidents[pick % len(self.incidents)] if link and self.incidents else None
        try:
            facts = self.room.call(class_=class_, place=place, incident_id=to)
        except Refused:
            return
        if facts["incident"] and facts["incident"] not in self.incidents:
            self.incidents.append(facts["incident"])

    @precondition(lambda self: self.incidents)
    @rule(
        pick=st.integers(0),
        verb=st.sampled_from([*rules.INCIDENT_VERBS, "close", "control"]),
        place=st.sampled_from(PLACES),
    )
    def an_incident_goes_on(self, pick: int, verb: str, place: dict[str, Any]) -> None:
        said: dict[str, Any] = {
            "text": "Kata petugas",
            "disposition": "handled",
            "reason": "access",
            "unblock_by": "PUPR",
        }
        said |= {"next_word_at": self.clock.now, "place": intake.Place(**({"method": "map"} | place)), "priority": "P1"}
        self._try(actions.change_incident, self.incidents[pick % len(self.incidents)], verb, **said)

    @precondition(lambda self: self.incidents)
    @rule(pick=st.integers(0), unit=st.sampled_from(["TRC-1", "PSC-1"]))
    def a_unit_is_sent(self, pick: int, unit: str) -> None:
        to = self.incidents[pick % len(self.incidents)]
        entry = self._try(actions.create_assignment, to, self.room.units[unit])
        if entry:
            self.assignments.append(entry["body"]["assignment"])

    @precondition(lambda self: self.assignments)
    @rule(pick=st.integers(0), verb=st.sampled_from(rules.ASSIGNMENT_VERBS))
    def a_unit_reports(self, pick: int, verb: str) -> None:
        self._try(actions.change_assignment, self.assignments[pick % len(self.assignments)], verb)

    @precondition(lambda self: self.incidents)
    @rule(pick=st.integers(0), into=st.integers(0), is_back=st.booleans())
    def two_are_one(self, pick: int, into: int, is_back: bool) -> None:
        guest, host = (self.incidents[one % len(self.incidents)] for one in (pick, into))
        entry = self._try(regrouping.merge_incidents, guest, host, "Sama")
        if entry and is_back:
            self._try(regrouping.take_back, entry["body"]["regrouping"])

    @precondition(lambda self: self.incidents)
    @rule(pick=st.integers(0), verb=st.sampled_from(TASK_VERBS), unit=st.sampled_from(["TRC-1", "PSC-1"]))
    def a_task_is_written_and_done(self, pick: int, verb: str, unit: str) -> None:
        about = self.incidents[pick % len(self.incidents)] if pick % 2 else None
        entry = self._try(casework.add_task, "Jemput", about, owner_kind="unit", owner=unit)
        self._try(casework.change_task, entry["body"]["task"], verb, text="x", owner_kind="agency", owner="PSC119")

    @rule(
        unit=st.sampled_from(["TRC-1", "PSC-1"]), lon=st.floats(115, 117), lat=st.floats(-9, -8), serves=st.booleans()
    )
    def a_unit_moves(self, unit: str, lon: float, lat: float, serves: bool) -> None:
        self._try(actions.move_unit, self.room.units[unit], lon, lat)
        self._try(actions.change_service, self.room.units[unit], serves)

    @rule(state=st.sampled_from(["ok", "warn", "off"]), lamp=st.sampled_from(["radio", "relay"]))
    def a_lamp_changes(self, state: str, lamp: str) -> None:
        self.room.do(actions.set_lamp, lamp, state, f"lampu {state}")

    @rule(
        pick=st.integers(0),
        priority=st.sampled_from(alerts.rules.PRIORITIES),
        order=st.sampled_from(alerts.rules.ORDERS),
        to=st.sampled_from([("TRC-1",), ("PSC-1",), ("TRC-1", "PSC-1")]),
        minutes=st.integers(1, 20),
    )
    def an_alert_is_written(self, pick: int, priority: str, order: str, to: tuple[str, ...], minutes: int) -> None:
        about = self.incidents[pick % len(self.incidents)] if self.incidents and pick % 3 else None
        self.alerts.append(self.room.alert(priority, order, to, incident_id=about, expires_in_min=minutes))

    @precondition(lambda self: self.alerts)
    @rule(
        pick=st.integers(0),
        verb=st.sampled_from(["approve", "cancel", "see"]),
        unit=st.sampled_from(["TRC-1", "PSC-1"]),
    )
    def an_alert_is_answered(self, pick: int, verb: str, unit: str) -> None:
        alert = self.alerts[pick % len(self.alerts)]
        if verb == "see":
            self._try(alerting.acknowledge, alert, self.room.units[unit], "tono", "screen")
        else:
            self._try(alerting.approve_alert if verb == "approve" else alerting.cancel_alert, alert, by="komang")

    @precondition(lambda self: self.alerts)
    @rule(pick=st.integers(0), what=st.sampled_from(["keyed", "heard", "failed"]))
    def the_radio_says(self, pick: int, what: str) -> None:
        ids = self.room.deliveries(self.alerts[pick % len(self.alerts)], "radio")
        for one in ids[:1]:
            if what == "failed":
                self.room.do(alerting.record_failed, [one], "tidak menjawab", by="radio")
            else:
                self.room.do(alerting.record_keyed, [one], by="radio")
            if what == "heard":
                self.room.do(alerting.record_heard, one, by="radio")

    @rule(kind=st.sampled_from(list(KINDS)), minutes=st.sampled_from([None, 3, 8]), pick=st.integers(0))
    def something_is_drawn(self, kind: str, minutes: int | None, pick: int) -> None:
        about = self.incidents[pick % len(self.incidents)] if self.incidents and pick % 2 else None
        until = self.clock.now + dt.timedelta(minutes=minutes) if minutes else None
        shape = checked(kind, SHAPES[KINDS[kind][0]])
        entry = self._try(ground.draw_zone, kind, shape, incident_id=about, expires_at=until)
        self.zones.append(entry["body"]["zone"])

    @precondition(lambda self: self.zones)
    @rule(pick=st.integers(0))
    def a_zone_is_struck(self, pick: int) -> None:
        self._try(ground.strike_zone, self.zones[pick % len(self.zones)], "Tidak lagi")

    @rule(pick=st.integers(0), what=st.sampled_from(["add", "change", "close", "import"]), number=st.integers(0, 500))
    def a_facility_comes_and_goes(self, pick: int, what: str, number: int) -> None:
        one = self.facilities[pick % len(self.facilities)] if self.facilities else None
        if what == "import":
            import_list(FACILITIES, PLACES_OF_A_FILE.replace("300", str(number)))(self.room)
        elif what == "add" or one is None:
            self.facilities.append(self.room.facility(capacity=number))
        elif what == "change":
            self._try(ground.change_facility, one, occupied=number)
        else:
            self._try(ground.close_facility, one)

    @rule(seconds=st.sampled_from([1, 61, 301, 700]))
    def time_passes_and_the_relay_works(self, seconds: int) -> None:
        self.clock.on(seconds)
        self.room.relay()

    @rule(pick=st.integers(0, 2), limit=st.integers(1, 3))
    def a_page_of_a_long_queue_is_read(self, pick: int, limit: int) -> None:
        if page := self.short[pick].read_on(limit):
            self.pages.append((self.short[pick], page))

    @precondition(lambda self: self.pages)
    @rule(pick=st.integers(0))
    def a_page_arrives_late_and_perhaps_twice(self, pick: int) -> None:
        screen, page = self.pages[pick % len(self.pages)]
        screen.add(page)

    @rule(chosen=st.sets(st.integers(0, 15), max_size=8))
    def some_screens_catch_up(self, chosen: set[int]) -> None:
        for index, screen in enumerate(self.screens.values()):
            if index in chosen:
                screen.catch_up()

    @invariant()
    def an_open_board_is_true(self) -> None:
        if not hasattr(self, "screens"):
            return
        self.moments += 1
        for name in ("leader", IN_TURN[self.moments % len(IN_TURN)]):
            self.screens[name].catch_up()
            assert self.screens[name].faults() == {}, name


def _play(url: Callable[[], str], reducer: Reducer, examples: int, steps: int) -> None:
    machine = type("History", (AnyHistory,), {"url": staticmethod(url), "reducer": reducer})
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=quiet, database=None
        ),
    )


def test_any_history_leaves_every_page_true(template_file: Path, tmp_path: Path, reducer: Reducer):
    def fresh() -> str:
        path = tmp_path / f"{uid()}.db"
        shutil.copy(template_file, path)
        return f"sqlite:///{path}"

    _play(fresh, reducer, examples=20, steps=40)


@pytest.mark.postgis
def test_any_history_leaves_every_page_true_on_postgis(cluster: Any, reducer: Reducer):
    made: list[str] = []

    def fresh() -> str:
        made.append(f"h{uid().replace('-', '')}")
        cluster.sql(f"CREATE DATABASE {made[-1]} TEMPLATE template_posko")
        return str(cluster.url(made[-1]))

    _play(fresh, reducer, examples=3, steps=25)
    for name in made:
        cluster.sql(f"DROP DATABASE {name} WITH (FORCE)")
