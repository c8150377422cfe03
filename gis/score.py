"""Scores the place search: what people wrote, the code they meant, and how often it comes first."""

import csv
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from gis.places import Index
from gis.readings import read_positions
from gis.search import find

_TESTS = Path(__file__).resolve().parents[1] / "tests" / "gis"
QUERIES = tuple(_TESTS / f"queries_{one}.tsv" for one in ("tuning", "checking", "fresh"))


class Query(NamedTuple):
    """What somebody wrote at a site ("" for none), and the codes that answer it."""

    site: str
    words: str
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Score:
    """How a file of queries went: figures as they are printed, and what did not come first."""

    figures: dict[str, Any]
    misses: list[str]


def read(file: Path) -> Iterator[Query]:
    """The queries of a TSV: site or `-`, words, code (several with |); lines with # are words about it."""
    with open(file, encoding="utf-8", newline="") as lines:
        for row in csv.reader(
            (one for one in lines if not one.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE
        ):
            site, words, codes = row
            yield Query("" if site == "-" else site, words, frozenset(codes.split("|")))


def ask(index: Index, file: Path) -> Score:
    """Ask every query once, each at its own site."""
    asked = [(query, *_timed(index, query)) for query in read(file)]
    places = [_place(query, found) for query, found, _ in asked]
    misses = [_miss(index, query, found) for (query, found, _), place in zip(asked, places, strict=True) if place != 1]
    in_site = sorted(took for query, _, took in asked if query.site)
    everywhere = sorted(_timed(index, query._replace(site=""))[1] for query, _, _ in asked)
    figures = {
        "file": file.name,
        "queries": len(asked),
        "top_1": round(sum(place == 1 for place in places) / len(asked), 4),
        "top_3": round(sum(place <= 3 for place in places) / len(asked), 4),
        "site_p95_ms": round(_p95(in_site) * 1000, 2),
        "all_p95_ms": round(_p95(everywhere) * 1000, 2),
    }
    return Score(figures, misses)


def _timed(index: Index, query: Query) -> tuple[list[str], float]:
    began = time.perf_counter()
    found = _codes(index, query)
    return found, time.perf_counter() - began


def _codes(index: Index, query: Query) -> list[str]:
    """What the whole search answers, as `gis.finder` does: positions first, each with the village it lies in."""
    if readings := read_positions(query.words, index.middle(query.site)):
        nearest = [index.nearest(one.lon, one.lat)[0] for one in readings]
        return [index.code(one) if one >= 0 else "" for one in nearest]
    return [one.code for one in find(index, query.words, query.site)]


def _place(query: Query, found: list[str]) -> int:
    """At which place the right answer stands; 99 when it is not there."""
    return next((place for place, code in enumerate(found, 1) if code in query.codes), 99)


def _miss(index: Index, query: Query, found: list[str]) -> str:
    named = (index.full(index.number(code)) for code in found[:3] if index.number(code) >= 0)
    return f"  {query.words!r}: {' | '.join(named) or 'nothing'}"


def _p95(sorted_s: list[float]) -> float:
    return sorted_s[min(len(sorted_s) - 1, int(len(sorted_s) * 0.95))] if sorted_s else 0.0


def line(one: Score) -> str:
    """The figures as one line."""
    told = one.figures
    return (
        f"{told['file']:<24} {told['queries']} queries  top 1 {told['top_1']:.1%}  top 3 {told['top_3']:.1%}"
        f"  p95 {told['site_p95_ms']} ms in a site, {told['all_p95_ms']} ms in all Indonesia"
    )
