"""Merging and splitting: nothing is lost, nothing stands twice, and taking back gives the same picture."""

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from threading import Thread
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
from sqlalchemy import func, select

import alerts.actions as alerting
from gis.database import Base, Database
from incident import actions, board, journal, lens
from incident.casework import actions as casework
from incident.casework import regrouping
from incident.casework.belongings import BELONGINGS
from incident.casework.rules import host_after, restored
from incident.config import load_settings
from incident.errors import BadReport, NotFound, Refused, WrongState
from incident.models import Assignment, Call, Incident
from incident.post import Post
from tests.factories import call_body, on_spatialite, uid
from tests.room import Clock, Room, open_room

ALL = lens.Viewer("coordinator")


def merge(room: Room, guest: int, host: int, why: str = "Asap yang sama", **more: Any) -> Any:
    return room.do(regrouping.merge_incidents, guest, host, why, by="dewi", **more)


def split(room: Room, source: int, calls: list[int], units: list[int] = [], **more: Any) -> Any:  # noqa: B006
    return room.do(regrouping.split_incident, source, calls, units, "Dua tempat", by="dewi", **more)


def undo(room: Room, entry: Any) -> Any:
    return room.do(regrouping.take_back, entry["body"]["regrouping"], by="dewi")


def whole(room: Room, incident: int) -> dict[str, Any]:
    found = board.whole(room.post, ALL, incident)
    assert found is not None
    return found


def calls_of(room: Room, incident: int) -> list[int]:
    with room.post.database.read() as conn:
        return list(conn.scalars(select(Call.id).where(Call.incident_id == incident).order_by(Call.id)))


def units_of(room: Room, incident: int) -> list[str]:
    return [one["call_sign"] for one in whole(room, incident)["assignments"]]


def on_board(room: Room) -> dict[int, Any]:
    return {card["id"]: card for card in board.snapshot(room.post, ALL)["incidents"]}


def refused(does: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as caught:
        does()
    return caught.value.sentence


# merging


def test_a_merged_incident_leaves_the_board_and_all_it_had_is_with_the_other(room: Room):
    host, guest = room.open(), room.open(priority="P1")
    mine, other = room.assign(guest, "TRC-1"), room.assign(host, "PSC-1")
    zone, alert = room.zone(incident_id=guest), room.alert(incident_id=guest)
    task = room.do(casework.add_task, "Hubungi PLN", guest)["body"]["task"]
    merge(room, guest, host)
    assert list(on_board(room)) == [host]
    card = on_board(room)[host]
    assert (card["calls"], card["priority"], card["state"], card["open_tasks"]) == (2, "P1", "responding", 1)
    found = whole(room, host)
    assert {one["id"] for one in found["assignments"]} == {mine, other}
    assert [one["id"] for one in found["zones"]] == [zone] and [one["id"] for one in found["alerts"]] == [alert]
    assert [one["id"] for one in found["tasks"]] == [task]
    left = whole(room, guest)
    assert (left["incident"]["merged_into"], left["incident"]["merged_number"]) == (host, "LT-0001")
    assert not left["assignments"] and not calls_of(room, guest)
    assert list(found["origins"]["assignments"].values()) == ["LT-0002"]


def test_the_chronology_of_both_is_read_in_the_one_that_stays(room: Room):
    host, guest = room.open(), room.open()
    room.do(actions.change_incident, guest, "note", text="Dari yang kedua")
    merge(room, guest, host)
    room.do(actions.change_incident, host, "note", text="Dari yang pertama")
    told = [entry["body"].get("text") for entry in whole(room, host)["chronology"]]
    assert [words for words in told if words] == ["Dari yang kedua", "Asap yang sama", "Dari yang pertama"]
    assert [one["kind"] for one in whole(room, guest)["chronology"]][-1] == "incident.merged"


def test_a_unit_on_both_keeps_both_its_clocks(room: Room):
    host, guest = room.open(), room.open()
    first = room.assign(host, "TRC-1")
    room.clock.on(60)
    second = room.assign(guest, "TRC-1")
    before = {one["id"]: one["assigned_at"] for at in (host, guest) for one in whole(room, at)["assignments"]}
    merge(room, guest, host)
    assert {one["id"]: one["assigned_at"] for one in whole(room, host)["assignments"]} == before
    assert set(before) == {first, second} and on_board(room)[host]["unit_ids"] == [room.units["TRC-1"]]


def test_taking_a_merge_back_restores_both(room: Room):
    host, guest = room.open(), room.open(priority="P1")
    room.assign(guest, "TRC-1")
    room.zone(incident_id=guest)
    before = picture(room)
    entry = merge(room, guest, host)
    undo(room, entry)
    assert picture(room) == before


def test_what_came_after_a_merge_stays_where_it_came(room: Room):
    host, guest = room.open(), room.open()
    entry = merge(room, guest, host)
    later = room.call(incident_id=host)["call"]
    room.do(actions.change_incident, host, "correct", text="Lebih parah", priority="P1")
    undo(room, entry)
    assert calls_of(room, host)[-1] == later and len(calls_of(room, guest)) == 1
    assert on_board(room)[host]["priority"] == "P1"


def test_an_obstacle_of_the_guest_still_stands_in_the_way(room: Room):
    host, guest = room.open(), room.open()
    said = {"reason": "access", "text": "Jembatan putus", "unblock_by": "PUPR", "next_word_at": room.clock.now}
    room.do(actions.change_incident, guest, "obstruct", **said)
    entry = merge(room, guest, host)
    assert (on_board(room)[host]["state"], on_board(room)[host]["obstacle"]) == ("obstructed", "Jembatan putus")
    undo(room, entry)
    assert (on_board(room)[host]["state"], on_board(room)[host]["obstacle"]) == ("new", None)


def test_a_call_and_a_unit_for_the_merged_one_are_led_on_or_told_where(room: Room):
    """Somebody links a call, sends a unit, or closes, while another merges."""
    host, guest = room.open(), room.open()
    merge(room, guest, host)
    assert room.call(incident_id=guest)["incident"] == host
    assert "LT-0001" in refused(lambda: room.assign(guest, "TRC-1"))
    for verb, said in (("close", {"disposition": "handled"}), ("reopen", {"text": "x"}), ("feedback", {"text": "x"})):
        assert "LT-0001" in refused(lambda v=verb, s=said: room.do(actions.change_incident, guest, v, **s))
    room.do(actions.change_incident, guest, "note", text="Catatan yang sudah diketik")
    assert "Catatan yang sudah diketik" in str(whole(room, host)["chronology"])
    assert room.do(casework.add_task, "Hubungi PLN", guest)["incident_id"] == host


def test_a_unit_sent_while_somebody_merges_is_with_the_one_that_stays_or_was_refused(room: Room):
    host, guest = room.open(), room.open()
    assigned = room.assign(guest, "TRC-1")
    merge(room, guest, host)
    room.do(actions.change_assignment, assigned, "arrive")
    assert units_of(room, host) == ["TRC-1"] and whole(room, host)["assignments"][0]["state"] == "on_scene"


def test_whoever_comes_first_while_one_merges_and_many_write_nothing_is_lost(room: Room):
    """Really at once: each is done before the other or refused; no call, no unit stays with what nobody looks at."""
    host, guest = room.open(), room.open()
    outcomes: list[str] = []

    def tried(does: Callable[[], Any]) -> None:
        try:
            does()
            outcomes.append("done")
        except WrongState as refusal:
            outcomes.append(refusal.sentence)

    writes: list[Callable[[], Any]] = [
        lambda: room.assign(guest, "TRC-1"),
        lambda: merge(room, guest, host),
        lambda: room.call(incident_id=guest),
        lambda: room.do(casework.add_task, "Hubungi PLN", guest),
        lambda: merge(room, guest, host),
        lambda: room.assign(host, "PSC-1"),
    ]
    together = [Thread(target=tried, args=(does,)) for does in writes]
    for one in together:
        one.start()
    for one in together:
        one.join(90)
    assert len(outcomes) == len(writes)
    assert sum("sudah digabung" in said for said in outcomes) in (1, 2), "the second merge, perhaps the unit"
    assert len(calls_of(room, host)) == 3 and not calls_of(room, guest) and not units_of(room, guest)
    assert on_board(room)[host]["calls"] == 3 and on_board(room)[host]["open_tasks"] == 1


def test_what_cannot_be_merged_says_why(room: Room):
    host, guest, third = room.open(), room.open(), room.open()
    with pytest.raises(BadReport):
        merge(room, host, host)
    with pytest.raises(NotFound):
        merge(room, host, 99)
    merge(room, guest, host)
    assert "LT-0001" in refused(lambda: merge(room, guest, third))
    assert "LT-0001" in refused(lambda: merge(room, host, guest)), "no loop"
    room.do(actions.change_incident, third, "close", disposition="handled")
    assert "ditutup" in refused(lambda: merge(room, third, host))
    assert "ditutup" in refused(lambda: merge(room, host, third))


def test_a_mayday_and_an_alert_that_waits_for_a_second_person_hold_a_merge_up(room: Room):
    host, guest = room.open(), room.open()
    calling = room.assign(host, "TRC-1")
    room.do(actions.change_assignment, calling, "mayday")
    assert "TRC-1" in refused(lambda: merge(room, guest, host))
    assert "TRC-1" in refused(lambda: merge(room, host, guest))
    room.do(actions.change_assignment, calling, "arrive")
    draft = room.alert(order="evacuate", incident_id=guest)
    assert "menunggu persetujuan" in refused(lambda: merge(room, guest, host))
    room.do(alerting.cancel_alert, draft)
    assert merge(room, guest, host)


@on_spatialite
def test_the_same_merge_sent_twice_is_one_and_another_key_is_told_it_is_done(room: Room):
    host, guest = room.open(), room.open()
    key = uid()
    twice = [room.post.do(regrouping.merge_incidents, "dewi", key, guest, host, "Sama") for _ in range(2)]
    assert twice[0] == twice[1]
    assert "sudah digabung" in refused(lambda: merge(room, guest, host))


def test_a_chain_of_merges_leads_to_its_end_and_comes_apart_from_its_end(room: Room):
    first, second, third = (room.open() for _ in range(3))
    before = picture(room)
    inner, outer = merge(room, first, second), merge(room, second, third)
    assert sorted(calls_of(room, third)) == [1, 2, 3]
    assert room.call(incident_id=first)["incident"] == third
    assert "urungkan yang itu dahulu" in refused(lambda: undo(room, inner))
    undo(room, outer)
    assert calls_of(room, second) == [1, 2] and calls_of(room, third) == [3, 4]
    undo(room, inner)
    assert "diurungkan" in refused(lambda: undo(room, inner))
    assert len(on_board(room)) == len(before["incidents"]) == 3


# splitting


def test_a_part_takes_its_calls_and_units_along_with_their_times(room: Room):
    source = room.open()
    elsewhere = {"lon": 116.7, "lat": -8.6, "text": "Labuhan Haji"}
    far = room.call(incident_id=source, place=elsewhere, type="fire")["call"]
    stays, goes = room.assign(source, "TRC-1"), room.assign(source, "PSC-1")
    entry = split(room, source, [far], [goes])
    part = entry["body"]["part"]
    assert calls_of(room, source) == [1] and calls_of(room, part) == [far]
    assert units_of(room, source) == ["TRC-1"] and units_of(room, part) == ["PSC-1"]
    card = on_board(room)[part]
    assert (card["place"], card["lon"], card["state"], card["calls"]) == ("Labuhan Haji", 116.7, "responding", 1)
    assert (card["type"], whole(room, source)["incident"]["type"]) == ("kebakaran", "banjir")
    assert whole(room, part)["regroupings"][0]["from_number"] == "LT-0001"
    assert stays != goes


def test_taking_a_split_back_restores_the_picture_but_for_an_address_that_leads_back(room: Room):
    source = room.open()
    far = room.call(incident_id=source)["call"]
    goes = room.assign(source, "PSC-1")
    before = picture(room)
    entry = split(room, source, [far], [goes])
    undo(room, entry)
    assert picture(room) == before
    assert whole(room, entry["body"]["part"])["incident"]["merged_into"] == source


def test_what_cannot_be_split_says_why(room: Room):
    source, other = room.open(), room.open()
    far = room.call(incident_id=source)["call"]
    for calls, units, field in (
        ([], [], "calls"),
        ([1, far], [], "calls"),
        ([2], [], "calls"),
        ([far], [9], "assignments"),
    ):
        with pytest.raises(BadReport) as caught:
            split(room, source, calls, units)
        assert caught.value.field == field
    calling = room.assign(source, "TRC-1")
    room.do(actions.change_assignment, calling, "mayday")
    assert "DARURAT" in refused(lambda: split(room, source, [far], [calling]))
    room.do(actions.change_assignment, calling, "clear")
    room.do(actions.change_incident, source, "close", disposition="handled")
    assert "ditutup" in refused(lambda: split(room, source, [far]))
    assert other in on_board(room)


def test_a_part_that_went_on_by_itself_is_not_taken_back_but_merged(room: Room):
    source = room.open()
    far = room.call(incident_id=source)["call"]
    entry = split(room, source, [far])
    part = entry["body"]["part"]
    room.call(incident_id=part)
    assert "gabungkan" in refused(lambda: undo(room, entry))
    merge(room, part, source)
    assert len(calls_of(room, source)) == 3 and list(on_board(room)) == [source]


@on_spatialite
def test_taking_back_what_never_was_is_not_found(room: Room):
    with pytest.raises(NotFound):
        room.do(regrouping.take_back, 99)


# any order of all of it


def picture(room: Room) -> dict[str, Any]:
    """What a screen shows, and each incident whole, but for the times of the last change and the record itself."""
    found = board.snapshot(room.post, ALL)
    shown = {name: found[name] for name in ("incidents", "units", "assignments", "alerts", "zones", "tasks")}
    shown["whole"] = [
        {name: value for name, value in whole(room, card["id"]).items() if name not in ("chronology", "seq")}
        for card in found["incidents"]
    ]
    return json.loads(json.dumps(shown), object_hook=_without_times)


def _without_times(thing: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in thing.items() if name != "changed_at"}


class AnyRegrouping(RuleBasedStateMachine):
    """Merges, splits and takes back in any order, with calls and units coming in between."""

    url: Callable[[], str]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(prefix="posko-regroup-"))
        made = load_settings(
            database=type(self).url(), data=self.folder / "var", site="Lombok Timur, 52.03, Asia/Makassar"
        )
        clock = Clock()
        self.post = Post(made, Database(made.database), clock)
        self.room = open_room(self.post, clock)
        self.calls: set[int] = set()
        self.assignments: set[int] = set()
        self.done: list[tuple[Any, dict[str, Any] | None]] = []

    def teardown(self) -> None:
        with self.post.database.read() as conn:
            assert list(journal.verify(conn)) == []
        self.post.database.close()
        rmtree(self.folder)

    def _try(self, does: Callable[[], Any]) -> Any:
        before = picture(self.room)
        try:
            return does()
        except (WrongState, BadReport):
            assert picture(self.room) == before, "what is refused changes nothing"
            return None

    def _incidents(self) -> list[int]:
        with self.post.database.read() as conn:
            return list(conn.scalars(select(Incident.id).order_by(Incident.id)))

    def _one(self, pick: int) -> int:
        return self._incidents()[pick % len(self._incidents())]

    @initialize()
    def three_calls(self) -> None:
        for _ in range(3):
            self.a_call(0, False)

    @rule(pick=st.integers(0), link=st.booleans())
    def a_call(self, pick: int, link: bool) -> None:
        to = self._one(pick) if link else None
        if facts := self._try(lambda: self.room.call(incident_id=to)):
            self.calls.add(facts["call"])
            self.done = [(entry, None) for entry, _ in self.done]

    @rule(pick=st.integers(0), unit=st.sampled_from(["TRC-1", "PSC-1"]))
    def a_unit(self, pick: int, unit: str) -> None:
        if made := self._try(lambda: self.room.assign(self._one(pick), unit)):
            self.assignments.add(made)
            self.done = [(entry, None) for entry, _ in self.done]

    @rule(pick=st.integers(0), into=st.integers(0))
    def a_merge(self, pick: int, into: int) -> None:
        before = picture(self.room)
        if entry := self._try(lambda: merge(self.room, self._one(pick), self._one(into))):
            self.done.append((entry, before))

    @rule(pick=st.integers(0), which=st.integers(1, 7), units=st.booleans())
    def a_split(self, pick: int, which: int, units: bool) -> None:
        source = self._one(pick)
        calls = [one for bit, one in enumerate(calls_of(self.room, source)) if which >> bit & 1]
        crew = [one["id"] for one in whole(self.room, source)["assignments"]] if units else []
        before = picture(self.room)
        if entry := self._try(lambda: split(self.room, source, calls, crew)):
            self.done.append((entry, before))

    @precondition(lambda self: self.done)
    @rule(back=st.integers(0, 2))
    def taken_back(self, back: int) -> None:
        """The newest gives the very picture from before; an older one is refused or leaves nothing lost."""
        place = max(0, len(self.done) - 1 - back)
        entry, before = self.done[place]
        if self._try(lambda: undo(self.room, entry)) is None:
            return
        if before is not None and place == len(self.done) - 1:
            assert picture(self.room) == before
        del self.done[place]
        self.done = [(one, None) for one, _ in self.done[:place]] + [(one, None) for one, _ in self.done[place:]]

    @invariant()
    def each_call_and_each_assignment_stands_once(self) -> None:
        with self.post.database.read() as conn:
            calls = list(conn.execute(select(Call.id, Call.incident_id)))
            units = list(conn.execute(select(Assignment.id, Assignment.incident_id)))
            counted = dict(conn.execute(select(Call.incident_id, func.count()).group_by(Call.incident_id)).all())
            rows = list(conn.execute(select(Incident.id, Incident.calls, Incident.merged_into)))
        assert {one.id for one in calls} == self.calls and {one.id for one in units} == self.assignments
        homes = {row.id for row in rows if row.merged_into is None}
        assert {one.incident_id for one in (*calls, *units)} <= homes, "nothing is left where nobody looks"
        assert all(row.calls == counted.get(row.id, 0) for row in rows)


def explore(url: Callable[[], str], examples: int) -> None:
    AnyRegrouping.url = staticmethod(url)  # type: ignore[assignment]
    quiet = settings(
        max_examples=examples, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(AnyRegrouping, settings=quiet)


@pytest.mark.slow
def test_any_order_of_merges_and_splits_loses_nothing_and_comes_back(tmp_path, template_file):
    numbers = itertools.count()

    def fresh() -> str:
        path = tmp_path / f"{next(numbers)}.db"
        path.write_bytes(template_file.read_bytes())
        return f"sqlite:///{path}"

    explore(fresh, 8)


@pytest.mark.postgis
def test_any_order_of_merges_and_splits_on_postgis(cluster):
    numbers = itertools.count()

    def fresh() -> str:
        name = f"regroup_{next(numbers)}"
        cluster.sql(f"CREATE DATABASE {name} TEMPLATE template_posko")
        return str(cluster.url(name))

    explore(fresh, 2)


# what goes along

STAYS = {
    "time_mark": "t0 to t15 are those of the incident they were noted for",
    "decision": "it was taken about that incident, whatever it was merged into afterwards",
    "unit_alarm": "an alarm is a unit's; where it was then stays so",
}


def test_every_table_that_names_an_incident_goes_along_or_says_why_not():
    from incident import join

    assert join and alerting
    named = {name for name, table in Base.metadata.tables.items() if {"id", "incident_id"} <= set(table.c.keys())}
    goes = {one.table.name for one in BELONGINGS.values()}
    assert named - goes - set(STAYS) == set(), "add belongs(...), or say here why it stays"


# the rules, pure


def test_the_host_takes_the_stronger_priority_and_the_state_of_who_is_at_work():
    calm = {"priority": "P3", "state": "verified", "obstacle": None}
    grave = {"priority": "P1", "state": "responding", "obstacle": None}
    stuck = {"priority": "P2", "state": "obstructed", "obstacle": "Jembatan putus"}
    assert host_after(calm, grave, True, "LT-0002")["priority"] == "P1"
    assert host_after(calm, grave, True, "LT-0002")["state"] == "responding"
    assert host_after(grave, calm, False, "LT-0002") == {}
    assert host_after(calm, stuck, True, "LT-0002")["obstacle"] == "Jembatan putus"
    assert host_after(stuck, grave, True, "LT-0002").keys() == {"priority", "priority_reason"}


def test_only_what_nobody_changed_since_is_put_back():
    was = {"priority": ("P3", "P1"), "state": ("verified", "responding")}
    assert restored(was, {"priority": "P1", "state": "controlled"}) == {"priority": "P3"}
    assert restored(was, {"priority": "P2", "state": "responding"}) == {"state": "verified"}


# over HTTP


def post(ask: Any, role: str, path: str, **said: Any) -> Any:
    return ask(role, "POST", path, {"uid": uid(), **said})


@on_spatialite
def test_a_merge_over_http_needs_its_reason_its_right_and_both_incidents(ask):
    host, guest = (ask("call_taker", "POST", "/calls", call_body()).json["incident"] for _ in range(2))
    path = f"/incidents/{guest}/merge"
    assert post(ask, "dispatcher", path, into=host).json["field"] == "text"
    assert post(ask, "dispatcher", path, text="Sama").json["field"] == "into"
    assert post(ask, "dispatcher", path, text="Sama", into=99).status_code == 404
    for role in ("call_taker", "leader", "field", "agency", "village"):
        assert post(ask, role, path, text="Sama", into=host).status_code == 403
    done = post(ask, "dispatcher", path, text="Sama", into=host)
    assert done.status_code == 200, done.json
    again = post(ask, "dispatcher", path, text="Sama", into=host)
    assert again.status_code == 409 and again.json["leads_to"] == host
    taken = post(ask, "coordinator", f"/regroupings/{done.json['body']['regrouping']}/undo")
    assert taken.status_code == 200 and len(ask("leader", "GET", "/board").json["incidents"]) == 2


@on_spatialite
def test_the_reasons_of_the_room_reach_no_team(ask, cast):
    host, guest = (ask("call_taker", "POST", "/calls", call_body()).json["incident"] for _ in range(2))
    post(ask, "dispatcher", f"/incidents/{host}/assignments", unit_id=cast.units["TRC-1"])
    post(ask, "dispatcher", f"/incidents/{guest}/merge", text="Alasan rahasia", into=host)
    for role in ("field", "agency"):
        assert "rahasia" not in ask(role, "GET", f"/incidents/{host}").text
        assert "rahasia" not in ask(role, "GET", "/journal").text
