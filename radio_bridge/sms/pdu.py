"""PDUs: SMS-SUBMIT written, SMS-DELIVER and SMS-STATUS-REPORT read (3GPP TS 23.040, section 9.2). Pure."""

import datetime as dt
import re
from dataclasses import dataclass

from radio_bridge.errors import CannotSend
from radio_bridge.sms import alphabet
from radio_bridge.sms.parts import split


class BadPdu(Exception):
    """Octets from the modem that are no short message: count it, keep nothing of it, go on."""


# what we send


@dataclass(frozen=True)
class Submit:
    """One part, ready for AT+CMGS=`length`: hexadecimal, with an empty address of the service centre (the SIM's)."""

    hex: str
    length: int
    part: int
    """1 for the first."""
    parts: int


_NUMBER = re.compile(r"\+?\d{3,20}")
_INTERNATIONAL, _NATIONAL = 0x91, 0x81
_SUBMIT, _RELATIVE_VALIDITY, _WANTS_REPORT, _HAS_HEADER = 0x01, 0x10, 0x20, 0x40
_CODING = {"gsm": 0x00, "ucs2": 0x08}


def submits(number: str, text: str, valid: dt.timedelta, reference: int) -> list[Submit]:
    """The parts of a message to `number`, each asking for a delivery report.

    reference: 0..255, the same in all parts; another for the next message to the same number. Raises CannotSend.
    """
    coding, pieces = split(text)
    to, validity = _address(number), bytes((validity_octet(valid),))
    return [
        _submit(to, validity, coding, piece, reference % 256, part, len(pieces))
        for part, piece in enumerate(pieces, start=1)
    ]


def _submit(to: bytes, validity: bytes, coding: str, piece: str, reference: int, part: int, parts: int) -> Submit:
    header = bytes((5, 0, 3, reference, parts, part)) if parts > 1 else b""
    first = _SUBMIT | _RELATIVE_VALIDITY | _WANTS_REPORT | (_HAS_HEADER if header else 0)
    # message reference 0: the modem counts by itself and tells which number it took
    tpdu = bytes((first, 0)) + to + bytes((0, _CODING[coding])) + validity + _user_data(coding, piece, header)
    return Submit((b"\0" + tpdu).hex().upper(), len(tpdu), part, parts)


def _user_data(coding: str, piece: str, header: bytes) -> bytes:
    if coding == "ucs2":
        content = header + piece.encode("utf-16-be", "replace")
        return bytes((len(content),)) + content
    fill_bits = -8 * len(header) % 7
    septets = alphabet.to_septets(piece)
    length = (8 * len(header) + fill_bits) // 7 + len(septets)
    return bytes((length,)) + header + alphabet.pack(septets, fill_bits)


def check_number(number: str) -> str:
    """The number without what people put between its digits. Raises CannotSend for what is none."""
    bare = re.sub(r"[\s().-]", "", number)
    if not _NUMBER.fullmatch(bare):
        raise CannotSend("Nomor tujuan SMS ini bukan nomor telepon.")
    return bare


def _address(number: str) -> bytes:
    bare = check_number(number)
    digits, kind = bare.lstrip("+"), _INTERNATIONAL if bare.startswith("+") else _NATIONAL
    return bytes((len(digits), kind)) + _semi_octets(digits)


def _semi_octets(digits: str) -> bytes:
    padded = digits + "F" * (len(digits) % 2)
    return bytes.fromhex("".join(padded[at + 1] + padded[at] for at in range(0, len(padded), 2)))


def validity_octet(valid: dt.timedelta) -> int:
    """The relative validity period that is not longer than `valid`; five minutes is the shortest there is."""
    minutes = max(5, int(valid.total_seconds() // 60))
    if minutes <= 12 * 60:
        return minutes // 5 - 1
    if minutes <= 24 * 60:
        return 143 + (minutes - 12 * 60) // 30
    if minutes < 35 * 24 * 60:  # days end at thirty, weeks begin at five
        return min(196, 166 + minutes // (24 * 60))
    return min(255, 192 + minutes // (7 * 24 * 60))


# what comes in


@dataclass(frozen=True)
class Joint:
    """Which part of which long message this is."""

    reference: int
    parts: int
    part: int


@dataclass(frozen=True)
class Deliver:
    """A message to us. sender: digits with + when international, or the letters of a named sender (no answer to it)."""

    sender: str
    text: str
    at: dt.datetime
    """By the clock of the service centre."""
    joint: Joint | None = None
    is_named: bool = False
    is_binary: bool = False
    """Octets for a program (settings, ring tones): there is no text to read."""


@dataclass(frozen=True)
class StatusReport:
    """What became of a part. state: "heard" (the telephone has it), "failed" (for good) or "pending" (still tried)."""

    reference: int
    number: str
    at: dt.datetime
    state: str
    code: int
    reason: str = ""


class _Octets:
    """Reads from the front; BadPdu when there is not enough."""

    def __init__(self, octets: bytes) -> None:
        self._left = octets

    def take(self, count: int) -> bytes:
        if len(self._left) < count:
            raise BadPdu(f"{count - len(self._left)} octets are missing")
        taken, self._left = self._left[:count], self._left[count:]
        return taken

    def one(self) -> int:
        return self.take(1)[0]

    def rest(self) -> bytes:
        return self._left


def read(hexadecimal: str) -> Deliver | StatusReport:
    """A PDU as the modem shows it, with the service centre's address before it. Raises BadPdu."""
    try:
        octets = _Octets(bytes.fromhex(hexadecimal))
    except ValueError:
        raise BadPdu("not hexadecimal") from None
    octets.take(octets.one())
    first = octets.one()
    if first & 3 == 0:
        return _read_deliver(octets, bool(first & _HAS_HEADER))
    if first & 3 == 2:
        return _read_report(octets)
    raise BadPdu(f"message type {first & 3}")


def _read_deliver(octets: _Octets, has_header: bool) -> Deliver:
    sender, is_named = _read_address(octets)
    octets.take(1)
    coding = _coding_of(octets.one())
    at = _read_time(octets.take(7))
    text, joint = _read_user_data(coding, octets.one(), octets.rest(), has_header)
    return Deliver(sender, text, at, joint, is_named, coding == "octets")


def _read_report(octets: _Octets) -> StatusReport:
    reference = octets.one()
    number, _ = _read_address(octets)
    octets.take(7)
    at, code = _read_time(octets.take(7)), octets.one()
    state = state_of_status(code)
    return StatusReport(reference, number, at, state, code, reason_of_status(code) if state == "failed" else "")


def _read_address(octets: _Octets) -> tuple[str, bool]:
    length, kind = octets.one(), octets.one()
    if length > 20:
        raise BadPdu(f"an address of {length} digits")
    digits = octets.take((length + 1) // 2)
    if kind & 0x70 == 0x50:
        return alphabet.from_septets(alphabet.unpack(digits, length * 4 // 7)).rstrip("\r@ "), True
    number = _read_semi_octets(digits)[:length]
    return ("+" if kind & 0x70 == 0x10 else "") + number, False


def _read_semi_octets(octets: bytes) -> str:
    return "".join("0123456789*#abc"[half] for one in octets for half in (one & 15, one >> 4) if half < 15)


def _read_time(octets: bytes) -> dt.datetime:
    year, month, day, hour, minute, second = ((one & 15) * 10 + (one >> 4) for one in octets[:6])
    quarters = (octets[6] & 7) * 10 + (octets[6] >> 4)
    zone = dt.timezone(dt.timedelta(minutes=15 * (-quarters if octets[6] & 8 else quarters)))
    try:
        return dt.datetime(2000 + year, month, day, hour, minute, second, tzinfo=zone).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise BadPdu("a time that does not exist") from None


def _coding_of(octet: int) -> str:
    """gsm, ucs2, or octets for what is not text (TS 23.038, section 4)."""
    group = octet >> 4
    if group < 8 and not octet & 0x20:
        return ("gsm", "octets", "ucs2", "gsm")[octet >> 2 & 3]
    if group in (0xC, 0xD):
        return "gsm"
    if group == 0xE:
        return "ucs2"
    return "gsm" if group == 0xF and not octet & 4 else "octets"


def _read_user_data(coding: str, length: int, octets: bytes, has_header: bool) -> tuple[str, Joint | None]:
    header = octets[: octets[0] + 1] if has_header and octets else b""
    joint = _joint_of(header)
    if coding == "gsm":
        return _read_septets(length, octets, header), joint
    if len(octets) < length:
        raise BadPdu("the text is cut off")
    content = octets[len(header) : length]
    return (_from_ucs2(content, joint is not None) if coding == "ucs2" else ""), joint


_HALF = 0xF0000
"""Added to half of a pair, which no database takes: a private sign stands for it until the parts are joined."""


def _from_ucs2(content: bytes, is_part: bool) -> str:
    """The text; some telephones cut a long one in the middle of a sign, and its half is kept for the other."""
    if not is_part:
        return content.decode("utf-16-be", "replace")
    text = content[: len(content) // 2 * 2].decode("utf-16-be", "surrogatepass")
    return "".join(chr(_HALF + ord(sign)) if "\ud800" <= sign <= "\udfff" else sign for sign in text)


def joined(text: str) -> str:
    """The text of all parts, one after the other, with the signs whole that were cut; a half alone is U+FFFD."""
    halves = re.sub("[\U000fd800-\U000fdfff]", lambda found: chr(ord(found[0]) - _HALF), text)
    return halves.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "replace")


def _read_septets(length: int, octets: bytes, header: bytes) -> str:
    fill_bits = -8 * len(header) % 7
    wanted = length - (8 * len(header) + fill_bits) // 7
    septets = alphabet.unpack(octets[len(header) :], wanted, fill_bits)
    if len(septets) < wanted:
        raise BadPdu("the text is cut off")
    return alphabet.from_septets(septets)


def _joint_of(header: bytes) -> Joint | None:
    """The part and whole of a header: element 0 holds an 8-bit reference, 8 a 16-bit one."""
    elements = header[1:]
    while len(elements) >= 2:
        kind, size = elements[0], elements[1]
        content, elements = elements[2 : 2 + size], elements[2 + size :]
        if kind in (0, 8) and len(content) == size == (3 if kind == 0 else 4):
            return _sound(Joint(int.from_bytes(content[:-2], "big"), content[-2], content[-1]))
    return None


def _sound(joint: Joint) -> Joint | None:
    return joint if 1 <= joint.part <= joint.parts else None


# what a status says (TS 23.040, section 9.2.3.15)


def state_of_status(code: int) -> str:
    """Only "received by the telephone" is heard: "forwarded, no confirmation" (1) and "replaced" (2) are not."""
    if code == 0:
        return "heard"
    return "failed" if code & 0x7F >= 0x40 else "pending"


_REASONS = {
    0x40: "Jaringan tidak dapat menjangkau ponsel itu.",
    0x41: "Nomor itu tidak cocok dengan jaringannya.",
    0x42: "Sambungan ke nomor itu ditolak.",
    0x43: "Nomor itu tidak dapat dihubungi.",
    0x45: "Pusat pesan menghapus SMS ini.",
    0x46: "Masa berlaku SMS habis sebelum ponselnya menyala.",
    0x60: "Jaringan padat; pusat pesan berhenti mencoba.",
    0x61: "Ponsel itu sibuk; pusat pesan berhenti mencoba.",
    0x62: "Ponsel itu tidak menjawab.",
    0x63: "Layanan SMS menolak.",
}


def reason_of_status(code: int) -> str:
    """Why it failed, in a sentence without a number of anybody."""
    return _REASONS.get(code & 0x7F, f"Operator melaporkan gagal (status {code}).")
