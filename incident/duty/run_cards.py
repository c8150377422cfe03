"""Run cards: what is sent to an incident of a type, by level, and how the units that are there fill it. Pure.

A card is data (TOML, docs/units.md). A unit fills one need only; kinds are filled before capabilities, so that the only
rescue truck is not spent where any rescuer would do.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from incident import rules
from incident.duty.ranking import NOT_ABLE

LANGUAGES = ("id", "en")
HIGHEST_LEVEL, MOST_NEEDS, MOST_UNITS, LONGEST_NAME, LARGEST_B = 5, 12, 20, 80, 128_000
_CODE = re.compile(r"[\w\- ]{1,40}")


class BadRunCard(ValueError):
    """A file of run cards cannot be used; the message is a sentence that says where it fails."""


@dataclass(frozen=True, slots=True)
class Need:
    """So many units of a kind (`is_kind`), or with a capability."""

    code: str
    count: int
    is_kind: bool

    def suits(self, unit: Mapping[str, Any]) -> bool:
        return unit["kind"] == self.code if self.is_kind else self.code in unit["capabilities"]


@dataclass(frozen=True, slots=True)
class RunCard:
    type: str
    level: int
    words: Mapping[str, str]
    needs: tuple[Need, ...]


# filling a card


def fill(card: RunCard, here: Sequence[Mapping[str, Any]], ranked: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each need in the card's order: who is at the incident already, who is proposed, how many are missing.

    `here` are unit cards, `ranked` recommendations in order (incident.duty.ranking). `nearest` is the first of those
    that would suit and cannot be proposed, with what stands in its way.
    """
    used: set[int] = set()
    filled = {need: _fill(need, here, ranked, used) for need in sorted(card.needs, key=lambda one: not one.is_kind)}
    return [_told(need, filled[need], ranked, used) for need in card.needs]


def _fill(
    need: Need, here: Sequence[Mapping[str, Any]], ranked: Sequence[Mapping[str, Any]], used: set[int]
) -> tuple[list[Any], list[Any]]:
    there = [unit for unit in here if need.suits(unit) and unit["id"] not in used][: need.count]
    used.update(unit["id"] for unit in there)
    fit = [one for one in ranked if need.suits(one["unit"]) and is_free(one) and one["unit"]["id"] not in used]
    proposed = fit[: need.count - len(there)]
    used.update(one["unit"]["id"] for one in proposed)
    return there, proposed


def is_free(one: Mapping[str, Any]) -> bool:
    """Whether a recommended unit may be proposed: free, on shift where that is planned, enough of a crew."""
    return one["unit"]["state"] in rules.FREE_STATES and not one["is_held_back"]


def _told(
    need: Need, filled: tuple[list[Any], list[Any]], ranked: Sequence[Mapping[str, Any]], used: set[int]
) -> dict[str, Any]:
    there, proposed = filled
    missing = need.count - len(there) - len(proposed)
    spare = [one for one in ranked if need.suits(one["unit"]) and one["unit"]["id"] not in used]
    return {
        "code": need.code,
        "is_kind": need.is_kind,
        "count": need.count,
        "here": [unit["call_sign"] for unit in there],
        "proposed": proposed,
        "missing": missing,
        "nearest": _nearest(spare) if missing else None,
    }


def _nearest(spare: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The nearest that would suit, with what stands in its way; what else it can do is not asked."""
    far = float("inf")
    one = min(spare, key=lambda one: far if one["distance_m"] is None else one["distance_m"], default=None)
    return one and {**one, "shortfalls": [said for said in one["shortfalls"] if said != NOT_ABLE]}


def of_type(cards: Iterable[RunCard], type_code: str) -> list[RunCard]:
    """The cards of a type by level."""
    return sorted((card for card in cards if card.type == type_code), key=lambda card: card.level)


# reading


def read(text: str) -> tuple[RunCard, ...]:
    """The cards of a file; raises BadRunCard with a sentence for whoever wrote it."""
    if len(text.encode()) > LARGEST_B:
        raise BadRunCard(f"Berkas ini lebih besar dari {LARGEST_B // 1000} kB.")
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise BadRunCard(f"Bukan TOML yang sah: {fault}.") from None
    cards = tuple(_card(one, at) for at, one in enumerate(_tables(given, "card", "berkas"), 1))
    twice = next((one for at, one in enumerate(cards) if _key(one) in map(_key, cards[:at])), None)
    if twice:
        raise BadRunCard(f"Kartu {twice.type} tingkat {twice.level} ada dua kali.")
    return cards


def _key(card: RunCard) -> tuple[str, int]:
    return card.type, card.level


def _tables(given: Mapping[str, Any], name: str, where: str) -> Sequence[Any]:
    found = given.get(name)
    if not isinstance(found, list) or not found or not all(isinstance(one, dict) for one in found):
        raise BadRunCard(f"`{name}` pada {where} harus berupa daftar tabel yang tidak kosong.")
    return found


def _card(given: Mapping[str, Any], at: int) -> RunCard:
    where = f"kartu ke-{at}"
    type_code = _code(given.get("type"), "type", where)
    level = _number(given.get("level"), "level", where, HIGHEST_LEVEL)
    words = {language: _name(given.get(language), language, where) for language in LANGUAGES}
    needs = tuple(_need(one, f"{where}, kebutuhan ke-{n}") for n, one in enumerate(_tables(given, "needs", where), 1))
    if len(needs) > MOST_NEEDS:
        raise BadRunCard(f"{where.capitalize()} punya lebih dari {MOST_NEEDS} kebutuhan.")
    if len({(one.code, one.is_kind) for one in needs}) < len(needs):
        raise BadRunCard(f"Pada {where} satu kebutuhan disebut dua kali.")
    return RunCard(type_code, level, words, needs)


def _need(given: Mapping[str, Any], where: str) -> Need:
    if ("kind" in given) == ("can" in given):
        raise BadRunCard(f"Pada {where} sebut salah satu: `kind` atau `can`.")
    name = "kind" if "kind" in given else "can"
    count = _number(given.get("count", 1), "count", where, MOST_UNITS)
    return Need(_code(given[name], name, where), count, name == "kind")


def _code(said: object, name: str, where: str) -> str:
    if not isinstance(said, str) or not _CODE.fullmatch(said):
        raise BadRunCard(f"`{name}` pada {where} harus kode pendek.")
    return said


def _number(said: object, name: str, where: str, most: int) -> int:
    if not isinstance(said, int) or isinstance(said, bool) or not 1 <= said <= most:
        raise BadRunCard(f"`{name}` pada {where} harus bilangan 1 sampai {most}.")
    return said


def _name(said: object, language: str, where: str) -> str:
    if not isinstance(said, str) or not said.strip() or len(said) > LONGEST_NAME:
        raise BadRunCard(f"Kata-kata `{language}` pada {where} belum ada, atau lebih dari {LONGEST_NAME} huruf.")
    return said.strip()
