"""Which modules a script of ours begins with, so that a page can name them all at once.

A browser learns of a module's imports only when it has read it: a board is five rounds deep. Named in the page's head
(`modulepreload`) they set out together, which on a village's thin line is four round trips less.
"""

import re
from functools import cache
from pathlib import Path, PurePosixPath

_IMPORT = re.compile(r"""^\s*(?:import|export)\b[^"';()]*?["'](\.{1,2}/[^"']+)["']""", re.MULTILINE)


@cache
def modules_of(folder: Path, *entries: str) -> tuple[str, ...]:
    """The files these modules import at their start, and those in turn, the nearest first; read once in a process."""
    found = list(entries)
    for name in found:  # grows while it is read
        found += [one for one in _imports(folder, name) if one not in found]
    return tuple(dict.fromkeys(found))


def _imports(folder: Path, name: str) -> list[str]:
    text = (folder / name).read_text(encoding="utf-8")
    return [_beside(name, said) for said in _IMPORT.findall(text)]


def _beside(name: str, said: str) -> str:
    """`../vendor/leaflet.js` as `js/map.js` says it, from the folder down."""
    parts: list[str] = []
    for part in (PurePosixPath(name).parent / said).parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)
