"""Reads the first sheet of an Excel workbook (.xlsx, ECMA-376) as rows of text; believes nothing it says of itself.

Only what a list needs: texts, numbers and results of formulas, as they are kept in the file; no dates, no styles.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

MAX_UNPACKED = 20_000_000  # bytes of one part: a sheet of a whole province has some 5,000,000
MAX_ELEMENTS = 1_500_000  # of one part: that sheet has some 400,000
MAX_WITHIN = 50_000  # of one row: Excel writes up to 16,384 cells for one that was coloured
MAX_DEPTH = 60
MAX_CELLS = 2_000_000
MAX_COLUMNS = 200
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_LETTERS = re.compile(r"[A-Z]+")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, KeyError)


SWOLLEN = "Berkas Excel itu mengembang terlalu besar; simpan lembarnya sebagai CSV."


class BadWorkbook(ValueError):
    """The bytes are no workbook that can be read; the message is a sentence for the operator."""


def is_workbook(given: bytes) -> bool:
    """Whether the bytes are a zip, as each .xlsx is."""
    return given[:4] == b"PK\x03\x04"


def rows(given: bytes, most_rows: int) -> list[tuple[int, list[str]]]:
    """(number of the row, its cells as text) of each row of the first sheet that is not empty; raises BadWorkbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(given)) as bundle:
            shared = _shared(bundle)
            return list(_rows(bundle, _first_sheet(bundle), shared, most_rows))
    except (DefusedXmlException, ParseError, ValueError, *_BROKEN) as fault:
        if isinstance(fault, BadWorkbook):
            raise
        raise BadWorkbook("Berkas Excel itu rusak atau bukan .xlsx; simpan ulang, atau simpan sebagai CSV.") from None


def _part(bundle: zipfile.ZipFile, name: str) -> io.BytesIO:
    """A part of the workbook, counted while it is unpacked."""
    with bundle.open(name) as packed:
        part = packed.read(MAX_UNPACKED + 1)
    if len(part) > MAX_UNPACKED:
        raise BadWorkbook(SWOLLEN)
    return io.BytesIO(part)


def _elements(bundle: zipfile.ZipFile, name: str, wanted: str) -> Iterator[Element]:
    """The elements of this name. Each element of the part is forgotten at its end: millions of them fill no memory."""
    path: list[Element] = []
    count = within = outer = 0  # outer: how deep the one lies that is to be looked at, 0 outside of any
    for what, element in iterparse(_part(bundle, name), ("start", "end"), forbid_dtd=True):
        if what == "start":
            path.append(element)
            count, within = count + 1, within + 1 if outer else 0
            if count > MAX_ELEMENTS or within > MAX_WITHIN or len(path) > MAX_DEPTH:
                raise BadWorkbook(SWOLLEN)
            outer = outer or (len(path) if _local(element.tag) == wanted else 0)
            continue
        path.pop()
        if len(path) >= outer > 0:
            continue
        if outer:
            yield element
        outer = 0
        element.clear()
        if path:
            del path[-1][:]


def _local(tag: Any) -> str:
    return str(tag).rpartition("}")[2]


def _first_sheet(bundle: zipfile.ZipFile) -> str:
    sheet = next(_elements(bundle, "xl/workbook.xml", "sheet"), None)
    if sheet is None:
        raise BadWorkbook("Berkas Excel itu tanpa lembar.")
    wanted = sheet.get(_RELATION)
    found = list(_targets(bundle, wanted))
    return (
        f"xl/{found[0]}" if found and not found[0].startswith("/") else (found or ["xl/worksheets/sheet1.xml"])[0][1:]
    )


def _targets(bundle: zipfile.ZipFile, wanted: str | None) -> Iterator[str]:
    for one in _elements(bundle, "xl/_rels/workbook.xml.rels", "Relationship"):
        if one.get("Id") == wanted:
            yield str(one.get("Target"))


def _shared(bundle: zipfile.ZipFile) -> list[str]:
    """The texts that cells name by their number."""
    if "xl/sharedStrings.xml" not in bundle.namelist():
        return []
    return [_text(one) for one in _elements(bundle, "xl/sharedStrings.xml", "si")]


def _text(element: Element) -> str:
    """Its words, without the readings written above them."""
    direct = [one for one in element if _local(one.tag) == "t"]
    runs = [part for one in element if _local(one.tag) == "r" for part in one if _local(part.tag) == "t"]
    return "".join(one.text or "" for one in (direct or runs))


def _rows(bundle: zipfile.ZipFile, sheet: str, shared: list[str], most: int) -> Iterator[tuple[int, list[str]]]:
    cells = found = 0
    for number, row in enumerate(_elements(bundle, sheet, "row"), 1):
        said = _cells(row, shared)
        cells += len(said)
        if not any(said):
            continue
        found += 1
        if found > most or cells > MAX_CELLS:
            raise BadWorkbook(f"Lebih dari {most} baris; bagi menjadi beberapa berkas.")
        yield int(row.get("r") or number), said


def _cells(row: Element, shared: list[str]) -> list[str]:
    said: list[str] = []
    for cell in row:
        at = _column(cell.get("r") or "", len(said))
        if at >= MAX_COLUMNS:
            break
        said += [""] * (at + 1 - len(said))
        said[at] = _value(cell, shared)
    return said


def _column(reference: str, place: int) -> int:
    """`C7` is column 2; a cell that does not say follows the one before."""
    letters = _LETTERS.match(reference)
    if letters is None:
        return place
    column = 0
    for letter in letters[0][:4]:
        column = column * 26 + ord(letter) - 64
    return column - 1


def _value(cell: Element, shared: list[str]) -> str:
    parts = {_local(one.tag): one for one in cell}
    if cell.get("t") == "inlineStr":
        return _text(parts["is"]).strip() if "is" in parts else ""
    said = (parts["v"].text or "").strip() if "v" in parts else ""
    if cell.get("t") == "s" and said:
        return shared[int(said)].strip() if int(said) < len(shared) else ""
    return "" if cell.get("t") == "e" else said.removesuffix(".0")
