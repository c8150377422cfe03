"""A GSM modem by AT commands, without I/O: octets in, octets out, time is an argument (3GPP TS 27.005 and 27.007).

One command is in flight at any moment. What the modem says between, or says of itself, is told apart by its words.
"""

import math
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from radio_bridge.sms.events import Arrived, Event, Hung, NotSent, PinRefused, Reported, Sent, Unreadable
from radio_bridge.sms.pdu import BadPdu, StatusReport, Submit, read
from radio_bridge.sms.refusals import Refusal, refusal_of

ANSWER_S = 5.0
PROMPT_S = 10.0
SUBMIT_S = 60.0
"""The network may take so long to take a message over."""
LIST_S = 20.0
LOOK_S = 20.0
"""Between two looks at network and storage while nothing else is said: a modem that hangs is noticed then."""
SETTLE_S = 0.3
"""After a port was opened: a modem at an open prompt still answers what was begun before us."""
AGAIN_S = 5.0
"""Until the modem is set up anew after it refused or fell silent."""
MISSES_MAX = 3
"""Commands in a row without any answer before the port is closed and opened anew."""
LOST_SUBMITS_MAX = 2
"""Parts in a row that were given and never answered before the modem is told to start anew."""
UNKNOWN_ERROR = 500
WEAK_DBM, GOOD_DBM = -105, -85
STEADY_DB = 6
LINE_MAX = 1024
ESC, CTRL_Z, CR = b"\x1b", b"\x1a", b"\r"


@dataclass
class _Answer:
    """What a command brought: its information lines, and the error when it failed."""

    lines: list[str] = field(default_factory=list)
    fault: str = ""
    """"", "timeout", "reboot", "ERROR", "CMS 42", "CME 10"."""

    def find(self, prefix: str) -> list[str] | None:
        """The comma-separated values after `prefix`, without quotes."""
        line = next((line for line in self.lines if line.startswith(prefix)), None)
        return None if line is None else values_of(line)


@dataclass
class _Command:
    text: str
    then: Callable[[_Answer, float], list[Event]]
    within_s: float = 0.0
    """0: as long as most."""
    content: bytes = b""
    """Given after the prompt."""
    key: str = ""
    is_given: bool = False


_FINAL = re.compile(r"OK|ERROR|COMMAND NOT SUPPORT|\+CM[SE] ERROR:.*", re.IGNORECASE)
_REBORN = ("RDY", "^SYSSTART", "+CFUN: 1", "SYSTEM START", "+SIM READY", "PB DONE")
_BY_ITSELF = ("RING", "+CLIP", "+CRING", "^", "+CUSD", "+CDSI", "NO CARRIER", "*", "SMS READY", "CALL READY", "+CGEV")
_BETWEEN = ("+CMTI:", "+CREG:", *_BY_ITSELF)
_CREG = {
    "0": "tidak ada jaringan",
    "2": "mencari jaringan",
    "3": "jaringan menolak kartu SIM",
    "4": "di luar jangkauan",
}
_ON_NETWORK = ("1", "5", "6", "7")  # home, roaming, and for short messages only (LTE)


class Modem:
    """One modem. The caller's loop: give feed() what came, tick() the time, and write output() to the port."""

    def __init__(self, pin: str = "") -> None:
        self._pin = pin
        self._out = bytearray()
        self._trouble = "modem belum menjawab"
        self._misses = self._lost_submits = 0
        self._finished = _Command("", self._ignored)
        self._forget()
        self.unreadable_lines = 0

    def _forget(self) -> None:
        self._buffer = b""
        self._queue: deque[_Command] = deque()
        self._flight: _Command | None = None
        self._answer = _Answer()
        self._deadline = math.inf
        self._header: list[str] | None = None
        self._held: list[Event] = []
        self._begin_at: float | None = 0.0
        self._look_at = math.inf
        self.is_ready = False
        self._network = "mencari jaringan"
        self._dbm: int | None = None
        self._reports, self._is_full = True, False

    # what the caller does

    def opened(self, now: float) -> list[Event]:
        """The port was opened: whatever the modem was in the middle of is ended, then it is set up."""
        self._forget()
        self._misses, self._begin_at, self._out = 0, now + SETTLE_S, bytearray(ESC + CR)
        return self.tick(now)

    def closed(self, now: float) -> list[Event]:
        """The port is gone: what was in flight has no answer any more."""
        lost = self._give_up("reboot", now)
        self._forget()
        self._begin_at = None
        self._trouble = "modem tercabut"
        return lost

    def submit(self, key: str, submit: Submit, now: float) -> None:
        """Send a part; `key` returns with Sent or NotSent. Only while is_free."""
        content = submit.hex.encode() + CTRL_Z
        self._queue.append(_Command(f"AT+CMGS={submit.length}", self._submitted, PROMPT_S, content, key))
        self._next(now)

    def delete(self, index: int, now: float) -> None:
        """Forget what is kept at `index`; it stands where people read it."""
        self._queue.append(_Command(f"AT+CMGD={index}", self._ignored, LIST_S))
        self._next(now)

    def output(self) -> bytes:
        """What is to be written to the port now."""
        taken, self._out = bytes(self._out), bytearray()
        return taken

    def feed(self, received: bytes, now: float) -> list[Event]:
        """Octets came from the modem."""
        *lines, self._buffer = re.split(rb"[\r\n]", self._buffer + received)
        self._buffer = self._buffer[-LINE_MAX:]
        events = [event for line in lines if line.strip() for event in self._hear(_words(line), now)]
        self._answer_prompt(now)
        return events

    def tick(self, now: float) -> list[Event]:
        """Time has passed; perhaps something is due."""
        events = self._silence(now) if now >= self._deadline else []
        if self._begin_at is not None and now >= self._begin_at and self._flight is None:
            self._begin(now)
        if self.is_free and now >= self._look_at:
            self._look(now)
        return events

    def next_wake(self) -> float:
        """When tick() should be called next; infinity when there is nothing to wait for."""
        begin = math.inf if self._begin_at is None or self._flight else self._begin_at
        return min(self._deadline, begin, self._look_at if self.is_free else math.inf)

    @property
    def is_free(self) -> bool:
        """Whether a part may be given now: set up, and nothing in flight or waiting."""
        return self.is_ready and self._flight is None and not self._queue

    @property
    def is_on_network(self) -> bool:
        return self.is_ready and not self._network

    def health(self) -> tuple[str, str]:
        """(ok | warn | off, words) for the lamp."""
        if not self.is_ready:
            return "off", self._trouble
        if self._network:
            return "off", self._network
        if self._is_full:
            return "warn", "ingatan SMS modem penuh"
        if not self._reports:
            return "warn", "tersambung, tanpa laporan terima"
        if self._dbm is None:
            return "ok", "tersambung"
        if self._dbm < WEAK_DBM:
            return "warn", "sinyal lemah"
        return "ok", f"sinyal {'baik' if self._dbm >= GOOD_DBM else 'cukup'}"

    # setting up

    def _begin(self, now: float) -> None:
        self._begin_at = None
        if self._lost_submits >= LOST_SUBMITS_MAX:
            self._lost_submits = 0
            self._queue.append(_Command("AT+CFUN=1,1", self._restarted, LIST_S))
            self._next(now)
            return
        setup = (
            ("AT", self._woken),
            ("ATE0", self._ignored),
            ("AT+CMEE=1", self._ignored),
            ("AT+CPIN?", self._unlocked),
        )
        self._queue.extend(_Command(text, then) for text, then in setup)
        self._next(now)

    def _woken(self, answer: _Answer, now: float) -> list[Event]:
        return self._again(now, "modem tidak mengenal perintah AT") if answer.fault else []

    def _restarted(self, answer: _Answer, now: float) -> list[Event]:
        return self._again(now, "modem dinyalakan ulang")

    def _unlocked(self, answer: _Answer, now: float) -> list[Event]:
        said = (answer.find("+CPIN:") or [""])[0]
        if answer.fault.startswith("C"):
            return self._again(now, _sentence(answer.fault))
        if said == "SIM PIN" and self._pin:
            self._queue.appendleft(_Command(f'AT+CPIN="{self._pin}"', self._pin_given, LIST_S))
            return []
        if said and said != "READY":
            words = "kartu SIM minta PIN; isi POSKO_SMS_PIN" if said == "SIM PIN" else f"kartu SIM terkunci ({said})"
            return self._again(now, words)
        self._prepare(now)
        return []

    def _pin_given(self, answer: _Answer, now: float) -> list[Event]:
        if answer.fault in ("timeout", "reboot"):
            return self._again(now, "modem tidak menjawab")
        if answer.fault:
            self._pin = ""
            return [PinRefused(), *self._again(now, "PIN ditolak kartu SIM; perbaiki POSKO_SMS_PIN")]
        return self._again(now, "kartu SIM baru dibuka")

    def _prepare(self, now: float) -> None:
        steps = (
            ("AT+CSMS=0", self._ignored),  # in phase 1 no report waits for an answer of ours
            ("AT+CMGF=0", self._in_pdu_mode),
            ("AT+CREG=1", self._ignored),
            ("AT+CNMI=2,1,0,1,0", self._announced),
        )
        self._queue.extend(_Command(text, then) for text, then in steps)

    def _in_pdu_mode(self, answer: _Answer, now: float) -> list[Event]:
        return self._again(now, "modem ini tidak mengenal mode PDU") if answer.fault else []

    def _announced(self, answer: _Answer, now: float) -> list[Event]:
        if answer.fault and self._reports:
            self._reports = False
            self._queue.append(_Command("AT+CNMI=2,1,0,0,0", self._announced))
            return []
        self.is_ready, self._trouble = True, ""
        self._misses = 0
        self._look(now)
        return []

    def _again(self, now: float, words: str) -> list[Event]:
        """Set up anew a little later."""
        self.is_ready, self._trouble = False, words
        self._queue.clear()
        self._begin_at = now + AGAIN_S
        return []

    # looking around

    def _look(self, now: float) -> None:
        self._look_at = math.inf
        looks = (
            _Command("AT+CREG?", self._registered),
            _Command("AT+CSQ", self._measured),
            _Command("AT+CPMS?", self._counted),
            _Command("AT+CMGL=4", self._looked, LIST_S),
        )
        self._queue.extend(looks)
        self._next(now)

    def _looked(self, answer: _Answer, now: float) -> list[Event]:
        """The next look counts from the end of this one: on a slow modem there is time to send between."""
        self._look_at = min(self._look_at, now + LOOK_S)
        return []

    def _registered(self, answer: _Answer, now: float) -> list[Event]:
        values = answer.find("+CREG:")
        if values:
            self._note_network(values[1] if len(values) > 1 else values[0])
        return []

    def _note_network(self, state: str) -> None:
        self._network = "" if state in _ON_NETWORK else _CREG.get(state, "tidak ada jaringan")

    def _measured(self, answer: _Answer, now: float) -> list[Event]:
        values = answer.find("+CSQ:")
        if values and values[0].isdigit():
            step = int(values[0])
            self._note_signal(None if step > 31 else 2 * step - 113)
        return []

    def _note_signal(self, dbm: int | None) -> None:
        """A lamp that follows every wave of the field would fill the journal."""
        if dbm is None or self._dbm is None or abs(dbm - self._dbm) >= STEADY_DB:
            self._dbm = dbm

    def _counted(self, answer: _Answer, now: float) -> list[Event]:
        values = answer.find("+CPMS:") or []
        if len(values) > 2 and values[1].isdigit() and values[2].isdigit():
            self._is_full = int(values[1]) >= int(values[2]) > 0
        return []

    def _ignored(self, answer: _Answer, now: float) -> list[Event]:
        return []

    # sending

    def _submitted(self, answer: _Answer, now: float) -> list[Event]:
        key, values = self._finished.key, answer.find("+CMGS:")
        if not answer.fault and values and values[0].isdigit():
            self._lost_submits = 0
            return [Sent(key, int(values[0]) % 256)]
        if answer.fault in ("timeout", "reboot") or not answer.fault:
            self._lost_submits += 1
            return [NotSent(key, "Modem diam saat mengirim; dicoba lagi.", True, not self._finished.is_given)]
        self._lost_submits = 0
        refusal = _refusal(answer.fault)
        return [NotSent(key, refusal.words, refusal.again)]

    def _answer_prompt(self, now: float) -> None:
        flight = self._flight
        if flight and flight.content and not flight.is_given and self._buffer.lstrip().startswith(b">"):
            self._buffer = b""
            flight.is_given = True
            self._out += flight.content
            self._deadline = now + SUBMIT_S

    # hearing

    def _hear(self, line: str, now: float) -> list[Event]:
        if self._header is not None:
            return self._hear_pdu(line, now)
        if line.upper().startswith(_REBORN):
            return self._reborn(now)
        if line.startswith(("+CMT:", "+CDS:", "+CMGL:")):
            self._header = [line[1:4], *values_of(line)]
            return []
        if line.startswith("+CMTI:"):
            self._look_at = now
            return self.tick(now)
        if line.startswith("+CREG:") and len(values_of(line)) == 1:
            self._note_network(values_of(line)[0])
            return []
        return self._hear_answer(line, now)

    def _hear_pdu(self, line: str, now: float) -> list[Event]:
        """The octets that follow a header; what is none of them is heard as a line of its own."""
        header, self._header = self._header or [], None
        if not re.fullmatch(r"[0-9A-Fa-f]+", line):
            self.unreadable_lines += 1
            heard = self._hear(line, now)
            if self._header is None and line.upper().startswith(_BETWEEN):
                self._header = header  # its octets are still to come
            return heard
        event = _event_of(header, line)
        if isinstance(event, Reported) and self._flight and self._flight.content:
            self._held.append(event)  # its part may not have its number yet
            return []
        return [event] if event else []

    def _hear_answer(self, line: str, now: float) -> list[Event]:
        flight = self._flight
        if flight is None or line.upper().startswith(_BY_ITSELF):
            return []
        if _FINAL.fullmatch(line):
            return self._finish(_fault_of(line), now)
        if line != flight.text and line.encode() != flight.content.rstrip(CTRL_Z):
            self._answer.lines.append(line)
        return []

    def _reborn(self, now: float) -> list[Event]:
        """The modem started anew: what was in flight is lost, and it knows none of our settings."""
        events = self._give_up("reboot", now)
        return events + self._again(now, "modem baru menyala")

    # one at a time

    def _next(self, now: float) -> None:
        if self._flight is None and self._queue:
            self._flight = self._queue.popleft()
            self._answer = _Answer()
            self._deadline = now + (self._flight.within_s or ANSWER_S)
            self._out += self._flight.text.encode() + CR

    def _finish(self, fault: str, now: float) -> list[Event]:
        events = self._end_flight(fault, now)
        self._next(now)
        return events

    def _end_flight(self, fault: str, now: float) -> list[Event]:
        self._answer.fault = fault
        self._misses = self._misses + 1 if fault == "timeout" else 0
        self._finished, self._flight, self._deadline = self._flight or self._finished, None, math.inf
        held, self._held = self._held, []
        return self._finished.then(self._answer, now) + held

    def _give_up(self, fault: str, now: float) -> list[Event]:
        """What is in flight and what waits gets no answer."""
        lost = [one for one in self._queue if one.content]
        events = self._end_flight(fault, now) if self._flight else []
        self._queue.clear()
        return events + [NotSent(one.key, "Modem diam; dicoba lagi.", True) for one in lost]

    def _silence(self, now: float) -> list[Event]:
        """No answer came: end a prompt that may be open, and set up anew."""
        events = self._give_up("timeout", now)
        self._out += ESC + CR
        self._again(now, "modem tidak menjawab")
        return [*events, Hung()] if self._misses >= MISSES_MAX else events


def values_of(line: str) -> list[str]:
    """`+CREG: 0,"1A2B"` -> ["0", "1A2B"]."""
    return [one.strip().strip('"') for one in line.partition(":")[2].split(",")]


def _words(line: bytes) -> str:
    return line.decode("ascii", "replace").strip()


def _fault_of(line: str) -> str:
    """As `_Answer` keeps it; one in words, of a modem that does not know AT+CMEE, is "unknown error"."""
    if line.upper() == "OK":
        return ""
    number = line.partition(":")[2].strip()
    if not line.startswith("+"):
        return "ERROR"
    return f"{line[1:4].upper()} {number}" if number.isdecimal() else f"CMS {UNKNOWN_ERROR}"


def _refusal(fault: str) -> Refusal:
    """A bare ERROR means as little as "unknown error"."""
    kind, _, number = fault.partition(" ")
    return refusal_of(kind, int(number)) if number else refusal_of("CMS", UNKNOWN_ERROR)


def _sentence(fault: str) -> str:
    words = _refusal(fault).words
    return words[:1].lower() + words[1:].rstrip(".")


def _event_of(header: list[str], line: str) -> Event | None:
    """What a PDU says; ours that lie in the SIM (written, sent) are nobody's business here."""
    kept = header[0] == "CMG"
    if kept and header[2:3] not in (["0"], ["1"]):
        return None
    index = int(header[1]) if kept and header[1].isdigit() else None
    try:
        found = read(line)
    except BadPdu:
        return Unreadable(index)
    if isinstance(found, StatusReport):
        return Reported(index, found)
    return Unreadable(index) if found.is_binary else Arrived(index, found)
