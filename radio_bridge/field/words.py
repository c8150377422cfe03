"""What the field terminal writes on its screen, line by line: cut for nothing, wrapped for any width. Pure."""

import textwrap
from collections.abc import Mapping
from typing import Any, NamedTuple

from radio_bridge.field.bearing import age_words
from radio_bridge.field.big_letters import big
from radio_bridge.team import ALERT_WORDS

KEYS = (
    ("SPASI", "sudah dilihat"), ("2", "terima"), ("3", "berangkat"), ("4", "tiba"), ("5", "bawa korban"),
    ("6", "di rujukan"), ("7", "selesai"), ("9", "terkendala"), ("b", "butuh bantuan"), ("0, 0", "MAYDAY"),
    ("t", "tulis"), ("p", "posisi"), ("d", "daftar"), ("u", "ulangi"), ("s", "suara"),
)  # fmt: skip
"""key -> what it does; the field card prints the same table."""
SHORT_KEYS = "SPASI dilihat  2-9 status  b bantuan\n0, 0 MAYDAY  t tulis  p posisi  d daftar"
BIG_LEAST = 3
"""Rows that the order takes in its smaller letters; what is only useful gives way to it."""
READ_ALL = "(d: baca seluruhnya)"


class Line(NamedTuple):
    """A line and what it is: big, head, text, way or state; the screen gives each its colour."""

    words: str
    role: str


def alert_lines(card: Mapping[str, Any], way: str, now: float, hour: str, width: int, height: int) -> list[Line]:
    """An alert for this many columns and rows, the order as large as the room allows.

    way: how to get there, empty where that is not known; hour: when it came, as this site writes it. What does not
    fit is said so in the last line.
    """
    lines = [*_head(card, width), *_wrapped(card["text"], width, "text"), *_wrapped(way, width, "way")]
    for words in (place_words(card["place"]), times_words(card, hour, now)):
        beside = _wrapped(words, width, "place")
        lines += beside if len(beside) <= height - len(lines) - BIG_LEAST else []
    lines = [*(Line(row, "big") for row in big(card["action"].upper(), width, height - len(lines))), *lines]
    return lines if len(lines) <= height else [*lines[: height - 1], Line(READ_ALL, "state")]


def _head(card: Mapping[str, Any], width: int) -> list[Line]:
    """Priority and type, then the state: it must never be the line that did not fit."""
    mark = " LATIHAN" if card["exercise"] else ""
    words = f"P{card['priority']} {card['type'].upper()}{mark}"
    return [*_wrapped(words, width, "head"), *_wrapped(state_words(card), width, "state")]


def _wrapped(words: str, width: int, role: str) -> list[Line]:
    return [Line(row, role) for row in textwrap.wrap(words, max(10, width))]


def state_words(card: Mapping[str, Any]) -> str:
    """What a person here still has to do, or has done."""
    return "BARU: tekan SPASI bila sudah dilihat" if card["state"] == "new" else ALERT_WORDS[card["state"]]


def times_words(card: Mapping[str, Any], hour: str, now: float) -> str:
    """When it came and how long it holds, counted: clocks in the field are wrong."""
    left_min = int((card["expires_at"] - now) // 60)
    valid = f"berlaku {left_min} mnt lagi" if left_min > 0 else "SUDAH LEWAT WAKTUNYA"
    return f"masuk {hour}, {age_words(now - card['received_at'])} · {valid}"


def place_words(place: Mapping[str, float] | None) -> str:
    """Latitude first, decimal comma, as on Indonesian forms."""
    if place is None:
        return "tempat: lihat teks"
    side = "LS" if place["lat"] < 0 else "LU"
    return f"{abs(place['lat']):.4f} {side}, {place['lon']:.4f} BT".replace(".", ",")


def key_words(width: int) -> str:
    """Which key does what, in two or three rows; short where the terminal is narrow."""
    if width < 60:
        return SHORT_KEYS
    return "\n".join(textwrap.wrap("  ".join(f"{key} {does}".replace(" ", "\xa0") for key, does in KEYS), width))
