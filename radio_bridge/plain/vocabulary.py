"""The words of a line: one for each kind of alert, order and level, and how free text stands in it."""

from __future__ import annotations

import re

TYPE_WORDS = [
    "LAIN", "KEBAKARAN", "MEDIS", "LAKA", "BANJIR", "LONGSOR", "GEMPA", "TSUNAMI", "ANGIN", "POHON", "SAR",
    "TENGGELAM", "HEWAN", "KEAMANAN", "RUSUH", "KDRT", "ODGJ", "KABEL", "BANDANG", "LAHAR", "LETUSAN", "ABRASI",
    "KARHUTLA", "KERING", "KAPAL", "B3", "PUTUS", "MAYDAY",
]  # fmt: skip
"""In the order of radiogram.TYPES; a newer code is J and its number."""

ACTION_WORDS = [
    "INFO", "SIAGA", "MENUJU", "EVAK", "KAJI", "TAHAN", "POS", "JAUHI", "TUTUP", "BANTU", "LAPOR", "KANAL", "SELESAI",
]  # fmt: skip
"""In the order of radiogram.ACTIONS; a newer code is A and its number."""

LEVEL_WORDS = ["HADIR", "ALAT", "DILIHAT", "DIBACA"]

EXERCISE = "LATIHAN"
SIGNED = "TTD"
"""Before a signature, whose first letter may be any."""

TEXT = " : "
"""Between the words of a line and its free text."""

_WRITTEN = {"\n": "<A>", "{": "<7B>", "|": "<7C>", "~": "<7E>"}
"""Signs that an APRS receiver takes for marks of its own, and the end of a line, by their number between < and >."""
_NUMBERED = re.compile("<(A|3C|7B|7C|7E)>")
_TO_WRITE = re.compile(r"[\n{|~]|<(?=(?:A|3C|7B|7C|7E)>)")


def written_out(text: str) -> str:
    """The text as it stands in a line; read_back() gives back exactly the same."""
    return _TO_WRITE.sub(lambda found: _WRITTEN.get(found[0], "<3C>"), text)


def read_back(written: str) -> str:
    """The text that written_out() was given."""
    return _NUMBERED.sub(lambda found: chr(int(found[1], 16)), written)
