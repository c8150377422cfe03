"""A screen that stood still does not undo what another wrote of a unit meanwhile: it is told what that was."""

from typing import Any
from uuid import uuid4

import pytest

from incident import actions, journal
from incident.duty import stale, status, unit_facts
from incident.errors import WrongState
from tests.room import Room


def sent(room: Room, unit: str) -> None:
    """Komang sends it somewhere."""
    room.do(actions.create_assignment, room.open(), room.units[unit], by="komang")


def seen(room: Room) -> int:
    """Where the picture of a screen that is in step stands."""
    with room.post.database.read() as conn:
        return journal.head(conn)


def refusal(room: Room, verb: Any, *said: Any, **more: Any) -> Any:
    with pytest.raises(stale.StaleWrite) as refused:
        room.do(verb, *said, **more)
    return refused.value


def test_a_status_written_on_an_old_picture_is_refused_with_what_was_sent_meanwhile(room: Room) -> None:
    unit, before = room.units["TRC-1"], seen(room)
    sent(room, "TRC-1")
    refused = refusal(room, status.say_digit, unit, 3, seen=before, by="dewi")
    assert refused.sentence.startswith("Sementara itu komang mengirim satuan ini pukul ")
    assert [one["kind"] for one in refused.more["changed"]] == ["assignment.created"]
    entry = room.do(status.say_digit, unit, 3, seen=refused.more["fresh"], by="dewi")
    assert entry["kind"] == "assignment.changed"


def test_mayday_is_heard_from_any_picture(room: Room) -> None:
    before = seen(room)
    sent(room, "TRC-1")
    assert room.do(status.say_digit, room.units["TRC-1"], 0, seen=before, by="dewi")["body"]["verb"] == "mayday"


def test_facts_of_a_unit_are_not_written_over(room: Room) -> None:
    unit, before = room.units["TRC-1"], seen(room)
    room.do(unit_facts.change_unit, unit, base="Selong", by="komang")
    refused = refusal(room, unit_facts.change_unit, unit, base="Aikmel", seen=before, by="dewi")
    assert "mengubah keterangan satuan ini" in refused.sentence
    room.do(unit_facts.change_unit, unit, base="Aikmel", seen=refused.more["fresh"], by="dewi")


def test_out_of_service_is_refused_by_who_did_not_see_that_it_was_sent(room: Room) -> None:
    unit, before = room.units["PSC-1"], seen(room)
    sent(room, "PSC-1")
    assert "mengirim" in refusal(room, status.change_service, unit, False, "ban", before, by="dewi").sentence


def test_what_one_wrote_oneself_or_of_another_unit_stands_in_nobodys_way(room: Room) -> None:
    before = seen(room)
    room.do(unit_facts.change_unit, room.units["TRC-1"], base="Selong", by="dewi")
    room.do(unit_facts.change_unit, room.units["PSC-1"], base="Aikmel", by="komang")
    room.do(unit_facts.change_unit, room.units["TRC-1"], base="Keruak", seen=before, by="dewi")


def test_the_route_says_it_as_a_problem_with_what_to_send(ask: Any, cast: Any) -> None:
    unit = cast.units["TRC-1"]
    before = ask("dispatcher", "GET", "/board").get_json()["seq"]
    ask("coordinator", "POST", f"/units/{unit}", {"uid": str(uuid4()), "base": "Selong"})
    told = ask("admin", "POST", f"/units/{unit}", {"uid": str(uuid4()), "base": "Aikmel", "seen": before})
    assert (told.status_code, told.get_json()["changed"][0]["kind"]) == (409, "unit.changed")
    again = {"uid": str(uuid4()), "base": "Aikmel", "seen": told.get_json()["fresh"]}
    assert ask("admin", "POST", f"/units/{unit}", again).status_code == 200


def test_a_stale_write_is_a_wrong_state() -> None:
    """The edge answers it 409, as it does for incidents."""
    assert issubclass(stale.StaleWrite, WrongState)
