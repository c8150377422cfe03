"""What words cost on the air before they are sent: bytes, seconds, and why they cannot go, if they cannot."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from incident.config import Settings
from incident.errors import BadReport
from radio_bridge import radiogram, wire
from radio_bridge.devices import Figures, figures_of, take_apart
from radio_bridge.errors import CannotSend
from radio_bridge.profiles import profile_of
from radio_bridge.radiogram import Ack, Alert, Level, Radiogram
from radio_bridge.rig import CENTRE, link_config
from radio_bridge.wording import text_on_air

CALLSIGN = "POSKO"


@dataclass(frozen=True)
class _Modem:
    """As much of a device as a link's figures are made of; nothing is opened."""

    figures: Figures


def measure(settings: Settings, text: str, roster: list[int], to_one: bool) -> Mapping[str, Any]:
    """{bytes, seconds, answers_s, problem} of words to these stations; the first three are null with a problem.

    seconds: the words themselves. answers_s: what the stations' slots take after them.
    """
    if signs := radiogram.unsendable(" ".join(text.split())):
        return _problem(f"Tanda ini tidak dapat dikirim lewat radio: {', '.join(signs)}. Tulis ulang tanpa tanda itu.")
    try:
        words = text_on_air(text, to_one, exercise=settings.exercise)
        return _cost(settings, words, roster)
    except BadReport as refusal:
        return _problem(refusal.sentence)
    except CannotSend:
        return _problem("Pesan ini tidak dapat mengudara di kanal ini; persingkat atau bacakan lewat suara.")


def _cost(settings: Settings, words: Radiogram, roster: list[int]) -> Mapping[str, Any]:
    profile = profile_of(settings.radio)
    config = link_config(settings.radio_key, CENTRE, CALLSIGN, _Modem(figures_of(take_apart(settings.radio))))  # type: ignore[arg-type]
    asked = replace(words, roster=tuple(roster)) if isinstance(words, Alert) else words
    slots = len(roster) if isinstance(words, Alert) else 1
    answers_s = slots * config.slot_ms(Ack(0, 0, Level.HEARD)) / 1000
    size, seconds = wire.bytes_on_air(profile, asked), config.radiogram_s(asked)
    return {"bytes": size, "seconds": round(seconds, 2), "answers_s": round(answers_s, 1), "problem": None}


def _problem(sentence: str) -> Mapping[str, Any]:
    return {"bytes": None, "seconds": None, "answers_s": None, "problem": sentence}
