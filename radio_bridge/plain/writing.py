"""A radiogram written as words, in the order of docs/radio.md, section 7."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from radio_bridge.errors import CannotSend
from radio_bridge.plain.vocabulary import ACTION_WORDS, EXERCISE, LEVEL_WORDS, SIGNED, TEXT, TYPE_WORDS, written_out
from radio_bridge.radiogram import (
    SLOT_STEP_MS,
    Ack,
    Alert,
    Asking,
    Cancel,
    Fragment,
    Key,
    Level,
    Missing,
    Place,
    Position,
    Radiogram,
    Receipt,
    RollCall,
    Status,
    Text,
    Time,
)
from radio_bridge.radiogram.schema import encode
from radio_bridge.radiogram.texts import check_sendable

Words = Sequence[str]
Roster = Callable[[Iterable[int]], str]
"""How stations are named: those that are asked, or as long as any part of them could become."""


def head(radiogram: Radiogram, roster: Roster | None = None) -> str:
    """All words before the envelope. Raises CannotSend for what the format has no words for."""
    encode(without_text(radiogram))  # the same limits as on every other channel
    tail(radiogram)
    if isinstance(radiogram, Ack) and not (0 <= radiogram.ref < 1 << 16 and 0 <= radiogram.revision < 1 << 6):
        raise CannotSend(f"{_number(radiogram)} is no alert's number.")
    words = _WRITERS[type(radiogram)](radiogram, roster or _roster)
    return " ".join([EXERCISE] * getattr(radiogram, "exercise", False) + [word for word in words if word])


def without_text(radiogram: Radiogram) -> Radiogram:
    """What the limits of a frame are about on a channel where the text is not packed."""
    return replace(radiogram, text="") if isinstance(radiogram, Alert | Text) else radiogram


def tail(radiogram: Radiogram) -> str:
    """The text as it ends the line. Raises CannotSend for signs that cannot be sent, naming them."""
    text = _text_of(radiogram)
    check_sendable(text)
    return f"{TEXT}{written_out(text)}" if text else ""


def _text_of(radiogram: Radiogram) -> str:
    """The words of a radiogram, or of a part of some."""
    if not isinstance(radiogram, Fragment):
        return str(getattr(radiogram, "text", ""))
    try:
        return "" if radiogram.coded else radiogram.chunk.decode()
    except ValueError:
        raise CannotSend("On this channel a part of a text ends between two characters.") from None


def widened(radiogram: Radiogram) -> Radiogram:
    """With what the link may still add, and whatever alert an ack may answer."""
    if isinstance(radiogram, Ack):
        return replace(radiogram, ref=(1 << 16) - 1, revision=(1 << 6) - 1, level=Level.SEEN)
    return replace(radiogram, again=True) if isinstance(radiogram, Asking) else radiogram


def _alert(alert: Alert, roster: Roster) -> Words:
    what, order = _word(TYPE_WORDS, alert.type, "J"), _word(ACTION_WORDS, alert.action, "A")
    about = ("AWAS", _number(alert), f"P{alert.priority}", what, order, f"{alert.expires_min}M", _place(alert.place))
    return *about, *_asks(alert, roster)


def _cancel(cancel: Cancel, roster: Roster) -> Words:
    return "BATAL", _number(cancel), f"P{cancel.priority}", f"{cancel.expires_min}M", *_asks(cancel, roster)


def _number(about: Alert | Cancel | Ack) -> str:
    return f"{about.ref}.{about.revision}"


def _asks(radiogram: Asking, roster: Roster) -> Words:
    slot = f"S{radiogram.slot_ms // SLOT_STEP_MS}" if radiogram.slot_ms else ""
    return roster(radiogram.roster), slot, "UL" if radiogram.again else ""


def _word(words: Sequence[str], code: int, letter: str) -> str:
    return words[code] if code < len(words) else f"{letter}{code}"


def _place(place: Place | None) -> str:
    """Latitude first, as spoken; ten-thousandths of a degree."""
    return "" if place is None else f"@{_degrees(place.lat)},{_degrees(place.lon)}"


def _degrees(value: float) -> str:
    return f"{round(value, 4) + 0.0:.4f}"


def _about(ref: int | None) -> str:
    return "" if ref is None else f"A{ref}"


_WRITERS: dict[type[Radiogram], Callable[..., Words]] = {
    Alert: _alert,
    Cancel: _cancel,
    Ack: lambda ack, roster: ("OK", _number(ack), LEVEL_WORDS[ack.level], roster(ack.also)),
    Receipt: lambda receipt, _: ("TERIMA", str(receipt.number)),
    Status: lambda status, _: ("STATUS", str(status.digit), str(status.number), _about(status.ref)),
    Position: lambda at, _: ("POSISI", _place(at.place), f"{at.age_min}M", str(at.number)),
    Text: lambda text, _: ("PESAN", str(text.number), _about(text.ref)),
    RollCall: lambda call, roster: ("ABSEN", str(call.ref), f"P{call.priority}", *_asks(call, roster)),
    Time: lambda time, _: ("JAM", str(time.utc_s)),
    Key: lambda key, roster: ("KUNCI", str(key.epoch), _commanders(key), roster(key.out), SIGNED, _signature(key)),
    Fragment: lambda part, _: _fragment(part),
    Missing: lambda missing, _: ("KURANG", str(missing.number), f"{missing.mark:X}", _roster(missing.parts)),
}


def _commanders(key: Key) -> str:
    return f"K{_roster(key.commanders)[1:]}" if key.commanders else ""


def _signature(key: Key) -> str:
    """RFC 4648 base 32 without the padding: 103 letters and digits."""
    return b32encode(bytes.fromhex(key.signature)).decode().rstrip("=")


def _fragment(part: Fragment) -> Words:
    """Part 1/3 is the first of three."""
    if part.coded:
        raise CannotSend("On this channel a part of a text is in words a listener can read.")
    return "BAGIAN", str(part.number), f"{part.part + 1}/{part.last + 1}", f"{part.mark:X}", _about(part.ref)


def _roster(stations: Iterable[int]) -> str:
    """`R1-20,25`, or the bits in hexadecimal (`R1/AAAA8`) where that is shorter: a bad round must still fit."""
    numbers = sorted(set(stations))
    if not numbers:
        return ""
    return min(f"R{','.join(_runs(numbers))}", f"R{numbers[0]}/{_hex(numbers)}", key=len)


def widest(stations: Iterable[int]) -> str:
    """As long as the roster of any part of these stations can become."""
    numbers = sorted(set(stations))
    return f"R200/{_hex(numbers)}" if numbers else ""


def _runs(numbers: list[int]) -> list[str]:
    """1, 2, 3, 5 -> 1-3, 5."""
    first = [number for number in numbers if number - 1 not in numbers]
    last = [number for number in numbers if number + 1 not in numbers]
    return [str(a) if a == b else f"{a}-{b}" for a, b in zip(first, last, strict=True)]


def _hex(numbers: list[int]) -> str:
    """A bit for each number from the first, filled up to whole digits, without zeros at the end."""
    length = (numbers[-1] - numbers[0]) // 4 + 1
    bits = sum(1 << 4 * length - 1 - (number - numbers[0]) for number in numbers)
    return f"{bits:0{length}X}"
