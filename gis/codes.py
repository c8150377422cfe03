"""Codes of areas: reads the Kemendagri code in any of its usual spellings, and knows a BPS code when it sees one. Pure.

Kemendagri: province.regency.district.village as `52.03.01.2001`; the village begins with 1 (kelurahan), 2 (desa) or
3 (desa adat), and no part is zero. BPS (MFD): two, two, three and three digits, `5203010001`, so that the two differ
below the regency and must never be mixed.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from gis.spelling import straightened

LEVELS = {1: "provinsi", 2: "kabupaten/kota", 3: "kecamatan", 4: "desa/kelurahan"}
_DOTTED = re.compile(r"([1-9]\d)(?:\.(\d\d)(?:\.(\d\d)(?:\.(\d{4}))?)?)?")
_LENGTHS = {2: (2,), 4: (2, 4), 6: (2, 4, 6), 10: (2, 4, 6, 10)}
_GENERAL = ("kode", "code", "kodekemendagri", "kemendagri", "kodewilayah", "kdwilayah", "kodepum", "kdpum")
_BY_LEVEL = {
    4: ("kdepum", "kodedesa", "kddesa", "kodekelurahan", "kodekel", "kdkel", "kodekeldesa", "adm4pcode", "desakode"),
    3: ("kdcpum", "kodekecamatan", "kodekec", "kdkec", "adm3pcode"),
    2: ("kdpkab", "kodekabupaten", "kodekab", "kodekabkota", "kdkab", "adm2pcode"),
    1: ("kdppum", "kodeprovinsi", "kodeprov", "kdprov", "adm1pcode"),
}
_NAMES = ("nama", "name", "namobj", "namawilayah", "wilayah")
_NAMES_BY_LEVEL = {
    4: ("wadmkd", "namadesa", "nmdesa", "desa", "kelurahan", "namakelurahan", "namakel", "desakel", "village")
    + ("adm4en", "adm4id", "adm4name"),
    3: ("wadmkc", "namakecamatan", "namakec", "nmkec", "kecamatan", "district", "adm3en", "adm3id", "adm3name"),
    2: (
        "wadmkk",
        "namakabupaten",
        "namakab",
        "nmkab",
        "kabupaten",
        "kabkota",
        "regency",
        "adm2en",
        "adm2id",
        "adm2name",
    ),
    1: ("wadmpr", "namaprovinsi", "namaprov", "nmprov", "provinsi", "province", "adm1en", "adm1id", "adm1name"),
}
_TITLES = re.compile(r"\b(desa|kelurahan|kel|kecamatan|kec|kabupaten|kab|kota|provinsi|prov|adm|administrasi)\b\.?")


class Column(NamedTuple):
    """The column of a file that holds its codes; `level` when its name says which, else None."""

    name: str
    level: int | None


def kemendagri(given: Any) -> str | None:
    """The code with dots, of `52.03.01.2001`, `5203012001`, `ID5203012001`, 5203012001 or 5203012001.0; else None."""
    word = _word(given)
    if word.isdigit():
        ends = _LENGTHS.get(len(word), ())
        word = ".".join(word[start:end] for start, end in zip((0, *ends), ends, strict=False))
    parts = _DOTTED.fullmatch(word)
    return word if parts and _are_parts(parts.groups()) else None


def _word(given: Any) -> str:
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    word = re.sub(r"\s+", "", str("" if given is None else given)).upper()
    return re.sub(r"^ID(?=\d)|\.0$", "", word).strip(".")


def _are_parts(parts: Iterable[str | None]) -> bool:
    _, regency, district, village = parts
    return regency != "00" and district != "00" and (village is None or (village[0] in "123" and village[1:] != "000"))


def is_bps(given: Any) -> bool:
    """Whether it can only be a code of the BPS: seven digits (a district), or ten whose last four are no village."""
    word = _word(given).replace(".", "")
    if not word.isdigit() or kemendagri(given):
        return False
    return len(word) == 7 or (len(word) == 10 and word[2:4] != "00")


def level_of(code: str) -> int:
    """1 province, 2 regency, 3 district, 4 village."""
    return code.count(".") + 1


def find_column(rows: Collection[Mapping[str, Any]]) -> Column | None:
    """The column with the codes, by its name; a village's before its district's, one that is mostly filled."""
    names = {_bare(name): name for row in rows for name in row}
    general = [Column(names[one], None) for one in _GENERAL if one in names]
    named = [Column(names[one], level) for level, words in _BY_LEVEL.items() for one in words if one in names]
    filled = [one for one in (*named, *general) if _share_filled(rows, one.name) > 0.5]
    return next(iter(filled), None)


def bps_columns(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Columns whose names say that they hold codes of the BPS."""
    names = {_bare(name): name for row in rows for name in row}
    return [name for bare, name in names.items() if "bps" in bare or bare in ("iddesa", "idkec", "idkab")]


def _share_filled(rows: Collection[Mapping[str, Any]], name: str) -> float:
    return sum(bool(_word(row.get(name))) for row in rows) / max(1, len(rows))


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def name_of(row: Mapping[str, Any], level: int | None) -> str:
    """What the file calls this area, one line; empty when it does not say."""
    known = {_bare(name): value for name, value in row.items()}
    wanted = (
        *_NAMES_BY_LEVEL.get(level or 0, ()),
        *_NAMES,
        *(word for words in _NAMES_BY_LEVEL.values() for word in words),
    )
    found = (straightened(str(known[one])) for one in wanted if known.get(one) not in (None, ""))
    return " ".join(next(found, "").split())


def are_alike(one: str, other: str) -> bool:
    """Whether two spellings name the same place, whatever stands before the name."""
    from rapidfuzz.fuzz import ratio  # only an import of boundaries compares names

    return bool(ratio(_folded(one), _folded(other)) >= 80)


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", _TITLES.sub(" ", name.lower()))


def full_name(code: str, name: str, above: Mapping[str, str]) -> str:
    """`Desa Labuhan Lombok, Kec. Pringgabaya, Kab. Lombok Timur`: a third of the names are not unique, never say less.

    `above` gives the names of districts and regencies by code; what it does not know is left out.
    """
    known = {**above, code: name}
    return ", ".join(_titled(one, known[one]) for one in _chain(code) if one in known)


def _chain(code: str) -> list[str]:
    """The code and those above it, without the province of a regency or less."""
    parts = code.split(".")
    return [".".join(parts[:end]) for end in range(len(parts), 1 if len(parts) > 1 else 0, -1)]


def _titled(code: str, name: str) -> str:
    """The name with its title: districts are `Kec.`, villages `Desa` or `Kel.`, regencies `Kab.` unless a city."""
    level, bare = (
        level_of(code),
        re.sub(r"^(desa|kelurahan|kecamatan|kabupaten|kab\.|kec\.|kel\.) ", "", name, flags=re.I),
    )
    if level == 4:
        return f"{'Kel.' if code[9] == '1' else 'Desa'} {bare}"
    if level == 3:
        return f"Kec. {bare}"
    return bare if level == 1 else f"{'' if code[3] == '7' else 'Kab. '}{_calm(bare)}"


def _calm(name: str) -> str:
    """`LOMBOK TIMUR` as one writes it, `DKI` and the like left alone."""
    return name.title() if name.isupper() and len(name) > 3 else name
