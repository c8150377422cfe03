"""What words cost on the air before they are sent: bytes, seconds, and why they cannot go, if they cannot."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from incident.config import Settings
from incident.errors import BadReport
from radio_bridge.cost import channel_of, cost_on_air
from radio_bridge.errors import CannotSend
from radio_bridge.radiogram import Ack, Alert, Level, Radiogram, texts
from radio_bridge.traffic import LinkConfig
from radio_bridge.wire import check_service
from radio_bridge.wording import text_on_air


def measure(settings: Settings, text: str, roster: list[int], to_one: bool) -> Mapping[str, Any]:
    """{bytes, seconds, answers_s, problem} of words to these stations; the first three are null with a problem.

    seconds: the words themselves. answers_s: what the stations' slots take after them.
    """
    if signs := texts.unsendable(" ".join(text.split())):
        return _problem(f"Tanda ini tidak dapat dikirim lewat radio: {', '.join(signs)}. Tulis ulang tanpa tanda itu.")
    channel = channel_of(settings.radio)
    try:
        check_service(channel.profile)
        return _cost(channel, text_on_air(text, to_one, exercise=settings.exercise, channel=channel), roster)
    except BadReport as refusal:
        return _problem(refusal.sentence)
    except CannotSend:
        return _problem("Pesan ini tidak dapat mengudara di kanal ini; persingkat atau bacakan lewat suara.")


def _cost(channel: LinkConfig, words: Radiogram, roster: list[int]) -> Mapping[str, Any]:
    asked = replace(words, roster=tuple(roster)) if isinstance(words, Alert) else words
    slots = len(roster) if isinstance(words, Alert) else 1
    cost = cost_on_air(asked, channel)
    answers_s = slots * channel.slot_ms(Ack(0, 0, Level.HEARD)) / 1000
    return {"bytes": cost.bytes, "seconds": round(cost.seconds, 2), "answers_s": round(answers_s, 1), "problem": None}


def _problem(sentence: str) -> Mapping[str, Any]:
    return {"bytes": None, "seconds": None, "answers_s": None, "problem": sentence}
