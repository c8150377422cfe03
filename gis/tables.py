"""Lists of landmarks and facilities as offices keep them: CSV from any spreadsheet, or GeoJSON. Pure.

A file is read whole before anything is done with it: each row that cannot be used has its line and its reason.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from gis.codes import kemendagri
from gis.coordinates import BadPosition, position
from gis.doubts import Box, doubt_at, is_swapped
from gis.spelling import fold, straightened

MAX_BYTES = 5_000_000
MAX_ROWS = 50_000
MAX_NAME, MAX_KIND, MAX_NOTE, MAX_KEY = 120, 30, 200, 80
MAX_CAPACITY = 1_000_000
RADIUS_M = 50.0  # the doubt of a landmark whose file says nothing
MAX_RADIUS_M = 20_000.0
FACILITY_KINDS: Mapping[str, tuple[str, ...]] = {  # kind -> what offices call it
    "puskesmas": ("puskesmas", "pkm", "pustu", "klinik", "polindes", "poskesdes"),
    "hospital": ("hospital", "rumah sakit", "rs", "rsu", "rsud"),
    "fire_post": ("fire post", "pos damkar", "damkar", "pemadam", "pos pemadam", "fire station"),
    "police": ("police", "polisi", "polsek", "polres", "pospol", "pos polisi"),
    "shelter": ("shelter", "pengungsian", "tempat pengungsian", "titik pengungsian", "posko pengungsian", "huntara"),
    "school": ("school", "sekolah", "sd", "sdn", "smp", "sma", "smk", "mi", "mts", "ma"),
    "government": ("government", "kantor", "pemerintah", "kantor desa", "kantor camat", "kantor pemerintah"),
    "water": ("water", "air", "sumber air", "air bersih", "spam", "hidran", "sumur"),
    "other": ("other", "lain", "lainnya", "lain lain"),
}  # fmt: skip
COLUMNS: Mapping[str, tuple[str, ...]] = {  # what we want to know -> how the head of a column may spell it
    "name": ("nama", "name", "nama tempat", "nama fasilitas", "nama patokan", "patokan", "fasilitas"),
    "kind": ("jenis", "kind", "type", "tipe", "kategori", "amenity"),
    "lon": ("lon", "lng", "long", "longitude", "bujur", "x", "bt"),
    "lat": ("lat", "latitude", "lintang", "y", "ls"),
    "area_code": ("kode", "kode wilayah", "kode desa", "area code", "code", "kemendagri", "kode kemendagri"),
    "radius_m": ("radius m", "radius", "ketelitian", "ketelitian m"),
    "capacity": ("kapasitas", "capacity", "daya tampung"),
    "note": ("catatan", "keterangan", "note", "notes"),
    "key": ("id", "key", "kunci", "no id", "npsn", "kode fasilitas"),
}
LANDMARKS, FACILITIES = "landmarks", "facilities"
_SPACE = UUID("0b7a5b0e-5112-4a11-8e52-112112112112")
_FIELD_OF = {spelling: name for name, spellings in COLUMNS.items() for spelling in spellings}
_KIND_OF = {word: kind for kind, words in FACILITY_KINDS.items() for word in (*words, kind.replace("_", " "))}
_SAID = {"lon": "bujur", "lat": "lintang"}
_THOUSANDS = re.compile(r"\d{1,3}([.,]\d{3})+")
_EXCELS_HINT = re.compile(r"sep=")  # a first line some spreadsheets write to name the separator
_DEGREES = re.compile(r"[+-]?\d+(\.\d+)?")


class BadTable(ValueError):
    """The file as a whole cannot be used; the message is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Row:
    """One place of a list; `line` is where it stands in the file, `key` what it is known by when it comes again."""

    line: int
    key: str
    name: str
    kind: str
    lon: float
    lat: float
    area_code: str | None = None
    radius_m: float = RADIUS_M
    capacity: int | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that cannot be used and why; `confirm` when it can be after all, if it is meant so."""

    line: int
    why: str
    confirm: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds: the rows that can be used and the faults of the others."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class _BadRow(ValueError):
    def __init__(self, why: str, confirm: bool = False):
        super().__init__(why)
        self.confirm = confirm


def read(what: str, given: bytes, site: Box | None = None, confirmed: bool = False) -> Table:
    """Read a list of `landmarks` or `facilities`; raises BadTable when the file itself is none.

    `site` is the box of the site's outline; rows far outside it, or outside Indonesia, need `confirmed`.
    """
    if len(given) > MAX_BYTES:
        raise BadTable(f"Berkasnya lebih dari {MAX_BYTES // 1_000_000} MB; bagi menjadi beberapa berkas.")
    words = text_of(given)
    lines = _features(words) if words.lstrip().startswith("{") else _lines(words)
    return _table(what, lines, lambda lon, lat: None if confirmed else doubt_at(lon, lat, site))


Lines = Iterable[tuple[int, Mapping[str, Any] | str]]  # a line number with its fields, or with why it has none


def _table(what: str, lines: Lines, doubted: Callable[[float, float], str | None]) -> Table:
    table, seen = Table(), dict[str, int]()
    for line, fields in lines:
        try:
            row = _row(what, line, fields, doubted)
            if row.key in seen:
                raise _BadRow(f"sama dengan baris {seen[row.key]}; beri kolom `id` bila memang dua tempat")
        except _BadRow as fault:
            table.faults.append(Fault(line, str(fault), fault.confirm))
            continue
        seen[row.key] = line
        table.rows.append(row)
    if not (table.rows or table.faults):
        raise BadTable("Tidak ada baris di dalamnya.")
    return table


# from bytes to lines


def text_of(given: bytes) -> str:
    """As text, whatever the spreadsheet wrote: UTF-8 with or without a mark, UTF-16, or Windows' own; else BadTable."""
    if given.startswith(b"PK\x03\x04"):
        raise BadTable("Ini berkas Excel atau zip; simpan dahulu sebagai CSV.")
    for coding in ("utf-16",) if given[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252", "latin-1"):
        try:
            words = given.decode(coding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise BadTable("Berkasnya terpotong atau bukan teks.")
    if "\x00" in words:
        raise BadTable("Ini bukan CSV atau GeoJSON, melainkan berkas biner.")
    return words


def _lines(words: str) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    head = next((line for line in words.splitlines() if line.strip() and not _EXCELS_HINT.match(line)), "")
    if not head:
        raise BadTable("Berkasnya kosong.")
    reader = csv.reader(io.StringIO(words), delimiter=max(";,\t", key=head.count), strict=True)
    try:
        names = _columns(next((one for one in reader if any(one) and not _EXCELS_HINT.match(one[0])), []))
        for count, cells in enumerate((one for one in reader if any(cell.strip() for cell in one)), 1):
            if count > MAX_ROWS:
                raise BadTable(f"Lebih dari {MAX_ROWS} baris; bagi menjadi beberapa berkas.")
            yield reader.line_num, _cells(names, cells)
    except csv.Error:
        raise BadTable(
            f"CSV rusak di baris {reader.line_num}: tanda kutip tidak ditutup, atau berkasnya terpotong."
        ) from None


def _columns(head: list[str]) -> list[str | None]:
    """What each column holds, None for one we do not need; raises BadTable when one that we need is missing."""
    names = [_FIELD_OF.get(fold(cell)) for cell in head]
    missing = [COLUMNS[name][0] for name in ("name", "lon", "lat") if name not in names]
    if missing:
        raise BadTable(f"Kolom ini tidak ada di baris judul: {', '.join(missing)}.")
    return names


def _cells(names: list[str | None], cells: list[str]) -> Mapping[str, Any] | str:
    if any(cell.strip() for cell in cells[len(names) :]):
        return f"ada {len(cells)} kolom, judulnya {len(names)}; koma desimal perlu tanda kutip atau pemisah titik koma"
    found = zip(names, cells, strict=False)
    return {name: cell.strip() for name, cell in found if name and cell.strip()}


def _features(words: str) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    """The points of a GeoJSON FeatureCollection; the line is the feature's number."""
    try:
        given = json.loads(words)
    except (ValueError, RecursionError):
        raise BadTable("Bukan GeoJSON yang dapat dibaca, atau berkasnya terpotong.") from None
    features = given.get("features") if isinstance(given, dict) else None
    if not isinstance(features, list):
        raise BadTable("Bukan FeatureCollection GeoJSON.")
    if len(features) > MAX_ROWS:
        raise BadTable(f"Lebih dari {MAX_ROWS} baris; bagi menjadi beberapa berkas.")
    yield from enumerate(map(_of_feature, features), 1)


def _of_feature(feature: Any) -> Mapping[str, Any] | str:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    place = geometry.get("coordinates") if isinstance(geometry, dict) and geometry.get("type") == "Point" else None
    if not isinstance(place, list) or len(place) < 2:
        return "bukan titik (Point)"
    about = feature.get("properties")
    told = {_FIELD_OF.get(fold(str(name))): value for name, value in about.items()} if isinstance(about, dict) else {}
    given = {name: value for name, value in told.items() if name and value not in (None, "")}
    return {"key": feature.get("id"), **given, "lon": place[0], "lat": place[1]}


# from a line to a row


def _row(what: str, line: int, fields: Mapping[str, Any] | str, doubted: Callable[[float, float], str | None]) -> Row:
    if isinstance(fields, str):
        raise _BadRow(fields)
    name, lon, lat = _name(fields), _degrees(fields, "lon"), _degrees(fields, "lat")
    _check_place(lon, lat, doubted)
    kind, area_code = _kind(what, fields), _area_code(fields)
    key = _key(what, fields, name, kind, area_code, lon, lat)
    more = {"radius_m": _radius(fields)} if what == LANDMARKS else {"capacity": _capacity(fields)}
    return Row(line, key, name, kind, lon, lat, area_code, note=_note(fields), **more)


def _name(fields: Mapping[str, Any]) -> str:
    name = _word(fields, "name", MAX_NAME)
    if not fold(name):
        raise _BadRow("namanya kosong")
    return name


def _word(fields: Mapping[str, Any], of: str, limit: int) -> str:
    given = fields.get(of, "")
    if isinstance(given, dict | list):
        raise _BadRow(f"{COLUMNS[of][0]} bukan teks")
    word = " ".join(straightened(str(given)).split())
    if len(word) > limit:
        raise _BadRow(f"{COLUMNS[of][0]} lebih dari {limit} huruf")
    return word


def _degrees(fields: Mapping[str, Any], of: str) -> float:
    given = fields.get(of, "")
    if isinstance(given, int | float) and not isinstance(given, bool):
        return float(given) if abs(given) < 1e9 else float("inf")
    word = str(given).replace("\u2212", "-").replace(" ", "").removesuffix("°").replace(",", ".")
    if not _DEGREES.fullmatch(word):
        raise _BadRow(f"{_SAID[of]} “{str(given)[:20]}” bukan angka derajat" if given != "" else f"{_SAID[of]} kosong")
    return float(word)


def _check_place(lon: float, lat: float, doubted: Callable[[float, float], str | None]) -> None:
    if is_swapped(lon, lat):
        raise _BadRow("lintang dan bujur tertukar; tukar judul kedua kolom itu")
    try:
        position(lon, lat)
    except BadPosition as fault:
        raise _BadRow(str(fault)) from None
    if why := doubted(lon, lat):
        raise _BadRow(why, confirm=True)


def _kind(what: str, fields: Mapping[str, Any]) -> str:
    word = fold(_word(fields, "kind", MAX_KIND))
    if what == LANDMARKS:
        return word or "other"
    if word not in _KIND_OF:
        said = f"jenis “{word}” tidak dikenal" if word else "jenisnya kosong"
        raise _BadRow(f"{said}; yang ada: {', '.join(FACILITY_KINDS)}")
    return _KIND_OF[word]


def _area_code(fields: Mapping[str, Any]) -> str | None:
    given = fields.get("area_code")
    code = kemendagri(given)
    if given is not None and code is None:
        raise _BadRow(f"kode wilayah “{str(given)[:20]}” bukan kode Kemendagri")
    return code


def _radius(fields: Mapping[str, Any]) -> float:
    given = str(fields.get("radius_m", RADIUS_M)).replace(" ", "").replace(",", ".")
    if not _DEGREES.fullmatch(given) or not 0 <= float(given) <= MAX_RADIUS_M:
        raise _BadRow(f"radius “{given[:20]}” bukan 0 sampai {MAX_RADIUS_M:.0f} meter")
    return float(given)


def _capacity(fields: Mapping[str, Any]) -> int | None:
    if "capacity" not in fields:
        return None
    word = str(fields["capacity"]).replace(" ", "").removesuffix(".0").removesuffix(",0")
    number = re.sub(r"[.,]", "", word) if _THOUSANDS.fullmatch(word) else word
    if not re.fullmatch(r"\d{1,7}", number) or int(number) > MAX_CAPACITY:
        raise _BadRow(f"kapasitas “{word[:20]}” bukan bilangan bulat")
    return int(number)


def _note(fields: Mapping[str, Any]) -> str | None:
    return _word(fields, "note", MAX_NOTE) or None


def _key(
    what: str, fields: Mapping[str, Any], name: str, kind: str, area_code: str | None, lon: float, lat: float
) -> str:
    """Made of its name, kind, and the file's own id for it; without one of its area, else of its place (some 100 m).

    The id alone would not do: in many lists it is the number of the row.
    """
    own = _word(fields, "key", MAX_KEY) if fields.get("key") is not None else ""
    return str(uuid5(_SPACE, "\x1f".join((what, fold(name), kind, own or area_code or f"{lon:.3f} {lat:.3f}"))))
