"""The question cards of this house: those that come with Posko, and the site's own in POSKO_DATA/cards.

A site's file takes the place of the built-in card of its type, or adds one. A file that cannot be used is named (log,
doctor, the desk itself) and the built-in card stays in use: the desk never stops for it.
"""

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog

from incident.desk.cards import LARGEST_B, BadCard, Card, read, shown

BUILT_IN = Path(__file__).parent / "cards"
FOLDER = "cards"
LOOK_EVERY_S = 1.0
_TYPE = re.compile(r"[a-z0-9][a-z0-9_-]{0,29}")
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Fault:
    """A site's file that is not used: its name and why."""

    file: str
    sentence: str


class Deck:
    """The cards of a data folder, read again when a file of it changed."""

    def __init__(self, data: Path, clock: Callable[[], float] = time.monotonic):
        self.folder, self._clock = data / FOLDER, clock
        self._looked_at, self._sign = -LOOK_EVERY_S, ""
        self._cards: dict[str, Card] = {}
        self._own: frozenset[str] = frozenset()
        self.faults: tuple[Fault, ...] = ()

    def find(self, type_code: str | None) -> Card | None:
        """The card of a type, or None."""
        self._look()
        return self._cards.get(type_code or "")

    def every(self) -> list[Card]:
        """All cards, by their type."""
        self._look()
        return [self._cards[code] for code in sorted(self._cards)]

    def is_own(self, type_code: str) -> bool:
        """Whether the card in use is the site's."""
        self._look()
        return type_code in self._own

    def text(self, type_code: str) -> str | None:
        """The TOML of the site's file, also of one that cannot be used; None without one."""
        return _text(self.path_of(type_code))

    def path_of(self, type_code: str) -> Path:
        """Where the site keeps a card; raises LookupError for what cannot be a type's code."""
        if not _TYPE.fullmatch(type_code):
            raise LookupError(type_code)
        return self.folder / f"{type_code}.toml"

    def shown(self, language: str) -> dict[str, Any]:
        """What a page is given: the cards in its language, and the files that are not used."""
        cards = {card.type: shown(card, language) for card in self.every()}
        return {"cards": cards, "faults": [{"file": one.file, "sentence": one.sentence} for one in self.faults]}

    def keep(self, type_code: str, text: str) -> None:
        """Write the site's card, whole or not at all; raises BadCard for one that cannot be used."""
        read(text, type_code)
        path = self.path_of(type_code)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        with open(draft, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        self.forget()

    def put_back(self, type_code: str) -> bool:
        """Lay the site's file aside (`.before`), so that the built-in card is used; answers whether there was one."""
        path = self.path_of(type_code)
        if not path.exists():
            return False
        path.replace(path.with_suffix(".before"))
        self.forget()
        return True

    def forget(self) -> None:
        """Look at the folder again the next time."""
        self._looked_at, self._sign = -LOOK_EVERY_S, ""

    def _look(self) -> None:
        now = self._clock()
        if self._sign and now - self._looked_at < LOOK_EVERY_S:
            return
        self._looked_at = now
        files = _files(self.folder)
        sign = repr([(path.name, at) for path, at in files])
        if sign != self._sign:
            self._sign = sign
            self._read([path for path, _ in files])

    def _read(self, files: list[Path]) -> None:
        own, faults = {}, []
        for path in files:
            try:
                own[path.stem] = read(_whole(path), path.stem)
            except BadCard as fault:
                faults.append(Fault(path.name, str(fault)))
                _log.warning("card.unusable", file=path.name, why=str(fault))
        self._cards, self._own, self.faults = {**built_in(), **own}, frozenset(own), tuple(faults)


@lru_cache(maxsize=1)
def built_in() -> dict[str, Card]:
    """The cards that come with Posko, by type."""
    return {path.stem: read(path.read_text("utf-8"), path.stem) for path in sorted(BUILT_IN.glob("*.toml"))}


def built_in_text(type_code: str) -> str | None:
    """The TOML of a built-in card."""
    return (BUILT_IN / f"{type_code}.toml").read_text("utf-8") if type_code in built_in() else None


@lru_cache(maxsize=8)
def of(data: Path) -> Deck:
    """The deck of a data folder, one for each in this process."""
    return Deck(data)


def _files(folder: Path) -> list[tuple[Path, int]]:
    """The site's files and when each was written; none while there is no folder."""
    try:
        return sorted((path, path.stat().st_mtime_ns) for path in folder.glob("*.toml"))
    except OSError:
        return []


def _whole(path: Path) -> str:
    text = _text(path)
    if text is None:
        raise BadCard("Berkas tidak dapat dibaca sebagai teks UTF-8.")
    return text


def _text(path: Path) -> str | None:
    """What the file says, up to a little more than a card may be long; None when it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(LARGEST_B + 1).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
