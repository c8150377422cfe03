"""The browser's files under an address that names their version: kept for a year, never asked for again.

A board is some ninety small modules. Asked for by ETag at every opening they cost a round each; under an address of
their own, which changes with any of them, an opened board asks for none, and an upgrade still never mixes old and new.
"""

import hashlib
from functools import cache, partial
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from incident.modules import modules_of

KEEP_S = 365 * 86400
ANY_VERSION = "/static"


@cache
def version_of(folder: Path) -> str:
    """Twelve hexadecimal digits that change when any file of the folder does; asked once in the life of a process."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            known = path.stat()
            digest.update(f"{path.relative_to(folder)}\0{known.st_mtime_ns}\0{known.st_size}\n".encode())
    return digest.hexdigest()[:12]


class Shelved(Flask):
    """Flask whose `url_for('static', ...)` names the version; `/static/...` without one is asked by ETag."""

    def __init__(self, name: str, root: Path, **more: Any):
        address = f"{ANY_VERSION}/{version_of(root / 'static')}"
        super().__init__(name, root_path=str(root), static_folder="static", static_url_path=address, **more)
        self.add_url_rule(f"{ANY_VERSION}/<path:filename>", "any_static", self._serve_any)
        self.jinja_env.globals["modules_of"] = partial(modules_of, root / "static")

    def get_send_file_max_age(self, filename: str | None) -> int | None:
        """A year where the address names the version, else ask again."""
        return KEEP_S if request.path.startswith(f"{self.static_url_path}/") else None

    def _serve_any(self, filename: str) -> Response:
        """A file by its plain name, or by the address of a version that was: the page is older than this process."""
        if not (Path(str(self.static_folder)) / filename).is_file():
            filename = filename.partition("/")[2]
        return self.send_static_file(filename)
