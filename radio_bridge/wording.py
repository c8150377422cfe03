"""How a message is worded for the air: short, numbered, without names, and never cut without a word. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from zlib import crc32

from incident.errors import BadReport
from radio_bridge import radiogram
from radio_bridge.cost import USUAL_CHANNEL, cost_on_air
from radio_bridge.errors import CannotSend
from radio_bridge.personal import LEFT_OUT, NOT_ON_AIR, find_persons, without_persons
from radio_bridge.radiogram import Alert, Place, Radiogram, Text, schema, texts
from radio_bridge.traffic import LinkConfig

ACTION_OF_ORDER = {"inform": 0, "stand_by": 1, "go": 2, "evacuate": 3, "stand_down": 12}
"""An alert's order -> the action code in the frame."""

REVISIONS = 63
"""An alert's are numbered 0 to 62 on the air, then anew with another reference: its cancel needs one more."""

MORE = " [...]"
"""Ends a text of which the rest is on the screens only: the listener must know that there is more."""
TOO_LONG = "Teks terlalu panjang untuk radio; selebihnya hanya di layar. Bacakan bila perlu."

# the table of types on the screen has other words than the table of the air
_SAME_TYPE = {"penyelamatan": "penyelamatan/sar", "kdrt dan anak": "kdrt/anak", "kabel dan pju": "kabel/pju"}
_LATIHAN = re.compile(r"^\s*LATIHAN[\s.:,-]*|[\s.:,-]*LATIHAN\s*$")
_LONGEST_ROSTER = (1, radiogram.STATION_LAST)  # the link adds the roster: leave room for the longest


def number_of(call_sign: str) -> int:
    """The station number a call sign has unless it is given another: the same at the centre and in the field."""
    return crc32(call_sign.upper().encode()) % radiogram.STATION_LAST + 1


def alert_on_air(
    alert: Mapping[Any, Any], type_name: str, names: Iterable[str] = (), channel: LinkConfig = USUAL_CHANNEL
) -> tuple[Alert, str | None]:
    """The alert (a row) with as much of its text as one frame carries, and a sentence when that is not all of it.

    names: of the persons who reported it; they and telephone numbers stay on the screens.
    """
    place = None if alert["lon"] is None else Place(alert["lon"], alert["lat"])
    bare = Alert(
        ref=0,
        revision=alert["revision"] % REVISIONS,
        priority=int(alert["priority"][1]),
        type=type_code(type_name),
        action=ACTION_OF_ORDER.get(alert["order"], 0),
        expires_min=radiogram.EXPIRES_MAX_MIN,
        place=place if _is_sendable(place, channel) else None,
        exercise=bool(alert["exercise"]),
    )
    written, where = _plain(written_out(alert["text"])), without_persons(written_out(alert["place"] or ""), names)
    text = without_persons(written, names)
    left_out = LEFT_OUT if text != written else None
    candidates = [f"{text} @ {where}"] if where and where not in text else []
    fitting = next((one for words in [*candidates, text] if _fits(one := replace(bare, text=words), channel)), None)
    return (fitting, left_out) if fitting else (_as_much_as_fits(bare, text, channel), TOO_LONG)


def text_on_air(
    text: str, to_one: bool, priority: int = 3, exercise: bool = False, channel: LinkConfig = USUAL_CHANNEL
) -> Radiogram:
    """Words as they go out, to measure or to send. Raises BadReport when they do not fit the channel or name somebody.

    To one station a long text goes in parts; to all it must fit one frame.
    """
    plain = _plain(text)
    if not plain:
        raise BadReport("Tulis pesannya.", "text")
    if signs := texts.unsendable(plain):
        named = ", ".join(signs)
        raise BadReport(f"Tanda ini tidak dapat dikirim lewat radio: {named}. Tulis ulang tanpa tanda itu.", "text")
    if find_persons(plain):
        raise BadReport(NOT_ON_AIR, "text")
    # many answer only what asks them in slots, so words to all travel as an alert "untuk diketahui"
    asks = Alert(0, 0, priority, 0, 0, radiogram.EXPIRES_MAX_MIN, exercise=exercise, text=plain)
    words: Radiogram = Text(plain, exercise=exercise) if to_one else asks
    if not _fits(words, channel):
        raise BadReport("Pesan terlalu panjang untuk satu bingkai radio; persingkat atau bagi dua.", "text")
    return words


def written_out(text: str) -> str:
    """An alert goes out whatever stands in it: a sign no screen may show is written by its number, `<U+200D>`."""
    return "".join(sign if sign.isprintable() or sign.isspace() else f"<U+{ord(sign):04X}>" for sign in text)


def type_code(name: str) -> int:
    """The air's code for a type's Indonesian name; 0 (lainnya) for types of a site's own."""
    wanted = _SAME_TYPE.get(name.lower(), name.lower())
    return next((code for code, word in radiogram.TYPES.items() if word.lower() == wanted), 0)


def _plain(text: str) -> str:
    """Without LATIHAN at the ends: the frame says it in one bit and every screen shows it."""
    return " ".join(_LATIHAN.sub("", text).split())


def _is_sendable(place: Place | None, channel: LinkConfig) -> bool:
    """A place outside Indonesia has no number on the air: better the alert without it than no alert."""
    return place is not None and _fits(radiogram.Position(place), channel)


def _as_much_as_fits(alert: Alert, text: str, channel: LinkConfig) -> Alert:
    words = text.split()
    shorter = (replace(alert, text=" ".join(words[:n]) + MORE) for n in range(len(words) - 1, -1, -1))
    return next(one for one in shorter if _fits(one, channel))


def _fits(words: Radiogram, channel: LinkConfig) -> bool:
    """Whether the channel carries it as it writes it, no frame longer than its law allows."""
    whole = replace(words, roster=_LONGEST_ROSTER) if isinstance(words, Alert) else words
    try:
        cost = cost_on_air(whole, channel)
        if not cost.frames:
            schema.encode(whole)  # where people speak, what they read out is as short
    except CannotSend:
        return False
    return cost.seconds <= channel.profile.longest_key_up_s * max(1, cost.frames)
