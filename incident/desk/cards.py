"""Question cards: what is asked of a caller, what each answer does to the priority, and what is read to them. Pure.

A card is data (TOML, docs/cards.md). Answers are judged together: in whatever order they were given the result is the
same. An answer `set`s the starting point in the place of the type's usual priority (of several the most urgent wins),
or `raise`s it; a raise always counts. What a person decides with a reason stands above all of it (intake.priority_of).
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from incident.rules import PRIORITIES

LANGUAGES = ("id", "en")
MOST_QUESTIONS, MOST_ANSWERS, MOST_ADVICE = 5, 6, 10
LONGEST_QUESTION, LONGEST_ANSWER, LONGEST_REASON, LONGEST_ADVICE = 120, 40, 100, 300
LARGEST_B = 64_000
_CODE = re.compile(r"[a-z][a-z0-9_]{0,29}")
_KEY = re.compile(r"[a-z0-9]")
Words = Mapping[str, str]


class BadCard(ValueError):
    """A card cannot be used; the message is a sentence that says where it fails."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, chosen by one key; at most one of `raises` and `sets`, and then `because` says why."""

    code: str
    key: str
    words: Words
    raises: str | None = None
    sets: str | None = None
    because: Words | None = None


@dataclass(frozen=True, slots=True)
class Question:
    code: str
    words: Words
    answers: tuple[Answer, ...]

    def find(self, code: object) -> Answer | None:
        return next((one for one in self.answers if one.code == code), None)


@dataclass(frozen=True, slots=True)
class Advice:
    """What is read to the caller; `when` names the answers it is for (question -> codes), all of them; none: always."""

    words: Words
    when: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Card:
    type: str
    questions: tuple[Question, ...]
    advice: tuple[Advice, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The priority, the answers that speak for it (none: it is the type's usual), and question codes nobody knows."""

    priority: str
    because: tuple[Answer, ...] = ()
    strange: tuple[str, ...] = ()

    def why(self, language: str = "id") -> str:
        """The reason in words: `ada orang terjebak, air masih naik`."""
        return ", ".join(one.because[language] for one in self.because if one.because)


# what the answers mean


def judge(card: Card | None, given: Mapping[str, str], usual: str, told: str | None = None) -> Judgement:
    """The priority of a call whose type has the `usual` one, from the answers given, and why.

    `told` is what the asker's own copy of the card said: it counts only where that was more urgent and this card no
    longer knows every answer (it was edited while the call waited in a browser).
    """
    chosen = _chosen(card, given)
    known = {question.code for question, _ in chosen}
    strange = tuple(sorted(set(given) - known))
    start = min((answer.sets for _, answer in chosen if answer.sets), default=usual)
    priority = min([start, *(answer.raises for _, answer in chosen if answer.raises)])
    decided = tuple(answer for _, answer in chosen if priority in (answer.sets, answer.raises))
    if strange and told and told < priority:
        return Judgement(told, (), strange)
    return Judgement(priority, decided, strange)


def _chosen(card: Card | None, given: Mapping[str, str]) -> list[tuple[Question, Answer]]:
    """Questions of the card that were answered, in the card's order."""
    questions = card.questions if card else ()
    found = [(question, question.find(given.get(question.code))) for question in questions]
    return [(question, answer) for question, answer in found if answer is not None]


def said(card: Card | None, given: Mapping[str, str], language: str) -> str:
    """The answers as one line: `Ada orang terjebak? Ya · Setinggi apa airnya? Pinggang`."""
    chosen = _chosen(card, given)
    return " · ".join(f"{question.words[language]} {answer.words[language]}" for question, answer in chosen)


def shown(card: Card, language: str) -> dict[str, Any]:
    """The card in one language, as the browser gets it."""
    return {
        "type": card.type,
        "questions": [_shown_question(one, language) for one in card.questions],
        "say": [
            {"text": one.words[language], "when": {code: list(answers) for code, answers in one.when.items()}}
            for one in card.advice
        ],
    }


def _shown_question(question: Question, language: str) -> dict[str, Any]:
    answers = [
        {
            "code": one.code,
            "key": one.key,
            "text": one.words[language],
            "raise": one.raises,
            "set": one.sets,
            "because": one.because[language] if one.because else None,
        }
        for one in question.answers
    ]
    return {"code": question.code, "text": question.words[language], "answers": answers}


# reading a card


def read(text: str, type_code: str) -> Card:
    """The card of a type in its TOML; raises BadCard with a sentence for whoever wrote it."""
    if len(text.encode()) > LARGEST_B:
        raise BadCard(f"Kartu ini lebih besar dari {LARGEST_B // 1000} kB.")
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise BadCard(f"Bukan TOML yang sah: {_where(str(fault))}") from None
    if given.get("type") != type_code:
        raise BadCard(f'Baris `type` harus berbunyi type = "{type_code}".')
    questions = tuple(_question(one, at) for at, one in enumerate(_list(given, "question", "kartu"), 1))
    _between(questions, 1, MOST_QUESTIONS, "Sebuah kartu punya", "pertanyaan")
    _unlike([one.code for one in questions], "kode pertanyaan", "kartu")
    return Card(type_code, questions, _advice(given, questions))


def _where(fault: str) -> str:
    """tomllib's words with the place said in Bahasa Indonesia."""
    found = re.search(r"^(.*) \(at line (\d+), column (\d+)\)$", fault)
    if found:
        return f"baris {found[2]}, kolom {found[3]} ({found[1]})."
    return f"di akhir berkas ({fault.removesuffix(' (at end of document)')})."


def _list(given: Mapping[str, Any], name: str, where: str) -> Sequence[Any]:
    found = given.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadCard(f"`{name}` pada {where} harus berupa daftar tabel ([[{name}]]).")
    return found


def _question(given: Mapping[str, Any], at: int) -> Question:
    where = f"pertanyaan ke-{at}"
    code = _code(given, where)
    answers = tuple(_answer(one, f"{where}, jawaban ke-{n}") for n, one in enumerate(_list(given, "answers", where), 1))
    _between(answers, 2, MOST_ANSWERS, f"{where.capitalize()} punya", "jawaban")
    _unlike([one.code for one in answers], "kode jawaban", where)
    _unlike([one.key for one in answers], "tombol", where)
    return Question(code, _words(given, LONGEST_QUESTION, where), answers)


def _answer(given: Mapping[str, Any], where: str) -> Answer:
    code, key = _code(given, where), given.get("key")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise BadCard(f"`key` pada {where} harus satu huruf kecil atau satu angka.")
    raises, sets = (_priority(given, name, where) for name in ("raise", "set"))
    if raises and sets:
        raise BadCard(f"Pada {where} pilih salah satu: `raise` atau `set`.")
    because = given.get("because")
    if (raises or sets) and not isinstance(because, dict):
        raise BadCard(f"Jawaban yang mengubah prioritas perlu alasan (`because`): {where}.")
    reason = _words(because, LONGEST_REASON, f"alasan {where}") if isinstance(because, dict) else None
    return Answer(code, key, _words(given, LONGEST_ANSWER, where), raises, sets, reason)


def _priority(given: Mapping[str, Any], name: str, where: str) -> str | None:
    said = given.get(name)
    if said is not None and said not in PRIORITIES:
        raise BadCard(f"`{name}` pada {where} harus salah satu dari {', '.join(PRIORITIES)}.")
    return said


def _advice(given: Mapping[str, Any], questions: Sequence[Question]) -> tuple[Advice, ...]:
    found = _list(given, "say", "kartu")
    _between(found, 0, MOST_ADVICE, "Sebuah kartu punya", "petunjuk")
    return tuple(_one_advice(one, f"petunjuk ke-{at}", questions) for at, one in enumerate(found, 1))


def _one_advice(given: Mapping[str, Any], where: str, questions: Sequence[Question]) -> Advice:
    when = given.get("when", {})
    if not isinstance(when, dict):
        raise BadCard(f"`when` pada {where} menyebut pertanyaan dan jawabannya.")
    wanted = {code: tuple(said) if isinstance(said, list) else (said,) for code, said in when.items()}
    for code, answers in wanted.items():
        asked = next((one for one in questions if one.code == code), None)
        if asked is None or any(asked.find(answer) is None for answer in answers):
            raise BadCard(f"`when` pada {where} menyebut pertanyaan atau jawaban yang tidak ada di kartu ini: {code}.")
    return Advice(_words(given, LONGEST_ADVICE, where), wanted)


def _code(given: Mapping[str, Any], where: str) -> str:
    code = given.get("code")
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise BadCard(f"`code` pada {where} harus kata pendek dari huruf kecil, angka dan garis bawah.")
    return code


def _words(given: Mapping[str, Any], limit: int, where: str) -> Words:
    """The words in both languages; a card that is silent in one of them is not finished."""
    found = {}
    for language in LANGUAGES:
        text = given.get(language)
        if not isinstance(text, str) or not text.strip():
            raise BadCard(f"Kata-kata `{language}` pada {where} belum ada.")
        if len(text.strip()) > limit:
            raise BadCard(f"Kata-kata `{language}` pada {where} lebih dari {limit} huruf.")
        found[language] = " ".join(text.split())
    return found


def _between(some: Sequence[Any], least: int, most: int, subject: str, what: str) -> None:
    if not least <= len(some) <= most:
        raise BadCard(f"{subject} {least} sampai {most} {what}; ini {len(some)}.")


def _unlike(some: Sequence[str], what: str, where: str) -> None:
    twice = next((one for at, one in enumerate(some) if one in some[:at]), None)
    if twice is not None:
        raise BadCard(f"Pada {where} {what} `{twice}` dipakai dua kali.")
