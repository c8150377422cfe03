"""The verb of what comes in: one message, once, becomes an answer, a stop, a report or a part of one.

The channel has checked who speaks; nothing here touches the network. Words back to the sender are rows that the
sender process carries, few enough that a machine which answers us soon talks to itself.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b, sha256
from typing import Any

from sqlalchemy import insert, update

from alerts import notes
from alerts.channels import Batch, Incoming, Report
from alerts.webhooks import answers, queries, rules
from alerts.webhooks.models import MessageFile, MessageIn, Reporter
from gis.coordinates import BadPosition, position
from gis.database import is_unreachable
from gis.doubts import doubt_at
from incident import actions, intake, journal
from incident import queries as room
from incident.post import Act, Post, uid_from

journal.declare(
    {
        "message.limited": "One sender wrote more than becomes calls; what follows is kept beside.",
        "message.broken": "A message could not become a report; its words are kept beside.",
    }
)
Row = Mapping[Any, Any]
LONGEST_KEY = 200
LONGEST_FILE = 300
MOST_FILES = 20  # of one message
OWN_WORD = "Posisi dikirim pelapor"
SILENT = "(tanpa kata)"
HEADLINE = "Laporan Anda"
REPLY_LASTS = dt.timedelta(hours=2)
OLDEST = dt.timedelta(days=30)  # Meta, who tries longest, tries again for a week


@dataclass(frozen=True, slots=True)
class Told:
    """What a message became, and the call that holds its words."""

    became: str
    call_id: int | None = None
    held: str | None = None  # words that no call holds


def take(post: Post, channel: str, items: Iterable[Incoming | Report]) -> int:
    """Take in what a channel brought, each in a transaction of its own; answers how many said something new.

    A database that is away is raised, and the far end brings it all again: only what stands is confirmed (`kept`).
    """
    many = sum(_take(post, channel, one) for one in items)
    if isinstance(items, Batch):
        items.kept()
    return many


def _take(post: Post, channel: str, one: Incoming | Report) -> bool:
    """One item; one we stumble over is kept beside with its words, and does not hold up those behind it."""
    try:
        if isinstance(one, Report):
            return post.do(answers.report, channel, None, channel, one)
        return post.do(receive, one.channel, uid_from("message", one.channel, _bounded(one.foreign_id)), one)
    except Exception as failure:
        if is_unreachable(failure):
            raise
        post.log.error("message.failed", channel=channel, failure=type(failure).__name__)
        return isinstance(one, Incoming) and post.do(set_aside, one.channel, None, one)


def set_aside(act: Act, come: Incoming) -> bool:
    """The words of a message that could not become what it should have; the chronology says that there is one."""
    come = _straightened(come, act)
    if queries.find_message(act.conn, come.channel, come.foreign_id):
        return False
    _keep(act, come, _reporter_of(act, come), Told("broken", held=come.text))
    act.append("message.broken", {"channel": come.channel})
    return True


def receive(act: Act, come: Incoming) -> bool:
    """One message of one person; False when it came before."""
    come = _straightened(come, act)
    if queries.find_message(act.conn, come.channel, come.foreign_id):
        return False
    reporter = _reporter_of(act, come)
    became = _became(act, come, reporter)
    _keep(act, come, reporter, became)
    return True


def _straightened(come: Incoming, act: Act) -> Incoming:
    """A time that cannot be (ahead of our clock, or of a far end without one) is now; a place that is none is left
    out; words are as long as a narrative may be."""
    words = come.text.replace("\x00", "").encode(errors="ignore").decode()[: rules.LONGEST].strip()
    lon, lat = (come.lon, come.lat) if _is_here(come) else (None, None)
    named, sender = _bounded(come.foreign_id), _bounded(come.sender)
    at = come.at if act.now - OLDEST <= come.at <= act.now else act.now
    come = come._replace(answers=come.answers and _bounded(come.answers), files=_bounded_files(come.files))
    return come._replace(text=words, at=at, lon=lon, lat=lat, foreign_id=named, sender=sender)


def _bounded(key: str) -> str:
    """A key of the far end that fits its column; of one too long its digest, so that it is still its own."""
    plain = _storable(key)
    return plain if len(plain) <= LONGEST_KEY else sha256(plain.encode()).hexdigest()


def _bounded_files(names: Iterable[str]) -> tuple[str, ...]:
    """Of files only those whose name can be kept; it is what the far end is asked by."""
    return tuple(name for name in names if len(name) <= LONGEST_FILE and _storable(name) == name)[:MOST_FILES]


def _storable(key: str) -> str:
    """Half of a character pair is no text that a database takes: written out, so that two keys stay two."""
    return key.replace("\x00", "").encode(errors="backslashreplace").decode()


def _is_here(come: Incoming) -> bool:
    """A place outside Indonesia is a test, a slip or a joke: nobody is there to confirm it."""
    if come.lon is None or come.lat is None:
        return False
    try:
        position(come.lon, come.lat)
    except BadPosition:
        return False
    return doubt_at(come.lon, come.lat) is None


def _reporter_of(act: Act, come: Incoming) -> Row:
    digest = digest_of(act.post, come.channel, come.sender)
    known = queries.find_reporter(act.conn, come.channel, (come.sender, digest))
    if known is not None:
        here = {"last_at": act.now, "address": come.sender}  # whom we had forgotten is known again
        act.conn.execute(update(Reporter).where(Reporter.id == known["id"]).values(**here))
        return {**known, **here}
    row = {"channel": come.channel, "address": come.sender, "first_at": act.now, "last_at": act.now}
    new = act.conn.execute(insert(Reporter).returning(Reporter.id), row).scalar_one()
    return {**row, "id": new, "stopped_at": None}


def digest_of(post: Post, channel: str, address: str) -> str:
    """What stands for an address that is forgotten: always the same, and read by nobody."""
    key = sha256(post.settings.secret_key.encode()).digest()
    return "x:" + blake2b(f"{channel}\x1f{address}".encode(), key=key, digest_size=20).hexdigest()


def _keep(act: Act, come: Incoming, reporter: Row, told: Told) -> None:
    row = {"channel": come.channel, "foreign_id": come.foreign_id, "reporter_id": reporter["id"], "text": told.held}
    row |= {"became": told.became, "call_id": told.call_id, "said_at": come.at, "came_at": act.now}
    if told.held is not None:  # no call holds these either
        row |= {"lon": come.lon, "lat": come.lat, "files": json.dumps(come.files) if come.files else None}
    message_id = act.conn.execute(insert(MessageIn).returning(MessageIn.id), row).scalar_one()
    if told.call_id is not None:
        _ask_files(act, come, message_id, told.call_id)


def _ask_files(act: Act, come: Incoming, message_id: int, call_id: int) -> None:
    """Rows for the sender process, which fetches what was sent with a call."""
    base = {"message_id": message_id, "channel": come.channel, "call_id": call_id, "state": "waiting"}
    if come.files:
        act.conn.execute(insert(MessageFile), [{**base, "name": name, "due_at": act.now} for name in come.files])


def _became(act: Act, come: Incoming, reporter: Row) -> Told:
    """What the message is, the plainest first."""
    sent = queries.said_by_us(act.conn, come.channel, come.sender, act.now - dt.timedelta(seconds=rules.ECHO_S))
    if rules.is_echo(come.text, [one["text"] for one in sent]):
        return Told("echo")
    meaning = rules.meaning_of(come.text)
    if meaning in (rules.STOP, rules.START):
        return _turn(act, come, reporter, meaning)
    has_more = rules.is_report(come.text, come.lon is not None, bool(come.files))
    if (come.answers or meaning == rules.SEEN) and answers.acknowledge(act, come) and not has_more:
        return Told("answer")
    if meaning == rules.SEEN:
        return Told("nothing")
    if _is_too_many(act, reporter):
        return _limit(act, come, reporter)
    return _report(act, come, reporter) if has_more else _question(act, come, reporter)


# stop and start


def _turn(act: Act, come: Incoming, reporter: Row, meaning: str) -> Told:
    """They want no more words, or want them again; said once, and then it holds for alerts too."""
    is_stop = meaning == rules.STOP
    answers.set_stopped(act, come, is_stop)
    if is_stop and reporter["stopped_at"] is None:
        _reply(act, come, reporter, rules.stopped(_site(act)))
        act.append("contact.stopped", {"channel": come.channel})
    stopped_at = act.now if is_stop else None
    act.conn.execute(update(Reporter).where(Reporter.id == reporter["id"]).values(stopped_at=stopped_at))
    return Told(meaning)


# too many


def _is_too_many(act: Act, reporter: Row) -> bool:
    since = act.now - dt.timedelta(seconds=rules.WINDOW_S)
    return queries.count_calls(act.conn, reporter["id"], since) >= rules.MOST_IN_WINDOW


def _limit(act: Act, come: Incoming, reporter: Row) -> Told:
    """Kept beside, with one entry for each window: a flood of one sender is not a flood of calls.

    The windows are counted from the sender's first message, so that who does not stop is told of again in each.
    """
    if not queries.was_limited(act.conn, reporter["id"], rules.window_of(reporter["first_at"], act.now)):
        act.append("message.limited", {"channel": come.channel})
    return Told("limited", held=come.text)


# reports


def _report(act: Act, come: Incoming, reporter: Row) -> Told:
    """A call: with the report this person made a while ago, or a new one."""
    earlier = _standing_call(act, reporter)
    facts = actions.record_call(act, _call(act, come, earlier["incident_id"] if earlier else None))
    if earlier is None:
        number = intake.number_of(facts["incident"], _site(act))
        _reply(act, come, reporter, rules.received(_site(act), number, come.lon is not None))
        return Told("report", facts["call"])
    if come.lon is not None:
        _place(act, come, reporter, facts["incident"])
    return Told("more", facts["call"])


def make_call(act: Act, come: Incoming, reporter: Row, message_id: int) -> dict[str, Any]:
    """The call of a message that was kept beside: with what this person reported a while ago, if that stands."""
    earlier = _standing_call(act, reporter)
    facts = actions.record_call(act, _call(act, come, earlier["incident_id"] if earlier else None))
    _ask_files(act, come, message_id, facts["call"])
    if earlier is not None and come.lon is not None:
        _place(act, come, reporter, facts["incident"])
    return facts


def _standing_call(act: Act, reporter: Row) -> Row | None:
    """What this person reported within half an hour, if its incident is still open."""
    since = act.now - dt.timedelta(seconds=rules.FOLLOWS_S)
    call = queries.last_call_of(act.conn, reporter["id"], since)
    if call is None:
        return None
    incident = room.find_incident(act.conn, room.lead_on(act.conn, call["incident_id"]))
    return call if incident is not None and incident["state"] != "closed" else None


def _call(act: Act, come: Incoming, incident_id: int | None, class_: str = "normal") -> intake.Report:
    channel = rules.call_channel(come.channel)
    return intake.Report(
        uid=uid_from("message", come.channel, come.foreign_id),
        class_=class_,
        channel=channel,
        place=_place_of(act, come),
        received_at=come.at,
        type=rules.type_of(come.text) if class_ == "normal" else None,
        narrative=come.text or SILENT,
        caller_phone=come.sender[:30] if channel in rules.PHONES else None,
        incident_id=incident_id,
    )


def _place_of(act: Act, come: Incoming) -> intake.Place:
    channel = rules.call_channel(come.channel)
    if come.lon is None or come.lat is None:
        return intake.Place("unknown", text=rules.place_words(channel, None))
    village = queries.village_near(act.conn, come.lon, come.lat)
    return intake.Place(
        "device", come.lon, come.lat, 100.0, rules.place_words(channel, village or "titik yang dikirim")
    )


def _place(act: Act, come: Incoming, reporter: Row, incident_id: int) -> None:
    """The position that came after the words: it is the incident's, where nobody knew one."""
    incident = room.find_incident(act.conn, incident_id)
    if incident is None or incident["lon"] is not None:
        return
    actions.change_incident(act, incident["id"], "correct", text=OWN_WORD, place=_place_of(act, come))
    number = intake.number_of(incident["id"], _site(act))
    _reply(act, come, reporter, rules.place_received(_site(act), number))


def _question(act: Act, come: Incoming, reporter: Row) -> Told:
    """Words that tell of nothing yet: kept with what this person reported, else as a call without an incident."""
    if not rules.folded(come.text):
        return Told("nothing")
    earlier = _standing_call(act, reporter)
    if earlier is not None:
        return Told("more", actions.record_call(act, _call(act, come, earlier["incident_id"]))["call"])
    call_id = actions.record_call(act, _call(act, come, None, "info"))["call"]
    _reply(act, come, reporter, rules.guidance(_site(act)))
    return Told("question", call_id)


# words back


def _reply(act: Act, come: Incoming, reporter: Row, text: str) -> bool:
    """A row for the sender process; none for who wants no words, and never more than a few an hour."""
    since = act.now - dt.timedelta(seconds=rules.REPLY_WINDOW_S)
    sent = queries.said_by_us(act.conn, come.channel, come.sender, since)
    if reporter["stopped_at"] is not None or sum(one["kind"] == "reply" for one in sent) >= rules.MOST_REPLIES:
        return False
    uid, lasts = uid_from("reply", come.channel, come.foreign_id), act.now + REPLY_LASTS
    said = {"headline": HEADLINE, "order": rules.REPLY, "expires_at": lasts}
    notes.queue(act, "reply", come.channel, come.sender, text, uid, **said)
    return True


def _site(act: Act) -> str:
    return act.post.settings.site.name
