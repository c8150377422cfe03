"""The verbs of the air: queue a message, ask the stations, take back what went out.

Each writes rows and, last, its entry, in one transaction; done twice with one key it writes once. Nothing that names a
person, and no telephone number, ever goes on the air: an alert carries what, where and what to do. What becomes of a
message is in outcomes.py, what comes in by radio in hearing.py, who is on the net in net/stations.py.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import insert, select, update

from alerts.models import Alert as AlertRow
from incident.models import Incident, IncidentType
from incident.post import Act, uid_from
from radio_bridge import queries, radiogram
from radio_bridge.cost import channel_of, cost_on_air
from radio_bridge.entries import facts_of, incident_of
from radio_bridge.models import Reception, Transmission
from radio_bridge.outcomes import record_superseded
from radio_bridge.queries import Row
from radio_bridge.radiogram import Alert, Cancel, Radiogram, RollCall, saying
from radio_bridge.spool import radiogram_body, radiogram_of
from radio_bridge.wording import alert_on_air, text_on_air

_NOTICE_VALID = dt.timedelta(hours=2)


def queue_alert(act: Act, alert: Row, deliveries: Iterable[Row]) -> str | None:
    """Queue one broadcast of an alert for all these deliveries; its uid, or None when no unit has a radio.

    deliveries: rows with id and unit_id. Those whose unit has no station get no reception; the desk fails them.
    """
    of_units = {one["unit_id"]: one["id"] for one in deliveries}
    numbers = queries.stations_of_units(act.conn, of_units)
    roster = {number: of_units[unit_id] for unit_id, number in numbers.items()}
    if not roster:
        return None
    uid = uid_from("transmission", alert["id"], alert["revision"], *sorted(of_units.values()))
    if queries.find_transmission(act.conn, uid):
        return uid
    names, channel = queries.callers_of(act.conn, alert["incident_id"]), channel_of(act.post.settings.radio)
    words, short_of = alert_on_air(alert, _type_name(act, alert), names, channel)
    ref = _ref_of(act, alert, set(roster), words.revision)
    row = _row(act, uid, "alert", words, alert["expires_at"], {"alert_id": alert["id"], "ref": ref, "reason": short_of})
    _store(act, row, roster)
    for went in _went_out(act, _older_revisions(act, alert)):
        if went.ref != ref and went.stations & set(roster):
            _cancel(act, alert, went)
    return uid


def _type_name(act: Act, alert: Row) -> str:
    """What the incident is, in Bahasa Indonesia; empty for an alert about none."""
    of_incident = select(IncidentType.name_id).join(Incident, Incident.type == IncidentType.code)
    return act.conn.scalar(of_incident.where(Incident.id == alert["incident_id"])) or ""


@dataclass(frozen=True)
class _Went:
    """What may be on the air under one number: of one alert, by several revisions."""

    ref: int
    uid: str
    """Of the newest ask."""
    revision: int
    stations: set[int]
    expires_at: dt.datetime


def _ref_of(act: Act, alert: Row, roster: set[int], revision: int) -> int | None:
    """The number an earlier revision went out with, so that the newer replaces it in the field; None for a new one.

    Only a number whose stations are all asked anew, and that nothing newer has: neither a cancel nor another ask.
    """
    older = _older_revisions(act, alert)
    used = queries.refs_of_alerts(act.conn, older, "cancel") | queries.refs_of_alerts(act.conn, [alert["id"]], "alert")
    for went in _numbered(act, queries.asks_of_alerts(act.conn, older)):
        if went.ref not in used and went.stations <= roster and went.revision < revision:
            return went.ref
    return None


def _went_out(act: Act, alert_ids: list[int]) -> list[_Went]:
    """What may have been on the air of these revisions; what has not gone out yet never does."""
    asks = queries.asks_of_alerts(act.conn, alert_ids)
    for ask in asks:
        if ask["state"] == "queued":
            record_superseded(act, ask["uid"])
    never = ("queued", "superseded", "failed")
    return _numbered(act, [ask for ask in asks if ask["keyed_at"] is not None or ask["state"] not in never])


def _numbered(act: Act, asks: Iterable[Row]) -> list[_Went]:
    """Asks, oldest first, put together by their number."""
    found: dict[int, _Went] = {}
    for ask in asks:
        stations = {one["station"] for one in queries.receptions_of(act.conn, ask["id"])}
        revision, before = int(json.loads(ask["radiogram"])["revision"]), found.get(ask["ref"])
        if before is not None:
            stations, revision = stations | before.stations, max(revision, before.revision)
        found[ask["ref"]] = _Went(ask["ref"], ask["uid"], revision, stations, ask["expires_at"])
    return list(found.values())


def _older_revisions(act: Act, alert: Row) -> list[int]:
    found, before = [], alert["supersedes_id"]
    while before is not None and before not in found:
        found.append(before)
        before = act.conn.scalar(select(AlertRow.supersedes_id).where(AlertRow.id == before))
    return found


def queue_cancel(act: Act, alert: Row) -> list[str]:
    """Take back on the air what went out of this alert and its older revisions; what has not gone out yet never does.

    Of one that a newer revision replaced, only what the newer does not itself replace on the air.
    """
    alert_ids = [alert["id"], *_older_revisions(act, alert)]
    newer = _newer_revisions(act, alert) if alert["state"] == "superseded" else []
    carried, coming = queries.refs_of_alerts(act.conn, newer, "alert"), queries.stations_to_come(act.conn, newer)
    gone = [one for one in _went_out(act, alert_ids) if one.ref not in carried and not one.stations <= coming]
    return [uid for one in gone if (uid := _cancel(act, alert, one))]


def _newer_revisions(act: Act, alert: Row) -> list[int]:
    found, ids = [], [alert["id"]]
    while ids := list(act.conn.scalars(select(AlertRow.id).where(AlertRow.supersedes_id.in_(ids)))):
        found += ids
    return found


def _cancel(act: Act, alert: Row, went: _Went) -> str | None:
    uid = uid_from("cancel", went.uid)
    if queries.find_transmission(act.conn, uid):
        return uid
    if act.now >= went.expires_at:
        return None
    words = Cancel(went.ref, went.revision + 1, int(alert["priority"][1]), exercise=bool(alert["exercise"]))
    facts = {"alert_id": alert["id"], "ref": went.ref}
    _store(act, _row(act, uid, "cancel", words, went.expires_at, facts), dict.fromkeys(went.stations))
    return uid


def queue_text(
    act: Act, text: str, to: str | None = None, priority: int = 3, valid: dt.timedelta = _NOTICE_VALID
) -> dict[str, Any]:
    """Queue words to one station (its call sign) or to all. priority 0 (first) to 3.

    Raises NotFound for an unknown station, BadReport for words that do not fit a frame (nothing is cut).
    """
    if earlier := act.earlier("transmission.queued"):
        return {"uid": earlier.body["transmission"], "stations": earlier.body["stations"]}
    roster = queries.addressed(act.conn, to)
    settings = act.post.settings
    words = text_on_air(text, to is not None, priority, settings.exercise, channel_of(settings.radio))
    uid = act.uid or uid_from("text", act.by, act.now, text)
    _store(act, _row(act, uid, "text" if to else "notice", words, act.now + valid), dict.fromkeys(roster))
    return {"uid": uid, "stations": roster}


def queue_roll_call(act: Act, valid: dt.timedelta) -> tuple[int, list[int]]:
    """Ask every station of ours to say that it is there: (id of the transmission, its roster). Raises NotFound."""
    roster = queries.addressed(act.conn, None)
    uid = uid_from("rollcall", act.now)
    words = RollCall(0, roster=tuple(roster), exercise=act.post.settings.exercise)
    _store(act, _row(act, uid, "rollcall", words, act.now + valid), dict.fromkeys(roster))
    row = queries.find_transmission(act.conn, uid)
    assert row is not None
    return int(row["id"]), roster


def _row(
    act: Act, uid: str, kind: str, words: Radiogram, expires_at: dt.datetime, facts: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    words = _valid_until(words, expires_at, act.now)
    cost = cost_on_air(words, channel_of(act.post.settings.radio))
    return {
        "uid": uid,
        "kind": kind,
        "text": saying.say(words),
        "priority": getattr(words, "priority", 3),
        "state": "queued",
        "rounds": 0,
        "radiogram": json.dumps(radiogram_body(words)),
        "bytes_on_air": cost.bytes,
        "airtime_s": round(cost.seconds, 3),
        "written_by": act.by,
        "queued_at": act.now,
        "expires_at": expires_at,
        **(facts or {}),
    }


def _valid_until(words: Radiogram, expires_at: dt.datetime, now: dt.datetime) -> Radiogram:
    """With the minutes that are left; the link counts them down again when it keys."""
    if not isinstance(words, Alert | Cancel):
        return words
    left_min = int((expires_at - now).total_seconds() // 60)
    return replace(words, expires_min=max(1, min(radiogram.EXPIRES_MAX_MIN, left_min)))


def _store(act: Act, row: dict[str, Any], roster: Mapping[int, int | None]) -> None:
    """The message, one reception for each station, and the entry. roster: station -> its delivery."""
    row_id = act.conn.execute(insert(Transmission).returning(Transmission.id), row).scalar_one()
    if row.get("ref") is None and row["kind"] in ("alert", "notice", "rollcall"):
        # Row ids differ in the eleven bits an answer quotes for the next 2,048 messages.
        _number(act, row_id, row_id % 65_536, row["radiogram"])
    elif row.get("ref") is not None:
        _number(act, row_id, row["ref"], row["radiogram"])
    receptions = [
        {
            "transmission_id": row_id,
            "station": station,
            "delivery_id": delivery,
            "state": "queued",
            "changed_at": act.now,
        }
        for station, delivery in sorted(roster.items())
    ]
    act.conn.execute(insert(Reception), receptions)
    act.append("transmission.queued", facts_of(row, stations=sorted(roster)), incident_of(act, row))


def _number(act: Act, row_id: int, ref: int, body: str) -> None:
    numbered = json.dumps({**json.loads(body), "ref": ref})
    text = saying.say(radiogram_of(json.loads(numbered)))
    changed = {"ref": ref, "radiogram": numbered, "text": text}
    act.conn.execute(update(Transmission).where(Transmission.id == row_id).values(**changed))
