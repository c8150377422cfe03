"""Roll-calls (pengecekan stasiun): begun by the clock or by hand, judged when over; a task for each that kept silent.

A station is asked only in what went on the air: a port that was away is nobody's silence.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select, update

from incident.casework import actions as casework
from incident.casework import tasks
from incident.casework.models import Task
from incident.errors import WrongState
from incident.pace import at_most_every
from incident.post import Act, Post, uid_from
from radio_bridge import actions, queries
from radio_bridge.net import entries, schedule
from radio_bridge.net import queries as net
from radio_bridge.net.models import RollCalled
from radio_bridge.profiles import profile_of

assert entries
DAILY, BY_HAND = "daily", "hand"
LOOK_S = 2.0
VALID_S, VALID_EACH_S = 90.0, 2.0
"""How long stations are asked: for the rounds to those who missed the first, and for each slot."""
DUE = dt.timedelta(hours=24)
_task = Task.__table__


def look(post: Post) -> bool:
    """Begin the roll-call that is due and judge those that are over; answers whether anything was done."""
    settings, now = post.settings, post.clock()
    due = schedule.due_since(schedule.hours_of(settings.roll_call), settings.site.zone, now)
    with post.database.read() as conn:
        open_calls = net.unjudged(conn)
        begins = due is not None and not open_calls and may_call(conn, post) and not net.was_called(conn, DAILY, due)
    if begins:
        post.do(begin, "relay", uid_from("roll_call", due), DAILY)
    over = [one["id"] for one in open_calls if one["state"] not in queries.OPEN_STATES]
    for call_id in over:
        post.do(judge, "relay", uid_from("roll_call.ended", call_id), call_id)
    return begins or bool(over)


step = at_most_every(LOOK_S)(look)


def may_call(conn: Any, post: Post) -> bool:
    """Whether there is anybody to call, on a channel where devices may speak."""
    is_ours = any(row["revoked_at"] is None for row in queries.stations(conn))
    return is_ours and profile_of(post.settings.radio).content != "voice"


def begin(act: Act, kind: str = BY_HAND) -> dict[str, Any]:
    """Call all stations. Raises NotFound without any, WrongState while a roll-call is on or where people only speak."""
    if earlier := act.earlier("roll_call.begun"):
        return earlier.told()
    if net.unjudged(act.conn):
        raise WrongState("Pengecekan stasiun sedang berjalan; tunggu sampai selesai.", allowed=[])
    if profile_of(act.post.settings.radio).content == "voice":
        raise WrongState("Di kanal ini hanya orang yang berbicara; panggil stasiun lewat suara.", allowed=[])
    uid, act.uid = act.uid, None
    n_stations = sum(row["revoked_at"] is None for row in queries.stations(act.conn))
    valid = dt.timedelta(seconds=VALID_S + VALID_EACH_S * n_stations)
    transmission_id, roster = actions.queue_roll_call(act, valid)
    row = {"transmission_id": transmission_id, "kind": kind, "begun_by": act.by, "begun_at": act.now}
    zero = {"asked": len(roster), "answered": 0, "was_on_air": False}
    call_id = act.conn.execute(insert(RollCalled).returning(RollCalled.id), row | zero).scalar_one()
    act.uid = uid
    return act.append("roll_call.begun", {"roll_call": call_id, "kind": kind, "stations": len(roster)}).told()


def judge(act: Act, call_id: int) -> None:
    """Count who answered; a task for each station that did not, and the end of the task of each that did."""
    call = net.find_call(act.conn, call_id)
    if call is None or call["ended_at"] is not None:
        return
    rows = queries.receptions_of(act.conn, call["transmission_id"])
    silent = [row for row in rows if row["state"] not in queries.HAS_IT]
    was_on_air = call["keyed_at"] is not None
    told = {"ended_at": act.now, "answered": len(rows) - len(silent), "was_on_air": was_on_air}
    act.conn.execute(update(RollCalled).where(RollCalled.id == call_id).values(**told))
    uid, act.uid = act.uid, None
    if was_on_air:
        _follow_up(act, rows)
    act.uid = uid
    facts = {"roll_call": call_id, "asked": len(rows), "answered": told["answered"], "was_on_air": was_on_air}
    act.append("roll_call.ended", facts | {"silent": [row["call_sign"] for row in silent]})


def _follow_up(act: Act, rows: list[Any]) -> None:
    for row in rows:
        standing = _open_task(act, row["station"])
        if row["state"] in queries.HAS_IT:
            if standing is not None:
                casework.change_task(act, standing, "done")
        elif standing is None:
            _write_task(act, row)


def _open_task(act: Act, station: int) -> int | None:
    """The one task about this station's silence that is still open."""
    mine = (_task.c.kind == _kind(station), _task.c.state == "open")
    return act.conn.scalar(select(_task.c.id).where(*mine).limit(1))


def _write_task(act: Act, row: Mapping[Any, Any]) -> None:
    words = f"Stasiun {row['call_sign']} tidak menjawab pengecekan: periksa radio, baterai dan antena."
    if act.post.settings.exercise:
        words = f"LATIHAN {words} LATIHAN"
    task_id = tasks.insert_task(act, kind=_kind(row["station"]), words=words, due_at=act.now + DUE)
    act.append("task.added", {"task": task_id, "cards": {"tasks": tasks.cards(act, [task_id])}})


def _kind(station: int) -> str:
    return f"station {station}"
