"""A radiogram as a line of words: for channels where nothing may be said that a listener could not read.

`AWAS 4711.0 P1 BANJIR EVAK 30M R1-20 S35 0>* 11171 : Jumoyo =K7QF`. The four letters at the end are a keyed check
over all before them. The grammar is in docs/radio.md, section 7.

Here is the frame around the words: who speaks to whom, the counter, the check. `writing.py` and `reading.py` turn a
radiogram into words and back, `vocabulary.py` has the words.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2s

from radio_bridge.errors import BadFrame, CannotSend
from radio_bridge.framing.posko import Header, Opened, ReplayWindow, use_up
from radio_bridge.plain import reading, writing
from radio_bridge.plain.vocabulary import TEXT
from radio_bridge.radiogram import ALL, STATION_LAST, Radiogram
from radio_bridge.radiogram.schema import encode

BULLETIN = b":BLN1POSKO:"
"""APRS 1.0.1, chapter 14: a group bulletin, so that any APRS radio shows the line."""

IDENTITY = b">DE "
"""An APRS status; the call sign follows."""

LINE_MAX = 240
"""Longest line in bytes: with the bulletin's head it fills what an AX.25 frame may hold (256)."""

APRS_SHOWS = 67
"""Characters of a bulletin that other people's radios show. Ours read the whole line; a usual alert is shorter."""

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Of the check: no I, O, 0, 1, which sound or look alike."""

CHECK_LETTERS = 4
AROUND = len(BULLETIN) + 2 + CHECK_LETTERS
"""Bytes of a frame beside the line that the check is about."""

UNKNOWN = 0
"""Type of a line whose words mean nothing to us; it is checked like what its station says of its own."""

_ENVELOPE = re.compile(r" (0|[1-9][0-9]{0,2})>(\*|0|[1-9][0-9]{0,2}) (0|[1-9A-F][0-9A-F]{0,7})$")


def seal(radiogram: Radiogram, net: int, source: int, destination: int, key: bytes, epoch: int, counter: int) -> bytes:
    """The line as it goes into the carrier. Raises CannotSend when it cannot be said in one frame."""
    line = f"{writing.head(radiogram)} {source}>{'*' if destination == ALL else destination} {counter:X}"
    line += writing.tail(radiogram)
    _check_length(len(line.encode()) + 2 + CHECK_LETTERS)
    return BULLETIN + f"{line} ={_check(line, net, key, epoch, counter)}".encode()


def open_line(frame: bytes, keys: Mapping[int, bytes], window: ReplayWindow) -> tuple[Opened, Radiogram]:
    """Check and read a line under a net's one key, and use up its counter. keys: net -> key.

    Raises BadFrame with kind version, mac, replay or meaning.
    """
    nets = {net: ((window.epoch, key),) for net, key in keys.items()}
    return open_sealed(frame, lambda *_: nets, window)


Opening = Callable[[int, int, bytes], Mapping[int, Iterable[tuple[int, bytes]]]]
"""(type, source, content) -> net -> (epoch, key) it may be checked with."""


def open_sealed(
    frame: bytes, opening: Opening, window: ReplayWindow, series: Callable[[int, int, bytes], int] | None = None
) -> tuple[Opened, Radiogram]:
    """Check and read a line, and use up its counter.

    Raises BadFrame with kind version, mac, replay or meaning, and what `opening` raises.
    """
    line, check = _halves(frame)
    source, destination, counter = _envelope(line)
    radiogram = reading.read(line)
    type_number, content = encode(writing.without_text(radiogram)) if radiogram else (UNKNOWN, b"")
    net, epoch = _net(line, check, opening(type_number, source, content), counter)
    use_up(window, series(type_number, source, content) if series else source, counter)
    if radiogram is None:
        raise BadFrame("meaning", "A genuine line says nothing this version understands.")
    return Opened(Header(type_number, net, source, destination), counter, line.encode(), epoch), radiogram


def source_of(frame: bytes) -> int:
    """The station a line names as its sender, before anything of it is believed. Raises BadFrame."""
    return _envelope(_halves(frame)[0])[0]


def header_of(frame: bytes) -> Header:
    """Whom a line names as its sender and whom it is for; it names neither its net nor its type. Raises BadFrame."""
    source, destination, _ = _envelope(_halves(frame)[0])
    return Header(UNKNOWN, 0, source, destination)


def bytes_on_air(radiogram: Radiogram) -> int:
    """The most bytes the line can take from any station with any part of the roster. Raises CannotSend."""
    words = writing.head(writing.widened(radiogram), writing.widest) + " 200>200 FFFFFFFF"
    words += writing.tail(radiogram)
    length = len(words.encode()) + 2 + CHECK_LETTERS
    _check_length(length)
    return len(BULLETIN) + length


def identity(callsign: str) -> bytes:
    """What a station says to name itself."""
    return IDENTITY + callsign.encode()


def is_plain(content: bytes) -> bool:
    """Whether a person could read it: printable UTF-8 in one of our two forms."""
    try:
        words = content.decode()
    except UnicodeDecodeError:
        return False
    return content.startswith((BULLETIN, IDENTITY)) and words.isprintable()


def _check_length(length: int) -> None:
    if length > LINE_MAX:
        raise CannotSend(
            f"The line is {length} bytes long, {length - LINE_MAX} more than a plain frame carries. "
            "Shorten the text or send it in two parts."
        )


def _check(line: str, net: int, key: bytes, epoch: int, counter: int) -> str:
    """Four letters: the first 20 bits of a keyed BLAKE2s of 3 bytes."""
    message = epoch.to_bytes(4, "big") + counter.to_bytes(4, "big") + bytes((net,)) + line.encode()
    bits = int.from_bytes(blake2s(message, digest_size=3, key=key).digest(), "big") >> 4
    return "".join(LETTERS[bits >> shift & 31] for shift in (15, 10, 5, 0))


def _halves(frame: bytes) -> tuple[str, str]:
    """(what the check is about, the check)."""
    found = re.fullmatch(rb"(.+) =([A-Z2-9]{4})", frame.removeprefix(BULLETIN), re.DOTALL)
    if found is None or not is_plain(frame):
        raise BadFrame("version", "A frame that is no line of ours.")
    return found[1].decode(), found[2].decode()


def _net(line: str, check: str, nets: Mapping[int, Iterable[tuple[int, bytes]]], counter: int) -> tuple[int, int]:
    """(net, epoch) of the key under which the check is right.

    The line says its whole counter: four letters allow for no guessing.
    """
    for net, candidates in nets.items():
        for epoch, key in candidates:
            if hmac.compare_digest(check, _check(line, net, key, epoch, counter)):
                return net, epoch
    raise BadFrame("mac", "The check of a line is wrong.")


def _envelope(line: str) -> tuple[int, int, int]:
    """(source, destination, full counter); BadFrame("version") when it ends in another way."""
    found = _ENVELOPE.search(line.partition(TEXT)[0])
    source, destination = (int(found[1]), ALL if found[2] == "*" else int(found[2])) if found else (ALL, ALL)
    if found is None or source > STATION_LAST or destination > ALL:
        raise BadFrame("version", "A line that does not name its stations.")
    return source, destination, int(found[3], 16)
