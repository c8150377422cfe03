"""The verbs of the alert room: write, approve, climb, hand over, acknowledge, end."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from textwrap import shorten
from typing import Any

import orjson
from sqlalchemy import insert, select, update

from alerts import audience, ladder, queries, rules, templates
from alerts.audience import To
from alerts.entries import tell
from alerts.models import Alert, Delivery, Recipient
from incident import journal
from incident.casework.belongings import Belonging, belongs
from incident.duty import alarms
from incident.errors import BadReport, NotAllowed, NotFound, WrongState
from incident.post import Act, uid_from

belongs("alerts", Belonging(Alert.__table__, queries.cards_on_board, queries.why_not_moved))
AT_ONCE = 500  # more recipients are put on the first rung by the relay, a part at a time: nobody waits for them
climb = ladder.climb


# writing and approving


def write_alert(
    act: Act,
    order: str,
    text: str,
    priority: str,
    unit_ids: Collection[int] = (),
    expires_in_min: int = 60,
    incident_id: int | None = None,
    headline: str | None = None,
    audience: str = "units",
    to: To | None = None,
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write an alert to units, contacts and the public. It starts at once unless a second person must approve it.

    to: whom besides `unit_ids`; more: the CAP words, area, retraction and English words of alerts/templates.py.
    """
    if earlier := act.earlier("alert.written"):
        return earlier.told()
    wanted = (to or To())._replace(unit_ids=tuple(dict.fromkeys((*unit_ids, *(to.unit_ids if to else ())))))
    said = templates.completed(dict(more or {}), act.post.settings.site.name)
    reached = _reached(act, wanted, said, audience)
    row = _alert_row(act, order, text, priority, expires_in_min, incident_id, headline, audience, said)
    row |= _frozen(row, reached, wanted)
    alert_id = _insert_alert(act, row, reached)
    if not rules.needs_second(order, audience):
        return _start(act, alert_id, "alert.written").told()
    return tell(act, "alert.written", alert_id, None).told()


def _reached(act: Act, wanted: To, said: Mapping[str, Any], kind: str) -> audience.Reached:
    """Who it is for, name by name; raises BadReport when that is nobody."""
    reached = audience.resolve(act.conn, act.post.database, wanted, said.get("area"), said.get("area_codes") or ())
    if not reached.unit_ids and not reached.contact_ids and kind != "public":
        raise BadReport("Pilih paling sedikit satu satuan atau kontak yang harus menerima siaran ini.", "unit_ids")
    return reached


def _insert_alert(act: Act, row: Mapping[str, Any], reached: audience.Reached) -> int:
    alert_id: int = act.conn.execute(insert(Alert).returning(Alert.id), row).scalar_one()
    bare = {"alert_id": alert_id, "state": "waiting", "rung": 0}
    rows = [{**bare, "unit_id": one, "contact_id": None} for one in reached.unit_ids]
    rows += [{**bare, "unit_id": None, "contact_id": one} for one in reached.contact_ids]
    if rows:
        act.conn.execute(insert(Recipient), rows)
    return alert_id


def _alert_row(
    act: Act,
    order: str,
    text: str,
    priority: str,
    expires_in_min: int,
    incident_id: int | None,
    headline: str | None,
    audience: str,
    said: Mapping[str, Any],
) -> dict[str, Any]:
    exercise = act.post.settings.exercise
    place = queries.find_place(act.conn, incident_id) if incident_id else None
    if incident_id and place is None:
        raise NotFound("Kejadian itu tidak ada.", "incident_id")
    title = headline or shorten(text, 80, placeholder=" …")
    retraction = said.get("retraction") or f"Siaran “{title}” dicabut dan tidak berlaku lagi."
    words = {name: said.get(name) for name in templates.PLAIN}
    packed = {name: orjson.dumps(said[name]).decode() if said.get(name) else None for name in templates.PACKED}
    return {
        **words,
        **packed,
        "incident_id": incident_id,
        "revision": 0,
        "supersedes_id": None,
        "priority": priority,
        "audience_kind": audience,
        "order": order,
        "headline": title,
        "text": rules.words_on_air(text, exercise),
        "retraction": rules.words_on_air(retraction, exercise),
        "language": said.get("language") or "id",
        "place": place["place"] if place else "",
        "lon": place["lon"] if place else None,
        "lat": place["lat"] if place else None,
        "exercise": exercise,
        "state": "draft",
        "written_by": act.by,
        "written_at": act.now,
        "expires_at": act.now + dt.timedelta(minutes=expires_in_min),
    }


FROZEN = (
    *templates.PLAIN,
    *templates.PACKED,
    "retraction",
    "language",
    "place",
    "lon",
    "lat",
    "expires_at",
    "priority",
)


def _frozen(row: Mapping[str, Any], reached: audience.Reached, wanted: To) -> dict[str, Any]:
    """The columns that bind an approval to everything that is frozen: words, area, time, and who gets it."""
    return {"audience": orjson.dumps(wanted._asdict()).decode(), "text_hash": _hash_of(row, reached)}


def _hash_of(row: Mapping[Any, Any], reached: audience.Reached) -> str:
    more = {name: row[name] for name in FROZEN} | {"contacts": sorted(reached.contact_ids), "to": row["audience_kind"]}
    return rules.text_hash(row["headline"], row["text"], row["order"], reached.unit_ids, more)


def update_alert(
    act: Act,
    alert_id: int,
    text: str,
    expires_in_min: int,
    order: str | None = None,
    headline: str | None = None,
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write the next revision of an active alert, for the same people; the older ends when this one begins.

    What is not said again (area, instruction, English words) stays as it was, but not a sentence about the old text.
    """
    if earlier := act.earlier("alert.written"):
        return earlier.told()
    old = _alert_of(act, alert_id, "supersede")
    reached = queries.reached_of(act.conn, alert_id)
    order, kind = order or old["order"], old["audience_kind"]
    kept = {name: old[name] for name in templates.PLAIN}
    kept |= {name: orjson.loads(old[name]) for name in ("area", "area_codes") if old[name]}
    said = templates.completed(kept | dict(more or {}), act.post.settings.site.name)
    row = _alert_row(act, order, text, old["priority"], expires_in_min, old["incident_id"], headline, kind, said)
    row |= {"revision": old["revision"] + 1, "supersedes_id": alert_id}
    row |= {"audience": old["audience"], "text_hash": _hash_of(row, reached)}
    newer = _insert_alert(act, row, reached)
    if rules.needs_second(order, kind):
        return tell(act, "alert.written", newer, None).told()
    return _start(act, newer, "alert.written").told()


def approve_alert(act: Act, alert_id: int, text_hash: str | None = None) -> dict[str, Any]:
    """Approve the frozen text as a second, different person; the ladder begins."""
    if earlier := act.earlier("alert.approved"):
        return earlier.told()
    alert = _alert_of(act, alert_id, "approve")
    if alert["written_by"] == act.by:
        raise NotAllowed("Siaran ini harus disetujui orang kedua, bukan penulisnya.")
    _require_standing(act, alert["supersedes_id"])
    is_whole = alert["text_hash"] == _hash_of(alert, queries.reached_of(act.conn, alert_id))
    if text_hash not in (None, alert["text_hash"]) or not is_whole:
        raise WrongState("Teks siaran sudah berubah; baca lagi sebelum menyetujui.", allowed=["approve", "cancel"])
    if (act.now - alert["written_at"]).total_seconds() > rules.APPROVAL_S:
        raise WrongState("Lewat sepuluh menit sejak ditulis; tulis siaran baru.", allowed=["cancel"])
    return _start(act, alert_id, "alert.approved").told()


def _require_standing(act: Act, older_id: int | None) -> None:
    """Raises WrongState where the alert that a revision renews was taken back or replaced while the revision waited:
    it would undo the retraction, or stand beside another revision. One whose time ran out may still be renewed."""
    older = queries.find_alert(act.conn, older_id) if older_id else None
    if older and older["state"] not in ("active", "expired"):
        sentence = "Siaran yang diperbaruinya sudah dicabut atau diganti; batalkan ini, lalu tulis siaran baru."
        raise WrongState(sentence, allowed=["cancel"])


def _start(act: Act, alert_id: int, kind: str) -> journal.Line:
    approved = {"state": "active", "approved_by": act.by, "approved_at": act.now}
    act.conn.execute(update(Alert).where(Alert.id == alert_id).values(**approved))
    alert = queries.find_alert(act.conn, alert_id)
    assert alert is not None
    recipients = queries.recipients_of(act.conn, alert_id)
    if len(recipients) > AT_ONCE:
        later = {"rung": -1, "next_rung_at": act.now}
        act.conn.execute(update(Recipient).where(Recipient.alert_id == alert_id).values(**later))
        recipients = []
    found = ladder.enter(act, alert, recipients, 0)
    line = tell(act, kind, alert_id, None)
    ladder.send_runner(act, alert, found.for_runner)
    _supersede_older(act, alert_id)
    return line


def _supersede_older(act: Act, alert_id: int) -> None:
    """The revision before this one is over from the moment this one begins."""
    older = act.conn.scalar(select(Alert.supersedes_id).where(Alert.id == alert_id))
    alert = queries.find_alert(act.conn, older) if older else None
    if alert and (alert["state"], "supersede") in rules.ALERT_LIFE:
        _finish(act, alert["id"], "superseded", "superseded", "alert.superseded", {"by_alert": alert_id})


def cancel_alert(act: Act, alert_id: int, text: str | None = None) -> dict[str, Any]:
    """Take an alert back, with the words frozen for that or with others; what is out gets a cancel by the same way.

    What is not out yet never goes out.
    """
    if earlier := act.earlier("alert.cancelled"):
        return earlier.told()
    alert = _alert_of(act, alert_id, "cancel")
    words = rules.words_on_air(text, alert["exercise"]) if text else alert["retraction"]
    act.conn.execute(update(Alert).where(Alert.id == alert_id).values(retraction=words, cancelled_by=act.by))
    facts = {"text": text} if text else {}
    return _finish(act, alert_id, "cancelled", "superseded", "alert.cancelled", facts).told()


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
    open_ones = [state for state in rules.KNOWN if state not in rules.BY_A_PERSON]
    act.conn.execute(update(Alert).where(Alert.id == alert_id).values(state=state, ended_at=act.now))
    mine = Delivery.recipient_id.in_(select(Recipient.id).where(Recipient.alert_id == alert_id))
    closed = {"state": recipient_state, "changed_at": act.now}
    act.conn.execute(update(Delivery).where(mine, Delivery.state.in_(open_ones)).values(**closed))
    clock = {"next_rung_at": None, "next_channel": None}
    act.conn.execute(update(Recipient).where(Recipient.alert_id == alert_id).values(**clock))
    still = (Recipient.alert_id == alert_id, Recipient.state.in_(open_ones))
    act.conn.execute(update(Recipient).where(*still).values(state=recipient_state))
    return tell(act, kind, alert_id, None, facts)


# what the channels say


def hand_over(act: Act, alert_id: int, channel: str, delivery_ids: list[int], state: str) -> None:
    """Deliveries were given to their channel; `state` is what is true of them now (queued, sent)."""
    changed = {"state": state, "changed_at": act.now, "attempts": Delivery.attempts + 1, "sent_at": act.now}
    act.conn.execute(update(Delivery).where(Delivery.id.in_(delivery_ids)).values(**changed))
    ids = list(act.conn.scalars(select(Delivery.recipient_id).where(Delivery.id.in_(delivery_ids))))
    strengthen(act, alert_id, ids, state)
    tell(act, "delivery.handed", alert_id, ids, {"channel": channel, "state": state, "many": len(ids)})


def record_keyed(act: Act, delivery_ids: list[int]) -> None:
    """The radio put these deliveries on the air."""
    _record(act, delivery_ids, "keyed", "delivery.keyed")


def record_heard(act: Act, delivery_id: int) -> None:
    """The recipient's device has it; no person has seen it yet."""
    record_all_heard(act, [delivery_id])


def record_all_heard(act: Act, delivery_ids: Collection[int]) -> None:
    """The devices of these recipients have it."""
    _record(act, delivery_ids, "heard", "delivery.heard")


def record_failed(act: Act, delivery_ids: Collection[int], reason: str) -> None:
    """A way out failed for these recipients; the reason is a sentence without personal words."""
    act.conn.execute(update(Delivery).where(Delivery.id.in_(delivery_ids)).values(reason=reason))
    _record(act, delivery_ids, "failed", "delivery.failed", {"reason": reason})


def _record(act: Act, delivery_ids: Iterable[int], state: str, kind: str, facts: dict[str, Any] | None = None) -> None:
    rows = [one for one in queries.find_ways(act.conn, list(delivery_ids)) if rules.stronger(one["state"], state)]
    changed = {"state": state, "changed_at": act.now}
    act.conn.execute(update(Delivery).where(Delivery.id.in_([one["id"] for one in rows])).values(**changed))
    for alert_id in dict.fromkeys(one["alert_id"] for one in rows):
        ids = list(dict.fromkeys(one["recipient_id"] for one in rows if one["alert_id"] == alert_id))
        if state == "failed":
            ladder.hurry(act, _lost(act, alert_id, ids))
        else:
            strengthen(act, alert_id, ids, state)
        channels = sorted({one["channel"] for one in rows if one["alert_id"] == alert_id})
        tell(act, kind, alert_id, ids, {"channels": channels, "many": len(ids), **(facts or {})})


def _lost(act: Act, alert_id: int, recipient_ids: list[int]) -> list[int]:
    """Of these those for whom no way is open any more."""
    mine = (Delivery.recipient_id.in_(recipient_ids), Delivery.state != "failed")
    hoping = set(act.conn.scalars(select(Delivery.recipient_id).where(*mine)))
    return [one for one in recipient_ids if one not in hoping]


def strengthen(act: Act, alert_id: int, recipient_ids: Collection[int], state: str) -> None:
    """Say more of recipients than was known; where that is enough for their priority the ladder stops."""
    alert = queries.find_alert(act.conn, alert_id)
    assert alert is not None
    changed: dict[str, Any] = {"state": state}
    if state in rules.done_states(alert["priority"]):
        changed |= {"next_rung_at": None, "next_channel": None}
    mine = (Recipient.id.in_(recipient_ids), Recipient.state.in_(rules.weaker_than(state)))
    act.conn.execute(update(Recipient).where(*mine).values(**changed))


# a person answers


def acknowledge(
    act: Act, alert_id: int, unit_id: int | None, by: str, via: str, recipient_id: int | None = None
) -> dict[str, Any]:
    """A person of the unit (or the contact of a recipient) has seen the alert; harmless when it was known already."""
    if earlier := act.earlier("alert.seen"):
        return earlier.told()
    recipient = _answering(act, alert_id, unit_id, recipient_id)
    line = record_seen(act, recipient["id"], by, via)
    if line is None:
        raise WrongState("Siaran ini sudah ditandai dilihat.", allowed=[])
    return line.told()


def _answering(act: Act, alert_id: int, unit_id: int | None, recipient_id: int | None) -> Mapping[Any, Any]:
    """Who of an alert answers; raises NotFound, and WrongState for one that never began: nobody was sent it."""
    if recipient_id is not None:
        recipient = queries.find_recipient(act.conn, recipient_id)
        recipient = recipient if recipient and recipient["alert_id"] == alert_id else None
    else:
        recipient = queries.find_recipient_of(act.conn, alert_id, unit_id or 0)
    if recipient is None:
        raise NotFound("Siaran itu tidak ditujukan kepada satuan ini.", "unit_id")
    alert = queries.find_alert(act.conn, alert_id)
    if alert is None or alert["approved_at"] is None:
        sentence = "Siaran ini belum disetujui, jadi belum dikirim kepada siapa pun."
        raise WrongState(sentence, allowed=_allowed(recipient["alert_state"]))
    return recipient


def record_seen(
    act: Act, recipient_id: int, by: str, via: str, at: dt.datetime | None = None, way: str | None = None
) -> journal.Line | None:
    """A person has it: who, by which channel, when. The ladder stops for them. None when it was known.

    way: the channel that brought the link they pressed, where `via` is none: that channel was answered too.
    """
    recipient = _recipient_of(act, recipient_id)
    if not rules.stronger(recipient["state"], "seen"):
        return None
    _note_person(act, recipient, "seen", by, via, at, way or via)
    who = {"unit": recipient["call_sign"], "seen_by": by} if recipient["unit_id"] else {"contact": True}
    line = tell(act, "alert.seen", recipient["alert_id"], [recipient_id], {**who, "via": via})
    if recipient["unit_id"]:
        alarms.heard(act, recipient["unit_id"], at)
    return line


def read_back(
    act: Act, alert_id: int, words: str, by: str, unit_id: int | None = None, recipient_id: int | None = None
) -> dict[str, Any]:
    """A person read the alert back by voice; what came back stands with the recipient, not in the journal."""
    if earlier := act.earlier("alert.read_back"):
        return earlier.told()
    recipient = _answering(act, alert_id, unit_id, recipient_id)
    if not rules.stronger(recipient["state"], "read_back"):
        raise WrongState("Siaran ini sudah dibacakan ulang.", allowed=[])
    _note_person(act, recipient, "read_back", recipient["seen_by"] or by, recipient["seen_via"] or "phone", None)
    act.conn.execute(update(Recipient).where(Recipient.id == recipient["id"]).values(read_back=words))
    facts = {"unit": recipient["call_sign"], "via": "phone"}
    line = tell(act, "alert.read_back", alert_id, [recipient["id"]], facts)
    if recipient["unit_id"]:
        alarms.heard(act, recipient["unit_id"], None)
    return line.told()


def _note_person(
    act: Act, recipient: Mapping[Any, Any], state: str, by: str, via: str, at: dt.datetime | None, way: str = ""
) -> None:
    clock = {"next_rung_at": None, "next_channel": None}
    seen = {"state": state, "seen_at": recipient["seen_at"] or at or act.now, "seen_by": by[:60], "seen_via": via}
    act.conn.execute(update(Recipient).where(Recipient.id == recipient["id"]).values(**seen, **clock))
    mine = Delivery.recipient_id == recipient["id"]
    for which, told in ((Delivery.channel == way, "seen"), (Delivery.state == "waiting", "superseded")):
        act.conn.execute(update(Delivery).where(mine, which).values(state=told, changed_at=act.now))


def resend(act: Act, alert_id: int) -> dict[str, Any]:
    """Send an alert once more, to those of whom no person has it yet, by the ways they were sent it before.

    An outlet that sounded is not missing: nobody there answers, and a siren sounds again only by two people.
    """
    if earlier := act.earlier("alert.resent"):
        return earlier.told()
    alert = queries.find_alert(act.conn, alert_id)
    if alert is None:
        raise NotFound("Siaran itu tidak ada.")
    if alert["state"] != "active":
        raise WrongState("Hanya siaran yang masih berlaku dapat dikirim ulang.", allowed=[])
    done = rules.done_states(alert["priority"])
    missing = [one for one in queries.recipients_of(act.conn, alert_id) if one["state"] not in done]
    missing = [one for one in missing if one["contact_kind"] != "outlet" or one["state"] not in rules.WENT_OUT]
    ways = _again(act, [one["id"] for one in missing])
    if not ways:
        raise WrongState("Tidak ada yang perlu dikirim ulang.", allowed=[])
    ids = {one["recipient_id"] for one in ways}
    channels = sorted({one["channel"] for one in ways})
    return tell(act, "alert.resent", alert_id, ids, {"many": len(ids), "channels": channels}).told()


def _again(act: Act, recipient_ids: list[int]) -> Sequence[Mapping[Any, Any]]:
    """Put the ways of these recipients in line once more, under a new key; the radio repeats by itself.

    What is known of the earlier sending (`sent_at`, `foreign_id`) stays until the new one has left: it is answered too.
    """
    ways = [
        one
        for one in queries.ways_of(act.conn, recipient_ids)
        if one["channel"] != "radio" and one["state"] not in ("waiting", "queued", *rules.BY_A_PERSON)
    ]
    for one in ways:
        fresh = {"uid": uid_from(one["uid"], "again"), "state": "waiting", "due_at": act.now, "attempts": 0}
        blank = {"reason": None, "claimed_until": None, "changed_at": act.now}
        act.conn.execute(update(Delivery).where(Delivery.id == one["id"]).values(**fresh, **blank))
    return ways


# shared steps


def _alert_of(act: Act, alert_id: int, verb: str) -> Mapping[Any, Any]:
    alert = queries.find_alert(act.conn, alert_id)
    if alert is None:
        raise NotFound("Siaran itu tidak ada.")
    if (alert["state"], verb) not in rules.ALERT_LIFE:
        sentence = "Langkah itu tidak mungkin dalam keadaan siaran sekarang."
        raise WrongState(sentence, allowed=_allowed(alert["state"]))
    return alert


def _allowed(state: str) -> list[str]:
    return [word for known, word in rules.ALERT_LIFE if known == state and word in ("approve", "cancel")]


def _recipient_of(act: Act, recipient_id: int) -> Mapping[Any, Any]:
    recipient = queries.find_recipient(act.conn, recipient_id)
    if recipient is None:
        raise NotFound("Penerima itu tidak ada.")
    return recipient
