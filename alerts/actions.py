"""The verbs of the alert room: write, approve, climb, hand over, acknowledge, end."""

import datetime as dt
from collections.abc import Iterable, Mapping
from textwrap import shorten
from typing import Any

from sqlalchemy import insert, select, update

from alerts import queries, rules
from alerts.models import Alert, Delivery, Recipient
from incident import journal
from incident.casework.belongings import Belonging, belongs
from incident.duty import alarms
from incident.errors import BadReport, NotAllowed, NotFound, WrongState
from incident.models import Unit
from incident.post import Act, uid_from

journal.declare(
    {
        "alert.written": "An alert was written; where the table asks for it, it waits for a second person.",
        "alert.approved": "A person approved the frozen text; the ladder began.",
        "alert.cancelled": "An alert was taken back.",
        "alert.superseded": "A newer revision of an alert began; this one is over.",
        "alert.expired": "An alert's time was over; it is never sent late.",
        "alert.ended": "An alert ended with its incident.",
        "alert.climbed": "No person had answered in time; the next rung of the ladder began.",
        "alert.seen": "A person acknowledged an alert.",
        "delivery.handed": "Deliveries were handed to their channel.",
        "delivery.keyed": "The radio put an alert on the air.",
        "delivery.heard": "A device has an alert; no person has seen it yet.",
        "delivery.failed": "A way out failed for a recipient.",
    }
)
belongs("alerts", Belonging(Alert.__table__, queries.cards_on_board, queries.why_not_moved))


# writing and approving


def write_alert(
    act: Act,
    order: str,
    text: str,
    priority: str,
    unit_ids: list[int],
    expires_in_min: int,
    incident_id: int | None = None,
    headline: str | None = None,
    audience: str = "units",
) -> dict[str, Any]:
    """Write an alert to units. It starts at once unless a second person must approve it."""
    if earlier := act.earlier("alert.written"):
        return earlier.told()
    _check_units(act, unit_ids)
    row = _alert_row(act, order, text, priority, unit_ids, expires_in_min, incident_id, headline, audience)
    alert_id = act.conn.execute(insert(Alert).returning(Alert.id), row).scalar_one()
    _insert_recipients(act, alert_id, unit_ids)
    if not rules.needs_second(order, audience):
        return _start(act, alert_id, "alert.written").told()
    return _tell(act, "alert.written", alert_id, _ids(act, alert_id)).told()


def _alert_row(
    act: Act,
    order: str,
    text: str,
    priority: str,
    unit_ids: list[int],
    expires_in_min: int,
    incident_id: int | None,
    headline: str | None,
    audience: str,
) -> dict[str, Any]:
    exercise = act.post.settings.exercise
    place = queries.find_place(act.conn, incident_id) if incident_id else None
    if incident_id and place is None:
        raise NotFound("Kejadian itu tidak ada.", "incident_id")
    words = rules.words_on_air(text, exercise)
    title = headline or shorten(text, 80, placeholder=" …")
    return {
        "incident_id": incident_id,
        "revision": 0,
        "priority": priority,
        "audience_kind": audience,
        "order": order,
        "headline": title,
        "text": words,
        "place": place["place"] if place else "",
        "lon": place["lon"] if place else None,
        "lat": place["lat"] if place else None,
        "exercise": exercise,
        "state": "draft",
        "text_hash": rules.text_hash(title, words, order, unit_ids),
        "written_by": act.by,
        "written_at": act.now,
        "expires_at": act.now + dt.timedelta(minutes=expires_in_min),
    }


def _check_units(act: Act, unit_ids: list[int]) -> None:
    if not unit_ids:
        raise BadReport("Pilih paling sedikit satu satuan yang harus menerima siaran ini.", "unit_ids")
    known = set(act.conn.scalars(select(Unit.id).where(Unit.id.in_(unit_ids))))
    if missing := [str(one) for one in unit_ids if one not in known]:
        raise BadReport(f"Satuan ini tidak ada: {', '.join(missing)}.", "unit_ids")


def _insert_recipients(act: Act, alert_id: int, unit_ids: list[int]) -> None:
    rows = [{"alert_id": alert_id, "unit_id": one, "state": "waiting", "rung": 0} for one in dict.fromkeys(unit_ids)]
    act.conn.execute(insert(Recipient), rows)


def update_alert(act: Act, alert_id: int, text: str, expires_in_min: int, order: str | None = None) -> dict[str, Any]:
    """Write the next revision of an active alert, for the same units; the older ends when this one begins."""
    if earlier := act.earlier("alert.written"):
        return earlier.told()
    old = _alert_of(act, alert_id, "supersede")
    unit_ids = [one["unit_id"] for one in queries.recipients_of(act.conn, alert_id)]
    order, audience = order or old["order"], old["audience_kind"]
    row = _alert_row(
        act, order, text, old["priority"], unit_ids, expires_in_min, old["incident_id"], None, audience
    ) | {"revision": old["revision"] + 1, "supersedes_id": alert_id}
    newer = act.conn.execute(insert(Alert).returning(Alert.id), row).scalar_one()
    _insert_recipients(act, newer, unit_ids)
    if rules.needs_second(order, audience):
        return _tell(act, "alert.written", newer, _ids(act, newer)).told()
    return _start(act, newer, "alert.written").told()


def approve_alert(act: Act, alert_id: int, text_hash: str | None = None) -> dict[str, Any]:
    """Approve the frozen text as a second, different person; the ladder begins."""
    if earlier := act.earlier("alert.approved"):
        return earlier.told()
    alert = _alert_of(act, alert_id, "approve")
    if alert["written_by"] == act.by:
        raise NotAllowed("Siaran ini harus disetujui orang kedua, bukan penulisnya.")
    if text_hash is not None and text_hash != alert["text_hash"]:
        raise WrongState("Teks siaran sudah berubah; baca lagi sebelum menyetujui.", allowed=["approve", "cancel"])
    if (act.now - alert["written_at"]).total_seconds() > rules.APPROVAL_S:
        raise WrongState("Lewat sepuluh menit sejak ditulis; tulis siaran baru.", allowed=["cancel"])
    return _start(act, alert_id, "alert.approved").told()


def _start(act: Act, alert_id: int, kind: str) -> journal.Line:
    approved = {"state": "active", "approved_by": act.by, "approved_at": act.now}
    act.conn.execute(update(Alert).where(Alert.id == alert_id).values(**approved))
    ids = _ids(act, alert_id)
    _enter_rung(act, alert_id, ids, 0)
    line = _tell(act, kind, alert_id, ids)
    _supersede_older(act, alert_id)
    return line


def _supersede_older(act: Act, alert_id: int) -> None:
    """The revision before this one is over from the moment this one begins."""
    older = act.conn.scalar(select(Alert.supersedes_id).where(Alert.id == alert_id))
    alert = queries.find_alert(act.conn, older) if older else None
    if alert and (alert["state"], "supersede") in rules.ALERT_LIFE:
        _finish(act, alert["id"], "superseded", "superseded", "alert.superseded", {"by_alert": alert_id})


def _enter_rung(act: Act, alert_id: int, recipient_ids: list[int], rung: int) -> None:
    """Put recipients on a rung: their clock, and a delivery by each of its channels."""
    alert = queries.find_alert(act.conn, alert_id)
    assert alert is not None
    step = rules.rung_of(alert["priority"], rung)
    wait_s = rules.wait_s(alert["priority"], rung, act.post.settings.ladder_s)
    next_at = act.now + dt.timedelta(seconds=wait_s) if wait_s is not None else None
    clock = {"rung": rung, "next_rung_at": next_at}
    act.conn.execute(update(Recipient).where(Recipient.id.in_(recipient_ids)).values(**clock))
    rows = [
        _delivery_row(act, alert, one, channel) for one in recipient_ids for channel in (step.channels if step else ())
    ]
    if rows:
        act.conn.execute(insert(Delivery), rows)


def _delivery_row(act: Act, alert: Mapping[Any, Any], recipient_id: int, channel: str) -> dict[str, Any]:
    return {
        "recipient_id": recipient_id,
        "channel": channel,
        "uid": uid_from("delivery", alert["id"], alert["revision"], recipient_id, channel),
        "state": "waiting",
        "due_at": act.now,
        "attempts": 0,
        "changed_at": act.now,
    }


def cancel_alert(act: Act, alert_id: int, text: str | None = None) -> dict[str, Any]:
    """Take an alert back; what is not out yet never goes out, what is gets a cancel by the same channels."""
    if earlier := act.earlier("alert.cancelled"):
        return earlier.told()
    _alert_of(act, alert_id, "cancel")
    return _finish(act, alert_id, "cancelled", "superseded", "alert.cancelled", {"text": text} if text else {}).told()


def expire_alert(act: Act, alert_id: int) -> bool:
    """End an alert whose time is over; answers whether it was still standing."""
    alert = queries.find_alert(act.conn, alert_id)
    if alert is None or alert["state"] not in rules.ON_BOARD or alert["expires_at"] > act.now:
        return False
    _finish(act, alert_id, "expired", "expired", "alert.expired", {})
    return True


def end_alert(act: Act, alert_id: int) -> None:
    """End an alert because its incident is over."""
    alert = queries.find_alert(act.conn, alert_id)
    if alert is None or alert["state"] not in rules.ON_BOARD:
        return
    state = rules.ALERT_LIFE[(alert["state"], "end")]
    _finish(act, alert_id, state, "superseded", "alert.ended", {})


def _finish(
    act: Act, alert_id: int, state: str, recipient_state: str, kind: str, facts: dict[str, Any]
) -> journal.Line:
    ids = _ids(act, alert_id)
    open_ones = [state for state in rules.KNOWN if state not in rules.BY_A_PERSON]
    act.conn.execute(update(Alert).where(Alert.id == alert_id).values(state=state))
    closed = {"state": recipient_state, "changed_at": act.now}
    act.conn.execute(
        update(Delivery).where(Delivery.recipient_id.in_(ids), Delivery.state.in_(open_ones)).values(**closed)
    )
    act.conn.execute(update(Recipient).where(Recipient.id.in_(ids)).values(next_rung_at=None))
    act.conn.execute(
        update(Recipient).where(Recipient.id.in_(ids), Recipient.state.in_(open_ones)).values(state=recipient_state)
    )
    return _tell(act, kind, alert_id, ids, facts)


# the ladder and the channels


def climb(act: Act, alert_id: int, recipient_ids: list[int]) -> bool:
    """Put recipients whose time is over on their next rung; answers whether anything moved."""
    alert = queries.find_alert(act.conn, alert_id)
    if alert is None or alert["state"] != "active":
        return False
    waiting = [one for one in (queries.find_recipient(act.conn, each) for each in recipient_ids) if one]
    due = [one for one in waiting if one["next_rung_at"] and one["next_rung_at"] <= act.now]
    due = [one for one in due if one["state"] not in rules.BY_A_PERSON]
    for rung in sorted({one["rung"] for one in due}):
        ids = [one["id"] for one in due if one["rung"] == rung]
        _enter_rung(act, alert_id, ids, rung + 1)
        step = rules.rung_of(alert["priority"], rung + 1)
        facts = {"rung": rung + 1, "channels": list(step.channels) if step else []}
        _tell(act, "alert.climbed", alert_id, ids, facts)
    return bool(due)


def hand_over(act: Act, alert_id: int, channel: str, delivery_ids: list[int], state: str) -> None:
    """Deliveries were given to their channel; `state` is what is true of them now (queued, sent)."""
    changed = {"state": state, "changed_at": act.now, "attempts": Delivery.attempts + 1}
    act.conn.execute(update(Delivery).where(Delivery.id.in_(delivery_ids)).values(**changed))
    ids = list(act.conn.scalars(select(Delivery.recipient_id).where(Delivery.id.in_(delivery_ids))))
    for recipient_id in ids:
        _strengthen(act, recipient_id, state)
    _tell(act, "delivery.handed", alert_id, ids, {"channel": channel, "state": state})


def record_keyed(act: Act, delivery_ids: list[int]) -> None:
    """The radio put these deliveries on the air."""
    _record(act, delivery_ids, "keyed", "delivery.keyed")


def record_heard(act: Act, delivery_id: int) -> None:
    """The recipient's device has it; no person has seen it yet."""
    _record(act, [delivery_id], "heard", "delivery.heard")


def record_failed(act: Act, delivery_ids: list[int], reason: str) -> None:
    """A way out failed for these recipients; the reason is a sentence without personal words."""
    act.conn.execute(update(Delivery).where(Delivery.id.in_(delivery_ids)).values(reason=reason))
    _record(act, delivery_ids, "failed", "delivery.failed", {"reason": reason})


def _record(act: Act, delivery_ids: Iterable[int], state: str, kind: str, facts: dict[str, Any] | None = None) -> None:
    touched: dict[int, list[int]] = {}
    for delivery_id in delivery_ids:
        delivery = queries.find_delivery(act.conn, delivery_id)
        if delivery and rules.stronger(delivery["state"], state):
            _set_delivery(act, delivery_id, state)
            recipient = _recipient_of(act, delivery["recipient_id"])
            if state != "failed":
                _strengthen(act, recipient["id"], state)
            touched.setdefault(recipient["alert_id"], []).append(recipient["id"])
    for alert_id, ids in touched.items():
        _tell(act, kind, alert_id, ids, facts)


def _set_delivery(act: Act, delivery_id: int, state: str) -> None:
    act.conn.execute(update(Delivery).where(Delivery.id == delivery_id).values(state=state, changed_at=act.now))


def _strengthen(act: Act, recipient_id: int, state: str) -> None:
    recipient = _recipient_of(act, recipient_id)
    if rules.stronger(recipient["state"], state):
        act.conn.execute(update(Recipient).where(Recipient.id == recipient_id).values(state=state))


# a person answers


def acknowledge(act: Act, alert_id: int, unit_id: int, by: str, via: str) -> dict[str, Any]:
    """A person of the unit has seen the alert; harmless when it was known already."""
    if earlier := act.earlier("alert.seen"):
        return earlier.told()
    recipient = queries.find_recipient_of(act.conn, alert_id, unit_id)
    if recipient is None:
        raise NotFound("Siaran itu tidak ditujukan kepada satuan ini.", "unit_id")
    if recipient["alert_state"] == "draft":
        sentence = "Siaran ini belum disetujui, jadi belum dikirim kepada siapa pun."
        raise WrongState(sentence, allowed=["approve", "cancel"])
    line = record_seen(act, recipient["id"], by, via)
    if line is None:
        raise WrongState("Siaran ini sudah ditandai dilihat.", allowed=[])
    return line.told()


def record_seen(act: Act, recipient_id: int, by: str, via: str, at: dt.datetime | None = None) -> journal.Line | None:
    """A person has it: who, by which channel, when. The ladder stops for them. None when it was known."""
    recipient = _recipient_of(act, recipient_id)
    if not rules.stronger(recipient["state"], "seen"):
        return None
    seen = {"state": "seen", "seen_at": at or act.now, "seen_by": by, "seen_via": via, "next_rung_at": None}
    act.conn.execute(update(Recipient).where(Recipient.id == recipient_id).values(**seen))
    act.conn.execute(
        update(Delivery)
        .where(Delivery.recipient_id == recipient_id, Delivery.channel == via)
        .values(state="seen", changed_at=act.now)
    )
    act.conn.execute(
        update(Delivery)
        .where(Delivery.recipient_id == recipient_id, Delivery.state == "waiting")
        .values(state="superseded", changed_at=act.now)
    )
    facts = {"unit": recipient["call_sign"], "seen_by": by, "via": via}
    line = _tell(act, "alert.seen", recipient["alert_id"], [recipient_id], facts)
    alarms.heard(act, recipient["unit_id"], at)
    return line


# shared steps


def _alert_of(act: Act, alert_id: int, verb: str) -> Mapping[Any, Any]:
    alert = queries.find_alert(act.conn, alert_id)
    if alert is None:
        raise NotFound("Siaran itu tidak ada.")
    if (alert["state"], verb) not in rules.ALERT_LIFE:
        allowed = [
            word for state, word in rules.ALERT_LIFE if state == alert["state"] and word in ("approve", "cancel")
        ]
        raise WrongState("Langkah itu tidak mungkin dalam keadaan siaran sekarang.", allowed=allowed)
    return alert


def _recipient_of(act: Act, recipient_id: int) -> Mapping[Any, Any]:
    recipient = queries.find_recipient(act.conn, recipient_id)
    if recipient is None:
        raise NotFound("Penerima itu tidak ada.")
    return recipient


def _ids(act: Act, alert_id: int) -> list[int]:
    return list(act.conn.scalars(select(Recipient.id).where(Recipient.alert_id == alert_id).order_by(Recipient.id)))


def _tell(
    act: Act, kind: str, alert_id: int, recipient_ids: Iterable[int], facts: dict[str, Any] | None = None
) -> journal.Line:
    """Append an entry with the alert's card and the cards of the recipients that changed."""
    alert = queries.find_alert(act.conn, alert_id)
    assert alert is not None
    cards = {"alerts": [queries.alert_card(alert)], "recipients": queries.recipient_cards(act.conn, recipient_ids)}
    body = {"alert": alert_id, "priority": alert["priority"], **(facts or {}), "cards": cards}
    return act.append(kind, body, alert["incident_id"])
