"""The loop that owns the GSM modem, in the radio process: rows to the modem and back, one part at a time.

It waits for nobody: without a modem it looks for one twice a second, without a database it keeps what the modem said
and sends nothing new. What came in stays in the SIM until it stands in the rows.
"""

import contextlib
import hashlib
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from urllib.parse import parse_qsl

import structlog

from gis.database import is_unreachable
from incident import failpoints, hints, pulse
from incident.actions import set_lamp
from incident.post import Act, Post
from radio_bridge.devices.gsm_at import Modem
from radio_bridge.ports import BadPort, LinkLost, Port, open_port
from radio_bridge.rig import Bell
from radio_bridge.sms import actions as sms_actions
from radio_bridge.sms.channel import LAMP, NOT_SET_UP, SmsModemChannel
from radio_bridge.sms.events import Arrived, Event, Hung, NotSent, PinRefused, Reported, Sent, Unreadable

BY = "sms"
LOOK_S = 0.5
BREATH_S = 0.1
"""Between two looks when hints come thick: a busy room must not make us ask at every commit."""
REOPEN_S = 0.4
SHOW_S = 5.0
LAST_WORDS_S = 3.0
PACE_S = 3.0
"""Between two parts: an operator bars a SIM that speaks like a machine gun."""
TRIES = 3
PIN_REFUSED = "sms_pin_refused"
"""In POSKO_DATA: which PIN the SIM refused (a digest), so that no restart ever tries it again."""

CHORES = {
    "note": sms_actions.queue_notes,
    "refused": sms_actions.fail_refused,
    "late": sms_actions.expire,
    "broken": sms_actions.hand_on_broken,
}

log = structlog.get_logger()


class SmsDesk:
    """One modem; runs in a thread of its own."""

    def __init__(self, post: Post, url: str, pin: str = "") -> None:
        """url: a port as in radio_bridge.ports, or a bare /dev path; ?pace= seconds between parts. Raises BadPort."""
        self.post, self.url = post, port_url(url)
        self._pace_s = _pace_of(url)
        self._pin_digest = hashlib.sha256(f"{post.settings.secret_key} {pin}".encode()).hexdigest()
        self.modem = Modem("" if self._was_refused() else pin)
        self.ear = hints.listen(post.settings.data, BY)
        self._bell, self._stopping = Bell(), threading.Event()
        self._port: Port | None = None
        self._pending: deque[Event] = deque()
        self._tries = 0
        self._is_requeued = self._is_away = False
        self._opened_at = self._checked_at = self._looked_at = self._sent_at = self._shown_at = -math.inf
        self._lamp: tuple[str, str] | None = None

    # what others call, from any thread

    def wake(self) -> None:
        """There may be something to send."""
        self._bell.ring()

    def stop(self) -> None:
        """Let run() return."""
        self._stopping.set()
        self.wake()

    def start(self) -> threading.Thread:
        """run() in a thread of its own."""
        thread = threading.Thread(target=self.run, name="sms")
        thread.start()
        return thread

    # the loop

    def run(self) -> None:
        """Until stop()."""
        while not self._stopping.is_set():
            pulse.beat(self.post.settings.data, BY)
            self._try(self._turn)
        self._try(self._say_goodbye)
        if self._port is not None:
            self._port.close()
        self.ear.close()
        self._bell.close()

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as fault:  # noqa: BLE001 the desk's edge: the modem outlives a database that is away
            self._note_fault(fault)

    def _note_fault(self, fault: Exception) -> None:
        if not self._is_away:
            log.error("sms.desk", fault=type(fault).__name__, away=is_unreachable(fault))
        self._is_away = True
        self._stopping.wait(0.2)

    def _turn(self) -> None:
        try:
            self._converse() if self._port else self._reopen()
        except LinkLost as lost:
            self._lose(str(lost))
        self._store()
        self._show()
        self._look()
        self._is_away = False

    def _converse(self) -> None:
        """What the modem has to say first, then what we have."""
        port = self._opened()
        port.write_all(self.modem.output())
        if port.fileno() in self._bell.wait(self._patience_s(), port.fileno(), self.ear.ear.fileno()):
            self._note(self.modem.feed(port.read(), _now()))
        self.ear.wait(0)
        self._note(self.modem.tick(_now()))
        port.write_all(self.modem.output())
        self._check(port)

    def _opened(self) -> Port:
        if self._port is None:
            raise LinkLost("the port is not open")
        return self._port

    def _patience_s(self) -> float:
        return 0.0 if self._pending and not self._is_away else min(LOOK_S, max(0.0, self.modem.next_wake() - _now()))

    def _check(self, port: Port) -> None:
        if _now() - self._checked_at >= LOOK_S:
            self._checked_at = _now()
            port.check()

    # the port

    def _reopen(self) -> None:
        if _now() - self._opened_at < REOPEN_S:
            self._bell.wait(REOPEN_S - (_now() - self._opened_at))
        self._opened_at = _now()
        self._port = open_port(self.url)
        self._note(self.modem.opened(_now()))

    def _lose(self, words: str) -> None:
        if self._port is not None:
            log.info("sms.port", words=words)
            self._port.close()
        self._port = None
        self._note(self.modem.closed(_now()))

    # from the modem to the rows

    def _note(self, events: list[Event]) -> None:
        """Keep what was told until it is stored; the modem says again what it still holds."""
        self._pending.extend(event for event in events if event not in self._pending)
        if any(isinstance(event, Hung) for event in events):
            raise LinkLost("the modem answers nothing")

    def _store(self) -> None:
        self._requeue()
        while self._pending:
            self._store_one(self._pending[0])
            self._pending.popleft()
            self._tries = 0

    def _requeue(self) -> None:
        """What the last run left in mid-send, once."""
        if not self._is_requeued:
            self.post.do(sms_actions.requeue_lost, BY, None)
            self._is_requeued = True

    def _store_one(self, event: Event) -> None:
        try:
            self._take(event)
        except Exception as fault:  # the desk's edge: what cannot be stored three times is dropped with a word
            self._tries += 1
            if is_unreachable(fault) or self._tries < TRIES:
                raise
            log.error("sms.dropped", event_kind=type(event).__name__, fault=type(fault).__name__)
        index = getattr(event, "index", None)
        if index is not None:
            self.modem.delete(index, _now())

    def _take(self, event: Event) -> None:
        match event:
            case Sent(key, reference):
                failpoints.reach("sms.sent")
                self.post.do(sms_actions.record_sent, BY, None, key, reference)
            case NotSent(key, words, again, is_sure):
                self.post.do(sms_actions.record_not_sent, BY, None, key, words, again, is_sure)
            case Reported(_, report):
                self.post.do(sms_actions.record_report, BY, None, report)
            case Arrived(_, deliver):
                self.post.do(sms_actions.record_arrived, BY, None, deliver)
            case Unreadable():
                self.post.do(sms_actions.record_unreadable, BY, None, 1)
            case PinRefused():
                (self.post.settings.data / PIN_REFUSED).write_text(self._pin_digest)

    def _was_refused(self) -> bool:
        path = self.post.settings.data / PIN_REFUSED
        return path.exists() and path.read_text() == self._pin_digest

    # from the rows to the modem

    def _look(self) -> None:
        """What waits in the rows; the lane of writers is entered only for something."""
        if _now() - self._looked_at < BREATH_S:
            return
        self._looked_at = _now()
        with self.post.database.read() as conn:
            due = sms_actions.due(conn, self.post.clock())
        for name, chore in CHORES.items():
            if due[name]:
                self.post.do(chore, BY, None)
        if due["part"] and self._may_send():
            self._send_next()

    def _may_send(self) -> bool:
        return self.modem.is_free and self.modem.is_on_network and _now() - self._sent_at >= self._pace_s

    def _send_next(self) -> None:
        taken = self.post.do(sms_actions.take_part, BY, None)
        if taken is not None:
            failpoints.reach("sms.taken")
            self._sent_at = _now()
            self.modem.submit(*taken, _now())

    # the lamp

    def _show(self) -> None:
        lamp = self.modem.health()
        if lamp != self._lamp or _now() - self._shown_at > SHOW_S:
            self.post.do(set_lamp, BY, None, LAMP, *lamp)
            self._lamp, self._shown_at = lamp, _now()

    def _say_goodbye(self) -> None:
        """A part on its way out is waited for: nobody gets it twice because we were stopped."""
        until = _now() + LAST_WORDS_S
        with contextlib.suppress(LinkLost):
            while self._port and self.modem.is_ready and not self.modem.is_free and _now() < until:
                self._converse()
        self._note(self.modem.closed(_now()))
        self._store()
        self.post.do(set_lamp, BY, None, LAMP, "off", "modem SMS tidak berjalan")


def port_url(url: str) -> str:
    """`/dev/serial/by-id/X` -> `serial:/dev/serial/by-id/X?baud=115200`; other ports as they are."""
    if url.startswith("/"):
        path, _, query = url.partition("?")
        return f"serial:{path}?{query or 'baud=115200'}"
    if not url.startswith(("serial:", "socket:")):
        raise BadPort(f"{url!r} is no modem: use a /dev/serial/by-id path or socket:HOST:PORT.")
    return url


def _pace_of(url: str) -> float:
    words = dict(parse_qsl(url.partition("?")[2])).get("pace", str(PACE_S))
    try:
        return max(0.0, float(words))
    except ValueError:
        raise BadPort(f"The pace of the modem is in seconds, such as ?pace=3, not {words!r}.") from None


def _now() -> float:
    return time.monotonic()


def make_desk(post: Post) -> SmsDesk | None:
    """The desk of this post's modem; None without one, and always in an exercise. Raises BadPort."""
    settings = post.settings
    if settings.sms_modem and not settings.exercise:
        return SmsDesk(post, settings.sms_modem, settings.sms_pin.get_secret_value())
    return None


def put_lamp_out(post: Post) -> None:
    """Where a modem was once and is no more, its lamp says so, and alerts leave the channel out."""
    (post.settings.data / pulse.FOLDER / BY).unlink(missing_ok=True)
    post.do(_put_out, BY, None)


def _put_out(act: Act) -> None:
    if SmsModemChannel().health(act.conn)[1] != NOT_SET_UP:
        set_lamp(act, LAMP, "off", NOT_SET_UP)
