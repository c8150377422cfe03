"""The API of casework: tasks, merging and splitting, strikes, presence, a caller's number."""

import time
from typing import Any

from flask import Flask, Response, current_app
from flask_smorest import Api

from incident import lens, rules
from incident import schemas as s
from incident.api import Door, answer, me, post, rule
from incident.casework import actions, queries, regrouping
from incident.casework import rules as work
from incident.casework import schemas as c
from incident.casework.models import Task
from incident.casework.presence import Watchman
from incident.errors import NotFound
from incident.queries import find_incident
from incident.routes import _require_shown, s_id

api = Door("casework", __name__, url_prefix="/api/v1", description="Tasks, merges and splits, strikes, presence")


def join(app: Flask, rooms: Api) -> None:
    """Add the routes, and somebody who knows who is where."""
    rooms.register_blueprint(api)
    app.extensions["presence"] = Watchman(lambda: app.extensions["live"], time.monotonic)


# tasks


@api.post("/tasks")
@rule(api, "task.write", 404, 409)
@api.response(201, s.EntryOut)
@api.arguments(c.TaskIn)
def add_task(given: dict[str, Any]) -> Response:
    """Write a task down."""
    uid, incident_id = str(given.pop("uid")), given.pop("incident", None)
    return answer(post().do(actions.add_task, me().name, uid, incident_id=incident_id, **given), 201)


@api.get("/tasks")
@rule(api, "task.do")
@api.response(200, c.TasksOut)
@api.arguments(c.TasksQuery, location="query")
def list_tasks(given: dict[str, Any]) -> Response:
    """Tasks by id, the newest `limit`, as the caller may see them; without `state` also those that ended."""
    wanted = [Task.state == given["state"]] if "state" in given else []
    wanted += [Task.incident_id == given["incident"]] if "incident" in given else []
    with post().database.read() as conn:
        cards = queries.task_cards(conn, *wanted)
    shown = [card for card in cards if lens.sees(me().viewer, "tasks", {**card, "gone": False})]
    return answer({"tasks": shown[-given["limit"] :]})


@api.get("/tasks/owners")
@rule(api, "task.write")
@api.response(200, s.Anything)
def list_owners() -> Response:
    """Who a task may be given to: people, agencies, units in service."""
    with post().database.read() as conn:
        return answer(actions.owners(conn))


@api.post("/tasks/<int:task_id>/<string:verb>")
@rule(api, "task.do", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(c.TaskVerbIn)
def do_task(given: dict[str, Any], task_id: int, verb: str) -> Response:
    """Do a verb of a task: take, hand_over, done, drop, reopen; a field team or an agency only to its own."""
    someone = me()
    if verb not in work.TASK_VERBS:
        raise NotFound(f"Langkah itu tidak ada; yang ada: {', '.join(work.TASK_VERBS)}.")
    uid = str(given.pop("uid"))
    return answer(post().do(actions.change_task, someone.name, uid, s_id(task_id), verb, _own(someone), **given))


def _own(someone: Any) -> dict[str, Any] | None:
    """The columns of what is one's own, for those who may do no other."""
    if rules.may(someone.role, "task.write"):
        return None
    return {"unit_id": someone.unit_id} if someone.role == "field" else {"agency_code": someone.agency_code}


# merging and splitting


@api.post("/incidents/<int:incident_id>/merge")
@rule(api, "incident.regroup", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(c.MergeIn)
def merge_incidents(given: dict[str, Any], incident_id: int) -> Response:
    """Merge the incident into another: all it has goes there, its address leads there, and it can be taken back."""
    uid, into, why = str(given["uid"]), given["into"], given["text"]
    seen = {name: given.get(name) for name in ("seen", "seen_into")}
    return answer(post().do(regrouping.merge_incidents, me().name, uid, s_id(incident_id), into, why, **seen))


@api.post("/incidents/<int:incident_id>/split")
@rule(api, "incident.regroup", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(c.SplitIn)
def split_incident(given: dict[str, Any], incident_id: int) -> Response:
    """Make some calls and units of the incident one of its own; `body.part` is its number. It can be taken back."""
    uid, why = str(given.pop("uid")), given.pop("text")
    return answer(post().do(regrouping.split_incident, me().name, uid, s_id(incident_id), why=why, **given))


@api.post("/regroupings/<int:regrouping_id>/undo")
@rule(api, "incident.regroup", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(s.UidIn)
def take_back(given: dict[str, Any], regrouping_id: int) -> Response:
    """Take a merge or a split back: what moved goes back; only the newest of the two incidents can be."""
    return answer(post().do(regrouping.take_back, me().name, str(given["uid"]), s_id(regrouping_id)))


# the chronology


@api.post("/incidents/<int:incident_id>/chronology/<int:seq>/strike")
@rule(api, "incident.note", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(c.StrikeLineIn)
def strike_line(given: dict[str, Any], incident_id: int, seq: int) -> Response:
    """Strike a line through, with a reason: its writer or a supervisor may; its words stay readable."""
    someone = me()
    _require_shown(someone, incident_id)
    uid, why = str(given["uid"]), given["text"]
    entry = post().do(actions.strike_line, someone.name, uid, s_id(incident_id), s_id(seq), why, someone.role)
    return answer(entry)


# a caller's number


@api.post("/calls/<int:call_id>/unmask")
@rule(api, "call.unmask", 404, 409)
@api.response(200, c.UnmaskOut)
@api.arguments(s.UidIn)
def unmask_call(given: dict[str, Any], call_id: int) -> Response:
    """The number of a caller, for one minute; who looked and at which call stands in the journal."""
    return answer(post().do(actions.unmask_call, me().name, str(given["uid"]), s_id(call_id)))


# who is here


@api.post("/incidents/<int:incident_id>/presence")
@rule(api, "incident.read", 404)
@api.response(200, c.PresenceOut)
@api.arguments(c.PresenceIn)
def be_present(given: dict[str, Any], incident_id: int) -> Response:
    """Say every five seconds that one reads or types here, once that one left; answers who else does."""
    someone, here = me(), _watchman()
    _require_there(incident_id)
    _require_shown(someone, incident_id)
    if given["doing"] == "left":
        here.presence.leave(incident_id, someone.name)
    else:
        here.come(incident_id, someone.name, given["doing"])
    return answer({"people": here.presence.at(incident_id) if someone.viewer.sees_all else []})


@api.get("/presence")
@rule(api, "incident.read")
@api.response(200, c.PresentOut)
def list_present() -> Response:
    """Who is at which incident now, for a screen that just came; the event `presence` tells the rest."""
    return answer({"present": _watchman().presence.all() if me().viewer.sees_all else {}})


def _require_there(incident_id: int) -> None:
    with post().database.read() as conn:
        if find_incident(conn, s_id(incident_id)) is None:
            raise NotFound("Kejadian itu tidak ada.")


def _watchman() -> Watchman:
    return current_app.extensions["presence"]
