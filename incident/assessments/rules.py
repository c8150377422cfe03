"""The tables of the rapid assessment, and how figures that differ are laid side by side. Pure.

A figure is a number, NIHIL (somebody looked: there is none) or DALAM PENDATAAN (somebody is counting). Where nobody
said anything there is no figure: unknown is never 0.
"""

from collections.abc import Iterable, Mapping
from typing import Any

PEOPLE = ("dead", "badly_hurt", "slightly_hurt", "missing", "displaced", "displaced_families", "suffering")
HOUSES = ("houses_badly", "houses_fairly", "houses_slightly", "houses_flooded")
NEEDS = ("tents", "blankets", "food_packs", "water_litres", "medicine_sets", "boats", "machines")
WHATS = PEOPLE + HOUSES + NEEDS
NUMBER, NIHIL, COUNTING = STATES = ("number", "nihil", "counting")
SOURCES = ("own_eyes", "village", "health", "agency", "post", "residents", "media")
METHODS = ("counted", "estimated", "told", "from_air")
MOST = 10_000_000

Row = Mapping[Any, Any]


def counted_value(row: Row) -> int | None:
    """What a figure says as a number: NIHIL is 0, counting is None (not known)."""
    return {NUMBER: row["value"], NIHIL: 0}.get(row["state"])


def newest_by_source(rows: Iterable[Row]) -> list[Row]:
    """The last word of each source on one matter, the newest first; what was struck through does not count."""
    newest: dict[tuple[str, str], Row] = {}
    for row in sorted((row for row in rows if row["struck_at"] is None), key=_age):
        newest[(row["source"], row["source_words"])] = row
    return sorted(newest.values(), key=_age, reverse=True)


def official(rows: Iterable[Row]) -> Row | None:
    """The row that was chosen last; none when that one was struck (an older choice does not come back by itself)."""
    chosen = [row for row in rows if row["official_at"] is not None]
    last = max(chosen, key=lambda row: (row["official_at"], row["id"]), default=None)
    return last if last and last["struck_at"] is None else None


def is_conflict(rows: Iterable[Row]) -> bool:
    """Whether sources that give a number give different ones."""
    return len({value for row in newest_by_source(rows) if (value := counted_value(row)) is not None}) > 1


def has_newer(rows: Iterable[Row]) -> bool:
    """Whether somebody said another number after the moment that the official one stands for."""
    rows = list(rows)
    chosen = official(rows)
    if chosen is None:
        return False
    others = (row for row in newest_by_source(rows) if row["at"] > chosen["at"])
    return any(counted_value(row) not in (None, counted_value(chosen)) for row in others)


def _age(row: Row) -> tuple[Any, int]:
    return row["at"], row["id"]
