"""How many people live in an area: an office's list (CSV or Excel) read whole, and what it says of an alert's reach.

Unknown is never nought: a village without a number is counted as such beside the sum.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from gis import worksheets
from gis.codes import is_bps, kemendagri, level_of
from gis.models import Area, Population
from gis.spelling import fold, fold_name
from gis.tables import BadTable, Fault, text_of

MAX_BYTES = 5_000_000
MAX_ROWS = 20_000  # kept in one breath while calls wait: a province has at most some 8,600 villages
MAX_PEOPLE = 400_000_000
HEAD_WITHIN = 20  # lines above the head: titles of the office
YEARS = range(1990, 2101)
VILLAGE = 4
PART = 400  # codes in one question
COLUMNS: Mapping[str, tuple[str, ...]] = {  # what we want to know -> how the head of a column may spell it
    "code": ("kode", "kode wilayah", "kode desa", "kode kelurahan", "kode desa kelurahan", "kode kemendagri"),
    "name": ("nama", "desa", "kelurahan", "desa kelurahan", "nama desa", "nama kelurahan", "nama desa kelurahan"),
    "district": ("kecamatan", "nama kecamatan", "kec"),
    "people": ("jiwa", "penduduk", "jumlah penduduk", "jumlah jiwa", "jumlah penduduk jiwa", "penduduk jiwa"),
    "households": ("kk", "jumlah kk", "kepala keluarga", "jumlah kepala keluarga", "rumah tangga", "households"),
    "year": ("tahun", "year", "tahun data"),
}  # fmt: skip
_FIELD_OF = {spelling: name for name, spellings in COLUMNS.items() for spelling in spellings}
_TITLES = ("desa", "ds", "kelurahan", "kel", "kecamatan", "kec")
_SUMS = ("jumlah", "total", "jumlah total", "grand total")
_THOUSANDS = re.compile(r"\d{1,3}([.,]\d{3})+")
_population = Population.__table__


class Row(NamedTuple):
    """One area of a list: where it stands in the file, its code or its name, how many live there."""

    line: int
    code: str | None
    name: str
    district: str
    people: int
    households: int | None
    year: int | None


class Table(NamedTuple):
    """What a file holds: the rows that can be used and the faults of the others."""

    rows: list[Row]
    faults: list[Fault]


class _BadRow(ValueError):
    """A row that cannot be used; the message says why."""


# reading a file


def read(given: bytes) -> Table:
    """The list in these bytes: CSV from any spreadsheet, or the first sheet of an .xlsx. Raises BadTable."""
    if len(given) > MAX_BYTES:
        raise BadTable(f"Berkasnya lebih dari {MAX_BYTES // 1_000_000} MB; bagi menjadi beberapa berkas.")
    lines = _of_workbook(given) if worksheets.is_workbook(given) else _of_csv(text_of(given))
    names, body = _head(lines)
    table = Table([], [])
    for line, cells in body:
        _take(table, line, _fields(names, cells))
    if not (table.rows or table.faults):
        raise BadTable("Tidak ada baris di dalamnya.")
    return table


Lines = Iterator[tuple[int, list[str]]]


def _of_workbook(given: bytes) -> Lines:
    try:
        return iter(worksheets.rows(given, MAX_ROWS))
    except worksheets.BadWorkbook as fault:
        raise BadTable(str(fault)) from None


def _of_csv(words: str) -> Lines:
    marks = max(words.splitlines()[:HEAD_WITHIN], key=len, default="")
    reader = csv.reader(io.StringIO(words), delimiter=max(";,\t", key=marks.count), strict=True)
    try:
        for count, cells in enumerate((one for one in reader if any(cell.strip() for cell in one)), 1):
            if count > MAX_ROWS:
                raise BadTable(f"Lebih dari {MAX_ROWS} baris; bagi menjadi beberapa berkas.")
            yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error:
        sentence = f"CSV rusak di baris {reader.line_num}: tanda kutip tidak ditutup, atau berkasnya terpotong."
        raise BadTable(sentence) from None


def _head(lines: Lines) -> tuple[list[str | None], Lines]:
    """What each column holds, and the lines below; raises BadTable when no line near the top is a head."""
    for place, (_, cells) in enumerate(lines, 1):
        names = [_FIELD_OF.get(fold(cell)) for cell in cells]
        if "people" in names and {"code", "name"} & set(names):
            return names, lines
        if place == HEAD_WITHIN:
            break
    raise BadTable("Baris judul perlu kolom jiwa (atau jumlah penduduk) dan kolom kode atau nama desa.")


def _fields(names: Sequence[str | None], cells: Sequence[str]) -> dict[str, str]:
    """Of two columns with one meaning the first that says something."""
    found: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        if name and cell and name not in found:
            found[name] = cell
    return found


def _take(table: Table, line: int, fields: Mapping[str, str]) -> None:
    """A row, a fault, or nothing for a heading within the list and for its sum."""
    is_sum = "code" not in fields and fold(fields.get("name", fields.get("district", ""))) in _SUMS
    if is_sum or not fields or ("people" not in fields and "code" not in fields):
        return
    try:
        table.rows.append(_row(line, fields))
    except _BadRow as fault:
        table.faults.append(Fault(line, str(fault)))


def _row(line: int, fields: Mapping[str, str]) -> Row:
    name = " ".join(fields.get("name", "").split())[:80]
    code = _code(fields["code"]) if "code" in fields else None
    if code is None and not fold(name):
        raise _BadRow("tanpa kode dan tanpa nama")
    people = _count(fields.get("people", ""), "jumlah jiwa")
    households = _count(fields["households"], "jumlah KK") if "households" in fields else None
    return Row(line, code, name, fields.get("district", "")[:80], people, households, _year(fields.get("year")))


def _code(given: str) -> str:
    code = kemendagri(given)
    if code is None and is_bps(given):
        raise _BadRow(f"kode {given[:20]} adalah kode BPS; perlu kode Kemendagri")
    if code is None:
        raise _BadRow(f"kode “{given[:20]}” bukan kode Kemendagri")
    return code


def _count(given: str, what: str) -> int:
    word = given.replace(" ", "").replace("\u00a0", "")
    word = re.sub(r"[.,]", "", word) if _THOUSANDS.fullmatch(word) else re.sub(r"[.,]0+$", "", word)
    if not re.fullmatch(r"\d{1,9}", word) or int(word) > MAX_PEOPLE:
        raise _BadRow(f"{what} “{given[:20]}” bukan bilangan bulat" if given else f"{what} kosong")
    return int(word)


def _year(given: str | None) -> int | None:
    if given is None:
        return None
    if not given.isdecimal() or int(given) not in YEARS:
        raise _BadRow(f"tahun “{given[:20]}” bukan tahun")
    return int(given)


# from names to codes


def placed(conn: Connection, table: Table, site_code: str) -> Table:
    """The same with a code for every row; a name that is unknown, or not the only one of the site, is a fault."""
    known = _known(conn, [row.code for row in table.rows if row.code])
    by_name = _by_name(conn, site_code) if any(row.code is None for row in table.rows) else {}
    found, seen = Table([], list(table.faults)), dict[str, int]()
    for row in table.rows:
        try:
            code = _placed(row, known, by_name)
            if code in seen:
                raise _BadRow(f"wilayah ini sudah ada di baris {seen[code]}")
        except _BadRow as fault:
            found.faults.append(Fault(row.line, str(fault)))
            continue
        seen[code] = row.line
        found.rows.append(row._replace(code=code))
    found.faults.sort(key=lambda one: one.line)
    return found


def _placed(row: Row, known: Collection[str] | None, by_name: Mapping[str, Sequence[tuple[str, str]]]) -> str:
    if row.code is not None:
        if known is not None and row.code not in known:
            raise _BadRow(f"kode {row.code} tidak ada dalam daftar wilayah")
        return row.code
    wanted = _bare(row.district)
    there = by_name.get(_bare(row.name), ())
    codes = [code for code, district in there if not wanted or district == wanted]
    if len(codes) != 1:
        raise _BadRow(
            f"“{row.name[:40]}” ada {len(codes)} di wilayah ini; beri kolom kode atau kecamatan"
            if codes
            else f"“{row.name[:40]}” tidak ada di wilayah ini; beri kolom kode"
        )
    return codes[0]


def _bare(name: str) -> str:
    """Folded, without what it is called before its name: Ds. Sembalun Lawang is sembalun lawang."""
    words = fold_name(name).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in _TITLES else words)


def _known(conn: Connection, codes: Sequence[str]) -> set[str] | None:
    """Those the gazetteer knows; None where there is no gazetteer to ask."""
    if conn.scalar(select(Area.code).limit(1)) is None:
        return None
    found: set[str] = set()
    for part in _parts(codes):
        found |= set(conn.scalars(select(Area.code).where(Area.code.in_(part))))
    return found


def _by_name(conn: Connection, site_code: str) -> dict[str, list[tuple[str, str]]]:
    """Folded name -> (code, folded name of its district) of the site's villages."""
    mine = Area.code.startswith(f"{site_code}.") if site_code else Area.code.is_not(None)
    rows = conn.execute(select(Area.code, Area.level, Area.name).where(mine, Area.level >= VILLAGE - 1)).all()
    districts = {row.code: _bare(row.name) for row in rows if row.level == VILLAGE - 1}
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        if row.level == VILLAGE:
            above = districts.get(row.code.rpartition(".")[0], "")
            found.setdefault(_bare(row.name), []).append((row.code, above))
    return found


# keeping


SAID = ("people", "households", "year", "source")
_said_before = select(_population.c.area_code, *(_population.c[name] for name in SAID))


def put(conn: Connection, rows: Sequence[Row], **common: Any) -> dict[str, int]:
    """Keep what a file says in the place of what was known of these areas; how many were new, changed, the same.

    Calls wait meanwhile: nothing is asked or thrown away here that need not be.
    """
    before: dict[str, tuple[Any, ...]] = {}
    for part in _parts([str(row.code) for row in rows]):
        for code, *said in conn.execute(_said_before.where(_population.c.area_code.in_(part))):
            before[code] = tuple(said)
    fresh = [{**_told(row), **common} for row in rows]
    changed = [one for one in fresh if before.get(one["area_code"]) != _said(one)]
    for part in _parts([one["area_code"] for one in changed if one["area_code"] in before]):
        conn.execute(delete(Population).where(_population.c.area_code.in_(part)))
    if changed:
        conn.execute(insert(Population), changed)
    added = sum(one["area_code"] not in before for one in changed)
    return {"added": added, "changed": len(changed) - added, "same": len(fresh) - len(changed), "gone": 0}


def _told(row: Row) -> dict[str, Any]:
    return {"area_code": row.code, "people": row.people, "households": row.households, "year": row.year}


def _said(row: Mapping[Any, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in SAID)


def _parts(codes: Sequence[str]) -> Iterator[Sequence[str]]:
    return (codes[begin : begin + PART] for begin in range(0, len(codes), PART))


# asking


class People(NamedTuple):
    """About how many live there: None where no village has a number; how many villages have one, how many have none."""

    people: int | None
    counted: int
    unknown: int
    years: tuple[int, ...]
    sources: tuple[str, ...]


def people_of(conn: Connection, shares: Mapping[str, float]) -> People:
    """The people of these areas (code -> how much of it is meant, 0 to 1)."""
    found: dict[str, Mapping[Any, Any]] = {}
    for part in _parts(list(shares)):
        rows = conn.execute(select(*_population.c).where(_population.c.area_code.in_(part))).mappings()
        found |= {row["area_code"]: row for row in rows}
    if not found:
        return People(None, 0, len(shares), (), ())
    total = sum(row["people"] * shares[code] for code, row in found.items())
    years = sorted({row["year"] for row in found.values() if row["year"]})
    sources = sorted({row["source"] for row in found.values()})
    return People(about(total), len(found), len(shares) - len(found), tuple(years), tuple(sources))


def villages_below(conn: Connection, codes: Iterable[str]) -> list[str]:
    """The villages of these areas, each once; an area whose people are known as a whole only stays as it is."""
    found: dict[str, None] = {}
    for code in codes:
        below = [code] if level_of(code) == VILLAGE else _below(conn, code)
        found |= dict.fromkeys(below)
    return list(found)


def _below(conn: Connection, code: str) -> list[str]:
    mine = select(_population.c.area_code).where(_population.c.area_code.startswith(f"{code}."))
    counted = list(conn.scalars(mine.order_by(_population.c.area_code)))
    if not counted and conn.scalar(select(_population.c.area_code).where(_population.c.area_code == code)):
        return [code]
    named = select(Area.code).where(Area.level == VILLAGE, Area.code.startswith(f"{code}.")).order_by(Area.code)
    villages = [one for one in counted if level_of(one) == VILLAGE]
    return sorted({*villages, *conn.scalars(named)}) or [code]


def about(people: float) -> int:
    """As an estimate is said: three digits that count, 12437 as 12,400; below a hundred every one."""
    whole = round(people)
    step = 10 ** max(0, len(str(whole)) - 3)
    return round(whole / step) * step


def summed(conn: Connection) -> list[dict[str, Any]]:
    """What is known, for the page of the ground: each file with its areas, their people and years, the newest first."""
    here = _population.c
    columns = (here.source, func.count().label("count"), func.sum(here.people).label("people"))
    times = (
        func.min(here.year).label("from_year"),
        func.max(here.year).label("to_year"),
        func.max(here.changed_at).label("at"),
    )
    rows = conn.execute(select(*columns, *times).group_by(here.source).order_by(func.max(here.changed_at).desc()))
    return [dict(row) for row in rows.mappings()]
