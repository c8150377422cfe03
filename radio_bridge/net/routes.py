"""The doors of the net: roll-calls with their history and scores, and the log of a net for voice."""

import csv
import io
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response

from incident import sayings
from incident import schemas as s
from incident.api import Door, answer, me, post, rule
from incident.errors import NotFound
from incident.routes import s_id
from radio_bridge.net import control, relays, roll_call, schedule
from radio_bridge.net import queries as net
from radio_bridge.net import schemas as n

api = Door("radio_net", __name__, url_prefix="/api/v1", description="Roll-calls and net control for voice")
CSV_COLUMNS = ("said_at", "kind", "call_sign", "signal", "report", "written_by", "written_at", "struck_by")


@api.get("/radio/net")
@rule(api, "radio.read")
@api.response(200, s.Anything)
def read_net() -> Response:
    """Roll-calls with each station's score of 30 days, when the next is due, the voice net that is open and the last.

    `scores` is by station number: {days, days_answered, asked, answered, delay_s}.
    """
    here, now = post(), post().clock()
    hours = schedule.hours_of(here.settings.roll_call)
    with here.database.read() as conn:
        standing = net.standing_net(conn)
        told = {
            "roll_calls": net.call_cards(conn),
            "scores": {str(one): score for one, score in net.scores(conn, now, here.settings.site.zone).items()},
            "nets": net.net_cards(conn),
            "net": _whole(conn, standing) if standing else None,
            "expected": net.expected(conn),
        }
    due = schedule.next_after(hours, here.settings.site.zone, now)
    return answer({**told, "next_at": due.isoformat() if due else None})


def _whole(conn: Any, row: Any) -> dict[str, Any]:
    lines = net.lines_of(conn, row["id"])
    return {**net.net_card(row, lines), "lines": [_said(net.line_card(one)) for one in lines]}


def _said(line: dict[str, Any]) -> dict[str, Any]:
    """The words of an order are ours, so they are said in the language of the screen; a report is somebody's own."""
    return {**line, "report": sayings.here(line["report"])} if line["kind"] == "order" else line


@api.post("/radio/rollcalls")
@rule(api, "radio.say", 404, 409)
@api.response(201, s.EntryOut)
@api.arguments(n.RollCallIn)
def call_stations(given: dict[str, Any]) -> Response:
    """Ask all stations now to say that they are there."""
    return answer(post().do(roll_call.begin, me().name, str(given["uid"])), 201)


@api.put("/radio/relays")
@rule(api, "unit.manage", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(n.RelaysIn)
def set_relays(given: dict[str, Any]) -> Response:
    """Say anew which stations repeat for those whom the centre does not hear, and in which order they speak."""
    uid = str(given.pop("uid"))
    return answer(post().do(relays.set_relays, me().name, uid, **given))


@api.post("/radio/nets")
@rule(api, "radio.say", 409)
@api.response(201, s.EntryOut)
@api.arguments(n.VoiceNetIn)
def open_net(given: dict[str, Any]) -> Response:
    """Open a net on a voice channel."""
    uid = str(given.pop("uid"))
    return answer(post().do(control.open_net, me().name, uid, **given), 201)


@api.get("/radio/nets/<int:net_id>")
@rule(api, "radio.read", 404)
@api.response(200, s.Anything)
def read_voice_net(net_id: int) -> Response:
    """One voice net with its whole log."""
    with post().database.read() as conn:
        return answer(_whole(conn, _found(conn, s_id(net_id))))


def _found(conn: Any, net_id: int) -> Any:
    row = net.find_net(conn, net_id)
    if row is None:
        raise NotFound("Jaring itu tidak ada.")
    return row


@api.post("/radio/nets/<int:net_id>/lines")
@rule(api, "radio.say", 404, 409)
@api.response(201, s.EntryOut)
@api.arguments(n.VoiceLineIn)
def log_line(given: dict[str, Any], net_id: int) -> Response:
    """Write down a line: who checked in, who did not answer, what was passed on."""
    uid = str(given.pop("uid"))
    return answer(post().do(control.log_line, me().name, uid, s_id(net_id), **given), 201)


@api.post("/radio/nets/<int:net_id>/orders")
@rule(api, "radio.say", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(n.VoiceOrderIn)
def give_order(given: dict[str, Any], net_id: int) -> Response:
    """An order to all stations of the net: silence, lift, emergency, routine."""
    return answer(post().do(control.order, me().name, str(given["uid"]), s_id(net_id), given["order"]))


@api.post("/radio/nets/<int:net_id>/close")
@rule(api, "radio.say", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(n.VoiceKeyIn)
def close_net(given: dict[str, Any], net_id: int) -> Response:
    """Close a voice net; its log stays."""
    return answer(post().do(control.close_net, me().name, str(given["uid"]), s_id(net_id)))


@api.post("/radio/lines/<int:line_id>/strike")
@rule(api, "radio.say", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(n.VoiceKeyIn)
def strike_line(given: dict[str, Any], line_id: int) -> Response:
    """Strike a line that was written wrongly; it stays readable."""
    return answer(post().do(control.strike, me().name, str(given["uid"]), s_id(line_id)))


@api.get("/radio/nets/<int:net_id>/log.csv")
@rule(api, "radio.read", 404)
@api.response(200, s.Anything, content_type="text/csv")
def net_csv(net_id: int) -> Response:
    """The log of a voice net as a table (ICS 309), times in the site's zone."""
    zone = ZoneInfo(post().settings.site.zone)
    with post().database.read() as conn:
        _found(conn, s_id(net_id))
        lines = net.lines_of(conn, s_id(net_id))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(CSV_COLUMNS)
    for one in lines:
        times = {name: one[name].astimezone(zone).isoformat(timespec="seconds") for name in ("said_at", "written_at")}
        writer.writerow([_plain({**one, **times}[name]) for name in CSV_COLUMNS])
    headers = {"Cache-Control": "no-store", "Content-Disposition": f"attachment; filename=jaring-{net_id}.csv"}
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv", headers=headers)


def _plain(value: object) -> str:
    """A table program must not take words for a formula."""
    words = "" if value is None else str(value)
    return f"'{words}" if words[:1] in "=+-@\t" and words else words
