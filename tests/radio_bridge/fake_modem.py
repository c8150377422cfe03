"""A GSM modem on a pty with a SIM and a network of its own; gammu takes it for a real one (test_sms_fake_modem.py).

It keeps what it was given to send, answers with delivery reports when told, and can hang, refuse, ask for a PIN, lose
the network, fill up, chatter, echo, or be unplugged.
"""

import contextlib
import datetime as dt
import re
import select
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from radio_bridge.sms import alphabet
from tests.radio_bridge.rigs import LONG_S, Cable

WIB = dt.timezone(dt.timedelta(hours=7))


@dataclass
class Taken:
    """One SMS-SUBMIT as the network read it."""

    hex: str
    number: str
    text: str
    reference: int
    validity: int | None
    wants_report: bool
    header: bytes
    coding: int
    at: float = field(default_factory=time.monotonic)


def semi_octets(digits: str) -> bytes:
    padded = digits + "F" * (len(digits) % 2)
    return bytes.fromhex("".join(padded[at + 1] + padded[at] for at in range(0, len(padded), 2)))


def address(number: str) -> bytes:
    """Digits with or without +, or the letters of a named sender."""
    if re.fullmatch(r"\+?\d+", number):
        digits = number.lstrip("+")
        return bytes((len(digits), 0x91 if number.startswith("+") else 0x81)) + semi_octets(digits)
    packed = alphabet.pack(alphabet.to_septets(number))
    return bytes((-(-len(number) * 7 // 4), 0xD0)) + packed


def moment(at: dt.datetime) -> bytes:
    return semi_octets(f"{at:%y%m%d%H%M%S}") + bytes(((28 % 10) << 4 | 28 // 10,))  # UTC+7 in quarters


def deliver(
    number: str, text: str, at: dt.datetime | None = None, header: bytes = b"", coding: int | None = None
) -> str:
    """An SMS-DELIVER as a network writes it."""
    at = at or dt.datetime.now(WIB)
    is_gsm = alphabet.is_gsm(text) if coding is None else coding == 0
    fill = -8 * len(header) % 7
    if is_gsm:
        septets = alphabet.to_septets(text)
        length, content = (8 * len(header) + fill) // 7 + len(septets), header + alphabet.pack(septets, fill)
    else:
        content = header + text.encode("utf-16-be")
        length = len(content)
    first = 0x04 | (0x40 if header else 0)
    body = (
        bytes((first,)) + address(number) + bytes((0, (0 if is_gsm else 8) if coding is None else coding)) + moment(at)
    )
    return (bytes((7, 0x91)) + semi_octets("628310000000") + body + bytes((length,)) + content).hex().upper()


def status_report(number: str, reference: int, status: int, at: dt.datetime | None = None) -> str:
    """An SMS-STATUS-REPORT as a network writes it."""
    when = moment(at or dt.datetime.now(WIB))
    body = bytes((0x06, reference)) + address(number) + when + when + bytes((status,))
    return (bytes((7, 0x91)) + semi_octets("628310000000") + body).hex().upper()


def read_submit(hexadecimal: str) -> tuple[str, str, int | None, bool, bytes, int]:
    """(number, text, validity, wants_report, header, coding) of an SMS-SUBMIT, read without Posko's reader."""
    raw = bytes.fromhex(hexadecimal)
    raw = raw[raw[0] + 1 :]
    first, digits = raw[0], raw[2]
    assert first & 3 == 1, "not an SMS-SUBMIT"
    at = 4 + (digits + 1) // 2
    number = ("+" if raw[3] & 0x70 == 0x10 else "") + raw[4:at].hex().translate(str.maketrans("", "")).upper()
    plain = "".join(number.lstrip("+")[place + 1] + number.lstrip("+")[place] for place in range(0, at * 2 - 8, 2))
    number = ("+" if number.startswith("+") else "") + plain[:digits]
    coding = raw[at + 1]
    has_validity = first >> 3 & 3
    validity = raw[at + 2] if has_validity == 2 else None
    at += 2 + {0: 0, 2: 1}.get(has_validity, 7)
    length, content = raw[at], raw[at + 1 :]
    header = content[: content[0] + 1] if first & 0x40 else b""
    if coding == 8:
        text = content[len(header) : length].decode("utf-16-be")
    else:
        fill = -8 * len(header) % 7
        text = alphabet.from_septets(
            alphabet.unpack(content[len(header) :], length - (8 * len(header) + fill) // 7, fill)
        )
    return number, text, validity, bool(first & 0x20), header, coding


class FakeModem:
    """The modem's own thread; everything public may be set by the test at any time."""

    def __init__(self, link: Path) -> None:
        self.cable = Cable(link)
        self.pin: str | None = None
        self.pins_tried: list[str] = []
        self.network = 1
        self.signal = 20
        self.capacity = 20
        self.store: dict[int, tuple[int, str]] = {}
        self.taken: list[Taken] = []
        self.commands: list[str] = []
        self.is_echoing = True
        self.is_hung = False
        self.hangs_on_submit = False
        self.refusals: list[str] = []
        """Answers to the next submits instead of taking them, such as "+CMS ERROR: 38"."""
        self.status: int | None = 0
        """What is reported of each part at once; None reports nothing."""
        self.chatter: list[str] = []
        """Said between an answer's lines."""
        self.before_result: Callable[[], None] = lambda: None
        """Called after a part was taken and before that is said."""
        self.in_flight_worst = 0
        self._reference = 0
        self._mode = 1
        self._announce = False
        self._reports = False
        self._prompted: int | None = None
        self._prompt_content = b""
        self._buffer = b""
        self._stopping = False
        self._lock = threading.RLock()
        self.cable.plug()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    # what a test does

    def stop(self) -> None:
        self._stopping = True
        self._thread.join(LONG_S)
        if self.cable.master >= 0:
            self.cable.unplug()

    def unplug(self) -> None:
        self.cable.unplug()

    def plug(self) -> None:
        """It comes back as after a power loss: settings forgotten, the SIM's store kept."""
        self._forget()
        self.cable.plug()

    def reboot(self) -> None:
        """It starts anew by itself, on the same port."""
        self._forget()
        self._say("RDY", "+CFUN: 1")

    def receive(self, pdu: str) -> bool:
        """The network brings a message; False when there is no room."""
        with self._lock:
            free = next((index for index in range(1, self.capacity + 1) if index not in self.store), None)
            if free is None:
                return False
            self.store[free] = (0, pdu)
            if self._announce:
                self._say(f'+CMTI: "SM",{free}')
            return True

    def report(self, number: str, reference: int, status: int) -> None:
        """The network says what became of a part."""
        pdu = status_report(number, reference, status)
        self._say(f"+CDS: {len(pdu) // 2 - 8}", pdu)

    def lose_network(self, state: int = 2) -> None:
        self.network = state
        self._say(f"+CREG: {state}")

    def find_network(self) -> None:
        self.network = 1
        self._say("+CREG: 1")

    # the modem

    def _forget(self) -> None:
        self.is_echoing, self._mode, self._announce, self._reports = True, 1, False, False
        self._prompted, self._buffer, self._prompt_content = None, b"", b""

    def _run(self) -> None:
        while not self._stopping:
            received = b""
            with contextlib.suppress(OSError, ValueError):
                select.select([self.cable.master], [], [], 0.01)
                received = self.cable.read()
                self._hear(received)
            if not received:  # a pty that nobody has open is always readable, and nothing is there
                time.sleep(0.005)

    def _hear(self, received: bytes) -> None:
        if self.is_hung:
            return
        for one in received:
            self._hear_octet(bytes((one,)))

    def _hear_octet(self, octet: bytes) -> None:
        if self._prompted is not None:
            self._hear_content(octet)
            return
        if self.is_echoing and octet != b"\x1b":
            self.cable.write(octet)
        if octet == b"\r":
            line, self._buffer = self._buffer.decode("ascii", "replace").strip(), b""
            if line:
                self._obey(line)
        elif octet == b"\x1b":
            self._buffer = b""
        elif octet != b"\n":
            self._buffer += octet

    def _hear_content(self, octet: bytes) -> None:
        if octet == b"\x1b":
            self._prompted = None
            self._say("OK")
        elif octet == b"\x1a":
            self._submit(self._prompt_content.decode("ascii", "replace"))
        else:
            self._prompt_content += octet

    def _say(self, *lines: str) -> None:
        self.cable.write("".join(f"\r\n{line}\r\n" for line in lines).encode())

    def _obey(self, line: str) -> None:
        self.commands.append(line)
        word = line.upper()
        for name, answer in self._ANSWERS.items():
            if re.fullmatch(name, word):
                said = answer(self, line)
                if said is not None:
                    lines = [said] if isinstance(said, str) else said
                    self._say(*[each for one in lines for each in (*self.chatter, one)])
                return
        self._say("ERROR")

    def _is_locked(self) -> bool:
        return self.pin is not None

    def _pin_state(self, line: str) -> list[str]:
        return [f"+CPIN: {'SIM PIN' if self.pin is not None else 'READY'}", "OK"]

    def _enter_pin(self, line: str) -> str:
        tried = line.partition("=")[2].strip('"')
        self.pins_tried.append(tried)
        if tried != self.pin:
            return "+CME ERROR: 16"
        self.pin = None
        return "OK"

    def _echo(self, line: str) -> str:
        self.is_echoing = line.endswith("1")
        return "OK"

    def _set_mode(self, line: str) -> str:
        self._mode = int(line[-1])
        return "OK"

    def _announced(self, line: str) -> str:
        values = line.partition("=")[2].split(",")
        self._announce = len(values) > 1 and values[1] == "1"
        self._reports = len(values) > 3 and values[3] == "1"
        return "OK"

    def _list(self, line: str) -> list[str]:
        if self._is_locked():
            return ["+CMS ERROR: 311"]
        lines = []
        with self._lock:
            for index, (stat, pdu) in sorted(self.store.items()):
                lines += [f"+CMGL: {index},{stat},,{len(pdu) // 2 - 8}", pdu]
        # a header and its octets belong together: chatter never comes between them on a real modem
        self._say(*lines)
        return ["OK"]

    def _read(self, line: str) -> list[str]:
        kept = self.store.get(int(line.partition("=")[2]))
        if kept is None:
            return ["+CMS ERROR: 321"]
        return [f"+CMGR: {kept[0]},,{len(kept[1]) // 2 - 8}\r\n{kept[1]}", "OK"]

    def _delete(self, line: str) -> str:
        with self._lock:
            self.store.pop(int(line.partition("=")[2].partition(",")[0]), None)
        return "OK"

    def _begin_submit(self, line: str) -> str | None:
        if self._is_locked():
            return "+CMS ERROR: 311"
        self._prompted, self._prompt_content = int(line.partition("=")[2]), b""
        self.cable.write(b"\r\n> ")
        return None

    def _submit(self, hexadecimal: str) -> None:
        announced, self._prompted = self._prompted, None
        if self.hangs_on_submit:
            return
        if self.refusals:
            self._say(self.refusals.pop(0))
            return
        sca = int(hexadecimal[:2], 16)
        if len(hexadecimal) // 2 - 1 - sca != announced:
            self._say("+CMS ERROR: 304")
            return
        number, text, validity, wants_report, header, coding = read_submit(hexadecimal)
        self._reference = (self._reference + 1) % 256
        reference = self._reference
        self.taken.append(Taken(hexadecimal, number, text, reference, validity, wants_report, header, coding))
        self.before_result()
        self._say(*self.chatter, f"+CMGS: {reference}", "OK")
        if wants_report and self._reports and self.status is not None:
            self.report(number, reference, self.status)

    def _restart(self, line: str) -> None:
        self._say("OK")
        self.reboot()

    _ANSWERS = {
        r"AT": lambda self, line: "OK",
        r"ATZ|AT&F.*|AT\+CMEE=\d|AT\+CSMS=0|AT\+CREG=\d|AT\+CFUN=1|AT\+CSMP=[^?]*": lambda self, line: "OK",
        r"ATE[01]": _echo,
        r"AT\+CGMI": lambda self, line: ["POSKO TEST", "OK"],
        r"AT\+CGMM": lambda self, line: ["FAKE-1", "OK"],
        r"AT\+CGMR": lambda self, line: ["1.0", "OK"],
        r"AT\+CGSN": lambda self, line: ["490154203237518", "OK"],
        r"AT\+CIMI": lambda self, line: ["510100000000001", "OK"],
        r"AT\+CSCS=\?": lambda self, line: ['+CSCS: ("GSM")', "OK"],
        r"AT\+CSCS\?": lambda self, line: ['+CSCS: "GSM"', "OK"],
        r"AT\+CSCS=.*": lambda self, line: "OK" if "GSM" in line else "ERROR",
        r"AT\+CPIN\?": _pin_state,
        r"AT\+CPIN=.*": _enter_pin,
        r"AT\+CREG\?": lambda self, line: [f"+CREG: 1,{self.network}", "OK"],
        r"AT\+CSQ": lambda self, line: [f"+CSQ: {self.signal},99", "OK"],
        r"AT\+CSMS\?": lambda self, line: ["+CSMS: 0,1,1,1", "OK"],
        r"AT\+CPMS=\?": lambda self, line: ['+CPMS: ("SM"),("SM"),("SM")', "OK"],
        r"AT\+CPMS\?": lambda self, line: [
            "+CPMS: " + ",".join([f'"SM",{len(self.store)},{self.capacity}'] * 3),
            "OK",
        ],
        r"AT\+CPMS=[^?]*": lambda self, line: [
            "+CPMS: " + ",".join([f"{len(self.store)},{self.capacity}"] * 3),
            "OK",
        ],
        r"AT\+CMGF=\?": lambda self, line: ["+CMGF: (0,1)", "OK"],
        r"AT\+CMGF=[01]": _set_mode,
        r"AT\+CNMI=\?": lambda self, line: ["+CNMI: (0-2),(0-3),(0,2),(0,1),(0,1)", "OK"],
        r"AT\+CNMI=\d.*": _announced,
        r"AT\+CSCA\?": lambda self, line: ['+CSCA: "+628310000000",145', "OK"],
        r"AT\+CMGL=4": _list,
        r"AT\+CMGR=\d+": _read,
        r"AT\+CMGD=\d+(,\d)?": _delete,
        r"AT\+CMGS=\d+": _begin_submit,
        r"AT\+CFUN=1,1": _restart,
    }
