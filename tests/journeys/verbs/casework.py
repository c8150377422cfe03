"""What is written about an incident later: tasks, merging and splitting, lines struck, figures, photographs."""

import datetime as dt
from typing import Any

from incident import actions, intake
from incident.assessments import actions as assessments
from incident.attachments import actions as attaching
from incident.casework import actions as casework
from incident.casework import regrouping
from tests.journeys.verbs.alerts import an_alert_on_the_air
from tests.journeys.verbs.steps import PLACES, Step, Verbs, an_incident, nothing, remember, two_units_at_work
from tests.room import START, Room


def _a_task(room: Room) -> None:
    two_units_at_work(room)
    owner = {"owner_kind": "unit", "owner": "PSC-1", "due_at": START + dt.timedelta(hours=1)}
    remember(room, task=room.do(casework.add_task, "Jemput perahu", room.known["incident"], **owner)["body"]["task"])


def _an_ended_task(room: Room) -> None:
    _a_task(room)
    room.do(casework.change_task, room.known["task"], "done")


def _a_free_task(room: Room) -> None:
    an_incident(room)
    remember(room, task=room.do(casework.add_task, "Jemput perahu", room.known["incident"])["body"]["task"])


def _task(verb: str, **said: Any) -> Step:
    return lambda room: room.do(casework.change_task, room.known["task"], verb, **said)


def _two_incidents(room: Room) -> None:
    """One with everything an incident may have, one of another village."""
    an_alert_on_the_air(room)
    remember(room, guest=room.known["incident"], zone=room.zone(incident_id=room.known["incident"]))
    room.assign(room.known["guest"], "TRC-1")
    room.do(casework.add_task, "Jemput perahu", room.known["guest"], owner_kind="agency", owner="BPBD")
    remember(room, incident=room.open(place=PLACES[1], priority="P4"))
    room.assign(room.known["incident"], "PSC-1")


def _merge(room: Room) -> None:
    entry = room.do(regrouping.merge_incidents, room.known["guest"], room.known["incident"], "Sama")
    remember(room, regrouping=entry["body"]["regrouping"])


def _merged(room: Room) -> None:
    _two_incidents(room)
    _merge(room)


def _two_calls(room: Room) -> None:
    two_units_at_work(room)
    remember(room, call=room.call(incident_id=room.known["incident"], place=PLACES[1])["call"])


def _split(room: Room) -> None:
    chosen = ([room.known["call"]], [room.known["second"]])
    entry = room.do(regrouping.split_incident, room.known["incident"], *chosen, "Dua tempat")
    remember(room, regrouping=entry["body"]["regrouping"])


def _parted(room: Room) -> None:
    _two_calls(room)
    _split(room)


def _take_back(room: Room) -> None:
    room.do(regrouping.take_back, room.known["regrouping"])


def _a_note(room: Room) -> None:
    an_incident(room)
    remember(room, line=room.do(actions.add_note, room.known["incident"], "Perahu di jalan")["seq"])


def _strike(room: Room) -> None:
    room.do(casework.strike_line, room.known["incident"], room.known["line"], "Salah", "dispatcher")


def _assess(room: Room) -> None:
    figures = [{"what": "dead", "state": "nihil"}, {"what": "missing", "state": "number", "value": 3}]
    entry = room.do(assessments.assess, room.known["incident"], figures, "village", "told", source_words="Pak Kades")
    remember(room, figure=entry["body"]["figures"][1]["id"])


def _assessed(room: Room) -> None:
    two_units_at_work(room)
    _assess(room)


PHOTO = {
    "kind": "photo",
    "type": "image/jpeg",
    "digest": "a" * 64,
    "bytes": 9,
    "camera_lon": 116.61,
    "camera_lat": -8.51,
}


def _an_attachment(room: Room) -> None:
    an_incident(room)
    told = attaching.Told(incident_id=room.known["incident"], name="KTP Bu Sri.jpg", words="Rumah Bu Sri")
    remember(room, attachment=room.do(attaching.add, told, PHOTO)["body"]["attachment"])


def _take_position(room: Room) -> None:
    place = intake.Place("device", lon=116.61, lat=-8.51, radius_m=50.0)
    room.do(attaching.answer_offer, room.known["attachment"], position=True, place=place)


VERBS: Verbs = {
    "attach a photo": (nothing, _an_attachment),
    "strike an attachment": (
        _an_attachment,
        lambda room: room.do(attaching.strike, room.known["attachment"], "Salah", "coordinator"),
    ),
    "take the position of a photo": (_an_attachment, _take_position),
    "add a task": (nothing, _a_task),
    "task: take": (_a_free_task, _task("take")),
    "task: hand_over": (_a_task, _task("hand_over", owner_kind="agency", owner="BPBD")),
    "task: done": (_a_task, _task("done")),
    "task: drop": (_a_task, _task("drop", text="Tidak perlu")),
    "task: reopen": (_an_ended_task, _task("reopen")),
    "merge": (_two_incidents, _merge),
    "take a merge back": (_merged, _take_back),
    "split": (_two_calls, _split),
    "take a split back": (_parted, _take_back),
    "strike a line": (_a_note, _strike),
    "look at a number": (
        lambda room: remember(room, call=room.call(caller_phone="081234567321")["call"]),
        lambda room: room.do(casework.unmask_call, room.known["call"]),
    ),
    "assess": (two_units_at_work, _assess),
    "strike a figure": (_assessed, lambda room: room.do(assessments.strike, room.known["figure"], "Dua orang")),
    "choose a figure": (_assessed, lambda room: room.do(assessments.choose, room.known["figure"], by="komang")),
}
