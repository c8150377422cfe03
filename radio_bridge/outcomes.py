"""What became of a message of ours: taken by the radio, on the air, heard, seen, silent, refused, too late.

Each writes rows and, last, its entry, in one transaction; done twice it writes once. What it means for an alert's
deliveries is told to the alert room.
"""

import datetime as dt

from sqlalchemy import select, update

import alerts.actions
from alerts.models import Delivery
from incident.post import Act
from radio_bridge import queries
from radio_bridge.entries import facts_of, incident_of
from radio_bridge.models import Reception, Transmission
from radio_bridge.net import stations
from radio_bridge.queries import Row
from radio_bridge.radiogram import Level

_STATE_OF_LEVEL = {Level.PRESENT: "heard", Level.HEARD: "heard", Level.SEEN: "seen", Level.READ_BACK: "read_back"}
_WEAKEST_FIRST = ("queued", "keyed", "unknown", "failed", "expired", "superseded", "heard", "seen", "read_back")


def record_taken(act: Act, uid: str) -> bool:
    """It belongs to the radio's spool: a cancel must follow it from now on. False when it was taken back before."""
    mine = update(Transmission).where(Transmission.uid == uid, Transmission.state == "queued")
    return bool(act.conn.execute(mine.values(state="spooled")).rowcount)


def record_keyed(act: Act, uid: str, at: dt.datetime | None = None) -> None:
    """It was on the air for the first time; nobody is known to have it."""
    row = _open(act, uid)
    if row is None or row["keyed_at"] is not None:
        return
    changed = {"state": "keyed", "keyed_at": at or act.now, "rounds": max(row["rounds"], 1)}
    act.conn.execute(update(Transmission).where(Transmission.id == row["id"]).values(**changed))
    raised = _raise_all(act, row["id"], "keyed")
    act.append("transmission.keyed", facts_of(row), incident_of(act, row))
    if deliveries := [one["delivery_id"] for one in raised if one["delivery_id"]]:
        alerts.actions.record_keyed(act, deliveries)


def record_round(act: Act, uid: str, rounds: int) -> None:
    """It went out again, to those who are missing."""
    mine = update(Transmission).where(Transmission.uid == uid, Transmission.rounds < rounds)
    act.conn.execute(mine.values(rounds=rounds))


def record_ack(act: Act, uid: str, station: int, level: Level, at: dt.datetime, via: int | None = None) -> None:
    """A station has it: its device (HEARD), or a person there has seen or read it back.

    via: whose word it is; an overheard answer proves the message, not that the station was heard by us.
    """
    row = queries.find_transmission(act.conn, uid)
    reception = _reception(act, row["id"], station) if row else None
    if row is None or reception is None:
        return
    if via in (None, station):
        stations.was_heard(act, station, at)
    if not _raise(act, reception, _STATE_OF_LEVEL[level]):
        return
    _settle(act, row)
    if reception["delivery_id"] is None:
        state = _STATE_OF_LEVEL[level]
        act.append("transmission.heard", facts_of(row, station=station, call_sign=reception["call_sign"], state=state))
    elif level >= Level.SEEN:
        of_delivery = select(Delivery.recipient_id).where(Delivery.id == reception["delivery_id"])
        recipient_id = act.conn.execute(of_delivery).scalar_one()
        alerts.actions.record_seen(act, recipient_id, by=reception["call_sign"], via="radio", at=at)
    else:
        alerts.actions.record_heard(act, reception["delivery_id"])


def record_silence(act: Act, uid: str, station: int, state: str, reason: str) -> None:
    """A station never answered. state: "unknown" (it was on the air, perhaps they have it) or "failed"."""
    row = queries.find_transmission(act.conn, uid)
    reception = _reception(act, row["id"], station) if row else None
    if row is None or reception is None or not _raise(act, reception, state):
        return
    _settle(act, row)
    facts = facts_of(row, station=station, call_sign=reception["call_sign"], state=state, reason=reason[:200])
    act.append("transmission.failed", facts, incident_of(act, row))
    if reception["delivery_id"]:
        alerts.actions.record_failed(act, [reception["delivery_id"]], reason[:200])


def record_expired(act: Act, uid: str) -> None:
    """Its time is over: those who have it have it, the others are never asked late."""
    row = _open(act, uid)
    if row is None:
        return
    for one in queries.receptions_of(act.conn, row["id"]):
        _raise(act, one, "unknown" if one["state"] == "keyed" else "expired")
    act.conn.execute(update(Transmission).where(Transmission.id == row["id"]).values(state="expired"))
    act.append("transmission.expired", facts_of(row), incident_of(act, row))


def record_refused(act: Act, uid: str, reason: str) -> None:
    """The link would not send it; the reason is a sentence for the operator."""
    row = _open(act, uid)
    if row is None:
        return
    changed = {"state": "failed", "reason": reason[:200]}
    act.conn.execute(update(Transmission).where(Transmission.id == row["id"]).values(**changed))
    raised = _raise_all(act, row["id"], "failed")
    act.append("transmission.failed", facts_of(row, reason=reason[:200]), incident_of(act, row))
    if deliveries := [one["delivery_id"] for one in raised if one["delivery_id"]]:
        alerts.actions.record_failed(act, deliveries, reason[:200])


def record_superseded(act: Act, uid: str) -> None:
    """A newer revision or a cancel took its place."""
    row = queries.find_transmission(act.conn, uid)
    if row is None or row["state"] == "superseded":
        return
    act.conn.execute(update(Transmission).where(Transmission.id == row["id"]).values(state="superseded"))
    _raise_all(act, row["id"], "superseded")


def fail_stationless(act: Act, delivery_ids: list[int]) -> None:
    """Deliveries by radio to units that have no radio: say so, instead of letting them look queued."""
    alerts.actions.record_failed(act, delivery_ids, "Satuan ini tidak punya stasiun radio.")


def _open(act: Act, uid: str) -> Row | None:
    row = queries.find_transmission(act.conn, uid)
    return row if row and row["state"] in queries.OPEN_STATES else None


def _reception(act: Act, transmission_id: int, station: int) -> Row | None:
    return next((one for one in queries.receptions_of(act.conn, transmission_id) if one["station"] == station), None)


def _raise(act: Act, reception: Row, state: str) -> bool:
    """Only ever towards knowing more: a late "keyed" never takes back a "seen"."""
    if _WEAKEST_FIRST.index(state) <= _WEAKEST_FIRST.index(reception["state"]):
        return False
    changed = {"state": state, "changed_at": act.now}
    act.conn.execute(update(Reception).where(Reception.id == reception["id"]).values(**changed))
    return True


def _raise_all(act: Act, transmission_id: int, state: str) -> list[Row]:
    return [one for one in queries.receptions_of(act.conn, transmission_id) if _raise(act, one, state)]


def _settle(act: Act, row: Row) -> None:
    """A message is done when every station has it, and failed when the last answer is a silence."""
    states = {one["state"] for one in queries.receptions_of(act.conn, row["id"])}
    if states & {"queued", "keyed"} or row["state"] == "superseded":
        return
    state = "done" if states <= set(queries.HAS_IT) else "expired" if row["state"] == "expired" else "failed"
    act.conn.execute(update(Transmission).where(Transmission.id == row["id"]).values(state=state))
