"""The process `posko radio`: carries rows to the air and back. It outlives the web server and a missing database.

Two threads: the rig keys and listens and never waits for a database; the desk carries what waits between the main
database and the spool, and tells the lamp.
"""

import contextlib
import datetime as dt
import fcntl
import json
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from gis.database import UNREACHABLE, Database, is_unreachable
from incident import failpoints, hints, journal, pulse
from incident.actions import set_lamp
from incident.config import Settings
from incident.post import Act, Post, uid_from
from radio_bridge import hearing, outcomes, queries
from radio_bridge.devices import Device, make_device
from radio_bridge.keys import carrying
from radio_bridge.link import Outgoing
from radio_bridge.ports import TAKEN
from radio_bridge.radiogram import Level, Text
from radio_bridge.refusals import in_indonesian
from radio_bridge.rig import CENTRE, EPOCH, NET, Bell, PortState, Rig, link_config
from radio_bridge.sms import desk as sms_desk
from radio_bridge.spool import FILE, Card, Happening, Spool, SpoolFault, radiogram_of
from radio_bridge.voice import tape
from radio_bridge.voice.rig import make_rig

BY = "radio"
CENTRE_CALLSIGN = "POSKO"
LOOK_S = 0.5
"""Between two looks at the database when nobody gives a hint; a second is allowed."""
AWAY_S = 1.0
REJECTED_EVERY_S = 60.0
"""A jammed channel must not fill the journal: counts are told once a minute."""
TRIES = 3
SHOW_S = 5.0
NET_CARD = "radio_stations.json"
"""Call signs and numbers of the net, for field terminals; it holds no key."""

log = structlog.get_logger()


class AlreadyRuns(RuntimeError):
    """Another process has the radio of this installation; the message says so."""


class Desk:
    """Carries orders to the spool and happenings to the main database, each exactly once."""

    def __init__(self, post: Post, spool: Spool, rig: Rig, device: Device) -> None:
        self.post, self.spool, self.rig, self.device = post, spool, rig, device
        self.ear = hints.listen(post.settings.data, BY)
        self._stopping = threading.Event()
        self._bell = Bell()
        self._tries: dict[int, int] = {}
        self._is_away = False
        self._told_rejected_at = 0.0
        self._lamp: tuple[str, str] | None = None
        self._shown_at = 0.0
        self._net: dict[int, str | None] = {}
        self._starts = 0

    def run(self) -> None:
        """Until stop(); a database that is away is asked again each second, and the radio goes on meanwhile."""
        while not self._stopping.is_set():
            pulse.beat(self.post.settings.data, BY)
            if not self._try(self.step):
                self._bell.wait(AWAY_S if self._is_away else LOOK_S, self.ear.ear.fileno())
                self.ear.wait(0)
        self._try(self._say_goodbye)
        self.ear.close()
        self._bell.close()

    def wake(self) -> None:
        """The spool has something new."""
        self._bell.ring()

    def stop(self) -> None:
        """Let run() return after it has stored what is there."""
        self._stopping.set()
        self.wake()

    def _try(self, work: Callable[[], bool]) -> bool:
        try:
            moved = work()
        except Exception as fault:  # noqa: BLE001 the bridge's edge: the radio goes on without its desk
            self._note_fault(fault)
            return False
        self._is_away = False
        return moved

    def _note_fault(self, fault: Exception) -> None:
        if not self._is_away:
            log.error("radio.desk", fault=type(fault).__name__, away=is_unreachable(fault))
        self._is_away = True

    def step(self) -> bool:
        """One round: what was heard is stored first, then the lamp, then what waits is taken."""
        self._count_starts()
        moved = self._store()
        self._show()
        moved |= self._fetch()
        if carrying.carry(self.post, self.spool):
            self.rig.wake()
        self._end_overdue()
        self._learn_net()
        self._tell_rejected()
        return moved

    # out: rows -> spool

    def _fetch(self) -> bool:
        with self.post.database.read() as conn:
            lost = [uid for uid in queries.taken(conn) if not self.spool.knows(uid)]
            rows, stationless = queries.queued(conn, also=lost), queries.stationless_deliveries(conn)
        for row in rows:
            self._order(row)
        if stationless:
            self.post.do(outcomes.fail_stationless, BY, None, stationless)
        if rows:
            self.rig.wake()
        return bool(rows)

    def _order(self, row: Mapping[str, Any]) -> None:
        """Taken first, so that who takes the alert back now writes a cancel; killed in between, the spool is asked."""
        if row["state"] == "queued" and not self.post.do(outcomes.record_taken, BY, None, row["uid"]):
            return  # taken back since it was read
        failpoints.reach("order.spooled")
        outgoing = Outgoing(
            row["uid"],
            radiogram_of(row["radiogram"]),
            tuple(row["to"]),
            row["priority"],
            row["expires_at"].timestamp(),
        )
        self.spool.order(outgoing, self.post.clock().timestamp())

    def _end_overdue(self) -> None:
        with self.post.database.read() as conn:
            late = queries.overdue(conn, self.post.clock())
        for uid in late:
            self.post.do(outcomes.record_expired, BY, uid_from("expired", uid), uid)

    # in: spool -> rows

    def _store(self) -> bool:
        happenings = self.spool.happenings()
        for happening in happenings:
            self._store_one(happening)
        return bool(happenings)

    def _store_one(self, happening: Happening) -> None:
        try:
            self.post.do(_apply, BY, None, happening)
            carrying.note_refusal(self.post, self.spool, happening)
        except UNREACHABLE:
            raise
        except Exception as fault:  # noqa: BLE001 the bridge's edge: what cannot be stored is parked with a word
            self._give_way(happening, fault)
            return
        if happening.kind == "acked":
            failpoints.reach("ack.stored")
        self.spool.stored([happening.id])

    def _give_way(self, happening: Happening, fault: Exception) -> None:
        """What fails three times is set aside where a person can see it; what follows goes on."""
        log.error("radio.store", kind=happening.kind, fault=repr(fault)[:300])
        self._tries[happening.id] = self._tries.get(happening.id, 0) + 1
        if self._tries[happening.id] >= TRIES:
            self.spool.park(happening.id, repr(fault)[:300])

    # lamp, net, counters

    def _show(self) -> None:
        trouble, untold = trouble_of(self.device), carrying.trouble(self.post, self.spool)
        lamp = lamp_of(self.rig.port, trouble, self.spool.parked(), self.post.settings, untold)
        due = time.monotonic() - self._shown_at > SHOW_S  # said again: the room turns it off when we seem dead
        if lamp != self._lamp or due:
            self.post.do(set_lamp, BY, None, "radio", *lamp)
            self._lamp, self._shown_at = lamp, time.monotonic()
            self._put_port(self.rig.port.is_open)

    def _put_port(self, is_open: bool) -> None:
        """For /metrics, which another process answers."""
        self.spool.put(Card("shown", "port", {"open": is_open}))

    def _count_starts(self) -> None:
        """How often the TNC program was started, for /metrics; the spool keeps it over our own restarts."""
        starts = getattr(self.device, "starts", 0)
        if starts > self._starts:
            self.spool.note([], ["tnc.started"] * (starts - self._starts))
            self._starts = starts

    def _say_goodbye(self) -> bool:
        self._store()
        self._put_port(False)
        return self.post.do(set_lamp, BY, None, "radio", "off", "radio tidak berjalan")

    def _learn_net(self) -> None:
        """Who is on the net, and who repeats for others.

        A frame whose sender's name and number do not belong together is not believed.
        """
        with self.post.database.read() as conn:
            net = queries.callsigns(conn)
            relays = queries.relays(conn)
        if net != self._net:
            self._net = self.rig.callsigns = net
            write_net_card(self.post.settings.data, net)
        if self.device.figures.relays is None:  # else the radio's address has the last word
            self.rig.relays = relays

    def _tell_rejected(self) -> None:
        now = self.post.clock().timestamp()
        if now - self._told_rejected_at < REJECTED_EVERY_S:
            return
        self._told_rejected_at = now
        counts = rejected(self.spool.tallies())
        told = self.spool.card("told", "rejected") or {}
        if more := {kind: n - told.get(kind, 0) for kind, n in counts.items() if n > told.get(kind, 0)}:
            self.post.do(hearing.record_rejected, BY, uid_from("rejected", json.dumps(counts, sort_keys=True)), more)
            self.spool.put(Card("told", "rejected", counts))


def trouble_of(device: Device) -> str:
    """What a device that can say so says is wrong, as the lamp says it; "" when nothing is."""
    return str(getattr(device, "trouble", ""))


def lamp_of(port: PortState, trouble: str, parked: int, settings: Settings, untold: str = "") -> tuple[str, str]:
    """(state, words) of the radio's lamp. untold: that the net could not be told of its new keys."""
    if not port.is_open:
        since = dt.datetime.fromtimestamp(port.since, ZoneInfo(settings.site.zone))
        return "off", trouble or _taken(port) or f"port hilang {since:%H.%M}"
    if trouble or untold:
        return "warn", trouble or untold
    if parked:
        return "warn", f"tersambung, {parked} pesan diparkir"
    return "ok", "tersambung"


def _taken(port: PortState) -> str:
    """Which program has the port, "" when it is simply not there."""
    return f"port {port.words.partition(' ')[2]}" if TAKEN in port.words else ""


def rejected(tallies: Mapping[str, int]) -> dict[str, int]:
    """kind of bad frame -> how many were counted."""
    return {name.removeprefix("rejected."): n for name, n in tallies.items() if name.startswith("rejected.")}


def write_net_card(folder: Path, net: Mapping[int, str | None]) -> None:
    """The net's call signs and numbers, whole or not at all."""
    draft = folder / f"{NET_CARD}.new"
    draft.write_text(json.dumps({name: number for number, name in net.items() if name}, indent=1))
    draft.replace(folder / NET_CARD)


# what each happening does to the rows


def _apply(act: Act, happening: Happening) -> None:
    _CONSEQUENCES[happening.kind](act, happening.body, dt.datetime.fromtimestamp(happening.at, dt.UTC))


def _acked(act: Act, body: Mapping[str, Any], at: dt.datetime) -> None:
    level = Level(body["level"])
    act.uid = uid_from("ack", body["uid"], body["station"], int(level))
    if journal.find_by_uid(act.conn, act.uid) is None:
        outcomes.record_ack(act, body["uid"], body["station"], level, at, body["via"])


def _received(act: Act, body: Mapping[str, Any], at: dt.datetime) -> None:
    act.uid = uid_from("heard", NET, EPOCH, body["source"], body["counter"])
    hearing.record_heard(act, body["source"], body["counter"], radiogram_of(body["radiogram"]), at)


def _incomplete(act: Act, body: Mapping[str, Any], at: dt.datetime) -> None:
    """What there is of a text is never shown as the whole: the log says that it is to be asked for again."""
    act.uid = uid_from("incomplete", NET, body["source"], body["number"], int(at.timestamp()))
    told = f"[pesan {body['number']} tidak lengkap: {len(body['have'])} dari {body['parts']} bagian, minta diulang]"
    hearing.record_heard(act, body["source"], body["number"], Text(told), at)


def _keyed(act: Act, body: Mapping[str, Any], at: dt.datetime) -> None:
    outcomes.record_keyed(act, body["uid"], at)


def _repeating(act: Act, body: Mapping[str, Any], at: dt.datetime) -> None:
    outcomes.record_round(act, body["uid"], body["round"])


def _failed(act: Act, body: Mapping[str, Any], at: dt.datetime) -> None:
    reason = "Tidak ada jawaban." if body["state"] == "unknown" else "Tidak pernah mengudara."
    outcomes.record_silence(act, body["uid"], body["station"], body["state"], reason)


def _expired(act: Act, body: Mapping[str, Any], at: dt.datetime) -> None:
    outcomes.record_expired(act, body["uid"])


def _refused(act: Act, body: Mapping[str, Any], at: dt.datetime) -> None:
    outcomes.record_refused(act, body["uid"], in_indonesian(body["reason"]))


def _superseded(act: Act, body: Mapping[str, Any], at: dt.datetime) -> None:
    outcomes.record_superseded(act, body["uid"])


def _nothing(act: Act, body: Mapping[str, Any], at: dt.datetime) -> None:
    """The centre confirms; it is never confirmed to."""


_CONSEQUENCES: dict[str, Callable[[Act, Mapping[str, Any], dt.datetime], None]] = {
    "acked": _acked,
    "received": _received,
    "incomplete": _incomplete,
    "keyed": _keyed,
    "repeating": _repeating,
    "failed": _failed,
    "expired": _expired,
    "refused": _refused,
    "superseded": _superseded,
    "confirmed": _nothing,
}


# the process


class Bridge:
    """The rig and the desk of the centre, wired together."""

    def __init__(self, post: Post) -> None:
        settings = post.settings
        self.spool = Spool(settings.data / FILE)
        self.device = make_device(settings.radio, settings.data)
        config = link_config(settings.radio_key, CENTRE, CENTRE_CALLSIGN, self.device)
        self.rig: Rig = make_rig(self.device, config, self.spool, told=lambda: self.desk.wake())
        self.rig.tape = tape.Tape(settings.data / tape.FILE)
        self.desk = Desk(post, self.spool, self.rig, self.device)
        self.sms = sms_desk.make_desk(post)
        if self.sms is None:
            with contextlib.suppress(*UNREACHABLE):
                sms_desk.put_lamp_out(post)

    def run(self) -> None:
        """Until stop(): the desk and the GSM modem in threads, the rig in this one."""
        desks: list[Desk | sms_desk.SmsDesk] = [self.desk, *([self.sms] if self.sms else [])]
        threads = [threading.Thread(target=desk.run, name=type(desk).__name__) for desk in desks]
        for thread in threads:
            thread.start()
        try:
            self.rig.run()
        finally:
            for desk, thread in zip(desks, threads, strict=True):
                desk.stop()
                thread.join()
            getattr(self.device, "end", self.device.close)()
            self.spool.close()

    def stop(self) -> None:
        """End both; what was heard is stored or stays in the spool."""
        self.rig.stop()


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """The radio of an installation belongs to one process; the kernel lets go when it dies. Raises AlreadyRuns."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "radio.lock", "a") as file:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRuns(f"Another `posko radio` already uses {folder}.") from None
        yield


def run_bridge(settings: Settings) -> None:
    """Run the radio until SIGTERM or Ctrl-C. Raises AlreadyRuns, BadPort, DatabaseUnusable."""
    with only_one(settings.data), contextlib.closing(Database(settings.database)) as database:
        bridge = Bridge(Post(settings, database))
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: bridge.stop())
        with contextlib.suppress(SpoolFault):
            bridge.run()
