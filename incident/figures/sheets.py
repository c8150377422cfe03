"""The figures as rows, for CSV, XLSX and the command: a row for each group and measure, the same numbers everywhere."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from incident.figures.rules import REASONS

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
RISKY = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes what begins so for a formula
COLUMNS = ("group", "key", "measure", "of", "starts", "end", "n", "p50_s", "p90_s", "few", "left_out", *REASONS)
MOST_TARGETS = 2
TARGET_COLUMNS = ("within_s", "percent", "n", "count", "share", "source")
Row = list[Any]


def safe(cell: Any) -> Any:
    """A cell no spreadsheet runs: words that look like a formula get an apostrophe before them."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(RISKY) else cell


def header() -> Row:
    """Names of columns: seconds have _s, shares are percent."""
    targets = [f"target{place}_{name}" for place in range(1, MOST_TARGETS + 1) for name in TARGET_COLUMNS]
    return [*COLUMNS, *targets]


def rows(report: Mapping[str, Any]) -> list[Row]:
    """All rows, the one of everything first."""
    groups = [{"key": "", "name": _("semua"), "measures": report["total"]}, *report["groups"]]
    return [_row(group, measure) for group in groups for measure in report["measures"]]


def _row(group: Mapping[str, Any], measure: Mapping[str, Any]) -> Row:
    told = group["measures"][measure["code"]]
    starts = "/".join(measure["starts"])
    plain = [group["name"], group["key"], measure["code"], measure["of"], starts, measure["end"]]
    numbers = [told["n"], told["p50_s"], told["p90_s"], int(told["few"]), told["left_out"]]
    reasons = [told["excluded"].get(reason, 0) for reason in REASONS]
    return [safe(cell) for cell in [*plain, *numbers, *reasons, *_targets(told["within"])]]


def _targets(within: list[Mapping[str, Any]]) -> Row:
    cells = [target[name] for target in within for name in TARGET_COLUMNS]
    return cells + [None] * (MOST_TARGETS * len(TARGET_COLUMNS) - len(cells))


def about(report: Mapping[str, Any]) -> list[Row]:
    """What the figures are of and how they were made."""
    filters = ", ".join(f"{name}={asked}" for name, asked in report["filters"].items() if asked)
    words = [
        (_("Tempat"), report["site"]),
        (_("Dari"), report["from"]),
        (_("Sampai"), report["to"]),
        (_("Zona waktu"), report["zone"]),
        (_("Dikelompokkan menurut"), report["by"]),
        (_("Saringan"), filters or "-"),
        (_("Latihan"), _("ya") if report["exercise"] else _("tidak")),
        (_("Cara persentil"), report["method"]),
        (_("Dibuat"), report["made_at"]),
    ]
    return [[safe(cell) if cell != "-" else cell for cell in pair] for pair in words]


def calls(report: Mapping[str, Any]) -> list[Row]:
    """Calls by class with both shares, and what rang."""
    told = report["calls"]
    lines: list[Row] = [["class", "count", "of_recorded_percent", "of_all_percent"]]
    lines += [[name, one["count"], one["of_recorded"], one["of_all"]] for name, one in told["shares"].items()]
    lines += [["recorded", told["recorded"], None, None], ["exercise", told["exercise"], None, None]]
    return lines + [[name, count, None, None] for name, count in (told["rung"] or {}).items()]


def written(report: Mapping[str, Any], form: str) -> bytes:
    """The file."""
    return as_csv(report) if form == "csv" else as_xlsx(report)


def as_csv(report: Mapping[str, Any]) -> bytes:
    """One table with a header, so that a script reads it without thinking; UTF-8 with its mark, for spreadsheets."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([header(), *rows(report)])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(report: Mapping[str, Any]) -> bytes:
    """A workbook: the figures, the calls by class, and what they are of."""
    from xlsxwriter import Workbook

    holder = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(holder, options) as book:
        bold = book.add_format({"bold": True})
        for name, lines in (
            (_("Angka"), [header(), *rows(report)]),
            (_("Panggilan"), calls(report)),
            (_("Tentang"), about(report)),
        ):
            _fill(book.add_worksheet(name), lines, bold)
    return holder.getvalue()


def _fill(sheet: Any, lines: Iterable[Row], bold: Any) -> None:
    for place, line in enumerate(lines):
        for column, cell in enumerate(line):
            if cell is not None:
                sheet.write(place, column, cell, bold if place == 0 else None)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 0, 32)


def file_name(report: Mapping[str, Any], form: str) -> str:
    """`latihan-angka-kabupaten-lombok-timur-2026-11-01-2026-11-30-type.csv`"""
    period = f"{report['site']} {report['from']} {report['to']} {report['by']}"
    words = f"{'latihan ' if report['exercise'] else ''}angka {period}"
    return re.sub(r"[^a-z0-9.]+", "-", words.lower()).strip("-.") + f".{form}"
