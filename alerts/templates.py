"""The words of an alert from a template: what, where, when, what to do, until when, from whom."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

PLAIN = (
    *("template", "event", "category", "urgency", "severity", "certainty"),
    *("instruction", "sender_name", "area_words"),
)
PACKED = ("area", "area_codes", "english")
FILE = Path(__file__).parent / "templates.toml"
CAP = ("category", "urgency", "severity", "certainty")
_GAP = re.compile(r"\{(\w+)\}")
LATEST = {"id": "Berlaku sampai {until}.", "en": "Valid until {until}."}
FROM = {"id": "Dari {sender}.", "en": "From {sender}."}
WHERE = {"id": "wilayah terdampak", "en": "the affected area"}
RETRACTION = {
    "id": "PENCABUTAN: siaran “{headline}” tidak berlaku lagi. {sender}",
    "en": "WITHDRAWN: the alert “{headline}” is no longer valid. {sender}",
}


@cache
def table() -> Mapping[str, Mapping[str, Any]]:
    """Every template by its name."""
    return tomllib.loads(FILE.read_text())


def listed() -> list[dict[str, Any]]:
    """The templates as the form shows them: their names, and what it begins with."""
    names = ("name_id", "name_en", "order", "priority", "minutes", *CAP, "instruction_id", "instruction_en")
    return [{"template": key, **{name: one[name] for name in names}} for key, one in table().items()]


def compose(template: str, given: Mapping[str, str]) -> dict[str, Any]:
    """The whole words of an alert; `given`: what, where, when, until, sender, and until_en, what_en, when_en if known.

    Raises LookupError for a template that is not listed.
    """
    one = table()[template]
    said = {language: _said(one, given, language) for language in ("id", "en")}
    mine = said["id"]
    return {
        "template": template,
        "event": one["name_id"],
        "order": one["order"],
        "priority": one["priority"],
        "minutes": one["minutes"],
        **{name: one[name] for name in CAP},
        "headline": mine["headline"],
        "text": mine["text"],
        "instruction": mine["instruction"],
        "retraction": mine["retraction"],
        "sender_name": given.get("sender") or "",
        "area_words": given.get("where") or "",
        "english": {"event": one["name_en"], **said["en"]},
    }


def _said(one: Mapping[str, Any], given: Mapping[str, str], language: str) -> dict[str, str]:
    words = {name: value.strip().rstrip(".") for name, value in given.items() if value and value.strip()}
    if language == "en":
        words |= {name.removesuffix("_en"): value for name, value in words.items() if name.endswith("_en")}
    headline = _filled(one[f"headline_{language}"], {"where": WHERE[language], **words}) or ""
    instruction = one[f"instruction_{language}"]
    parts = [*one[f"text_{language}"], instruction, LATEST[language], FROM[language]]
    named = {"where": WHERE[language], **words}
    retraction = RETRACTION[language].format(headline=headline, sender=words.get("sender", ""))
    return {
        "headline": headline[:120],
        "text": _sentences(parts, named)[:500],
        "instruction": instruction,
        "retraction": retraction.strip(),
    }


def _sentences(parts: Iterable[str], words: Mapping[str, str]) -> str:
    """Those of the sentences whose words are all there."""
    return " ".join(filled for part in parts if (filled := _filled(part, words)))


def _filled(sentence: str, words: Mapping[str, str]) -> str | None:
    """The sentence with its gaps filled; where "{where} since {when}" lacks its time, it is said without."""
    missing = [name for name in _GAP.findall(sentence) if name not in words]
    for name in missing:
        if name != "when":
            return None
        sentence = re.sub(r"\s+(sejak|pukul|mulai|since|at|from) \{when\}", "", sentence)
    return _GAP.sub(lambda gap: words[gap[1]], sentence)


def completed(said: dict[str, Any], site_name: str) -> dict[str, Any]:
    """What nobody said and the house knows: from whom. What CAP asks beyond that follows from order and priority."""
    return {**said, "sender_name": said.get("sender_name") or site_name}
