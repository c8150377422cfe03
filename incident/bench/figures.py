"""What a measurement prints: each figure beside its limit, measured in the same run, and their ratio."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import click
import orjson
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One figure; `limit` is what bare metal of the same kind did, `goal` what docs/speed.md asks for."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    of: str = ""
    goal: str = ""

    @property
    def ratio(self) -> float | None:
        return self.value / self.limit if self.limit else None

    def facts(self) -> dict[str, Any]:
        """The figure as JSON-able values."""
        return {**vars(self), "ratio": self.ratio}


@dataclass
class Sheet:
    """All figures of one measurement, and what they were made of."""

    name: str
    figures: list[Figure] = field(default_factory=list)
    raw: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, value: float, unit: str, limit: float | None = None, of: str = "", goal: str = "") -> None:
        self.figures.append(Figure(name, round(value, 3), unit, None if limit is None else round(limit, 3), of, goal))

    def show(self, as_json: bool) -> None:
        """Print it: a table for people, one JSON line for scripts."""
        if as_json:
            facts = {"bench": self.name, "figures": [one.facts() for one in self.figures], "raw": self.raw}
            click.echo(orjson.dumps(facts).decode())
        else:
            Console().print(self._table())

    def _table(self) -> Table:
        table = Table(title=self.name, title_justify="left")
        for heading in ("figure", "measured", "limit", "ratio", "goal"):
            table.add_column(heading, justify="left" if heading in ("figure", "goal") else "right")
        for one in self.figures:
            limit = "" if one.limit is None else f"{_said(one.limit)} {one.of}"
            ratio = "" if one.ratio is None else f"{one.ratio:.2f}x"
            table.add_row(one.name, f"{_said(one.value)} {one.unit}", limit, ratio, one.goal)
        return table


def _said(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.2f}"


def percentile(sample: Sequence[float], share: float) -> float:
    """The value that `share` (0..1) of the sample does not exceed; 0 for an empty one."""
    ordered = sorted(sample)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def json_option(command: Any) -> Any:
    """`--json`, as every command of ours that a script would read has it."""
    return click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")(command)


def quick_option(command: Any) -> Any:
    """`--quick`, for a look instead of a measurement."""
    return click.option("--quick", is_flag=True, help="A tenth of the work: a look, not a measurement.")(command)
