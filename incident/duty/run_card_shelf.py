"""The run cards of this house: those that come with Posko, and the site's own in POSKO_DATA/run_cards.toml.

The site's file takes the place of the built-in cards of every type it names. One that cannot be used is said where the
cards are shown, and the built-in ones stay in use.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import structlog

from incident.duty.run_cards import LARGEST_B, BadRunCard, RunCard, read

BUILT_IN = Path(__file__).with_name("run_cards.toml")
FILE = "run_cards.toml"
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Shelf:
    """The cards in use, and the sentence about a site's file that is not."""

    cards: tuple[RunCard, ...]
    fault: str | None = None


def shelf(data: Path) -> Shelf:
    """The cards of a data folder as its file stands now."""
    path = data / FILE
    try:
        stamp = path.stat().st_mtime_ns
    except FileNotFoundError:
        return Shelf(built_in())
    except OSError:
        stamp = -1
    return _own(path, stamp)


@lru_cache(maxsize=1)
def built_in() -> tuple[RunCard, ...]:
    """The cards that come with Posko."""
    return read(BUILT_IN.read_text("utf-8"))


@lru_cache(maxsize=4)
def _own(path: Path, stamp: int) -> Shelf:
    try:
        own = read(_text(path))
    except BadRunCard as fault:
        _log.warning("run_cards.unusable", why=str(fault))
        return Shelf(built_in(), f"{FILE} tidak dipakai: {fault}")
    named = {card.type for card in own}
    return Shelf((*own, *(card for card in built_in() if card.type not in named)))


def _text(path: Path) -> str:
    try:
        with open(path, "rb") as file:
            return file.read(LARGEST_B + 1).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise BadRunCard("berkas tidak dapat dibaca sebagai teks UTF-8.") from None
