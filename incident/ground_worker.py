"""The process that brings one file of the shelf in: what it takes of memory goes back when it ends.

Started by the web server as `python -m incident.ground_worker FOLDER`; it never answers, it writes how far it is.
"""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from gis.boundary_file import BadAreas, Wish, refusals
from gis.geometry import BadLayer
from gis.tables import MAX_BYTES, BadTable, Table, read
from incident import ground_shelf as shelf
from incident.errors import Refused
from incident.ground_shelf import Order, Shelf
from incident.post import Post

MAX_SHOWN = 200  # faults told by line; more would be read by nobody
BOUNDARIES = "boundaries"
_NICE = 5  # a call that comes in goes before


class Faulty(Protocol):
    """A list that was read: rows, and the faults of those that cannot be used."""

    @property
    def rows(self) -> Sequence[Any]: ...

    @property
    def faults(self) -> Sequence[Any]: ...


class _NotTaken(Exception):
    """The file was refused; `facts` say why and what would help."""

    def __init__(self, sentence: str, **facts: Any):
        super().__init__(sentence)
        self.facts = facts


def work(post: Post, folder: Path) -> None:
    """Do the order in a folder of the shelf and say there what came of it."""
    order = Shelf(post.settings.data).order(folder.name)
    with shelf.held(folder):
        shelf.say(folder, shelf.RUNNING, done=0, of=0)
        try:
            told = _WAYS[order.what](post, order, folder / "upload", shelf.progress(folder))
        except _NotTaken as fault:
            shelf.say(folder, shelf.REFUSED, sentence=str(fault), **fault.facts)
        except Refused as fault:
            shelf.say(folder, shelf.REFUSED, sentence=fault.sentence)
        else:
            (folder / "upload").unlink(missing_ok=True)
            shelf.say(folder, shelf.DONE, told=told)


def _boundaries(post: Post, order: Order, file: Path, tell: Callable[[int, int], None]) -> dict[str, Any]:
    from incident.boundaries import bring_in

    wish = Wish(**{name: order.wish[name] for name in ("swap", "skip", "layer") if order.wish.get(name)})
    try:
        return bring_in(post, order.by, order.uid, file, order.name, wish, tell)
    except BadAreas as fault:
        rows = refusals(fault.refused)[:MAX_SHOWN]
        raise _NotTaken(str(fault), way=fault.way, refused=rows, count=len(fault.refused)) from None
    except BadLayer as fault:
        raise _NotTaken(_sentence(str(fault)), way=fault.way, choices=fault.choices) from None


def _list(post: Post, order: Order, file: Path, tell: Callable[[int, int], None]) -> dict[str, Any]:
    from incident.ground import import_table

    table = _table(post, order, file)
    if table.faults and not (order.wish.get("skip") and table.rows):
        raise _refusal(table)
    done = 0

    def count(rows: int) -> None:
        nonlocal done
        done += rows
        tell(done, len(table.rows))

    counts = import_table(post, order.by, order.uid, order.what, table.rows, order.name[:120], count)
    return {**counts, **_left_out(table)}


def _table(post: Post, order: Order, file: Path) -> Table:
    from incident.doubtful import site_box

    try:
        with open(file, "rb") as opened:
            content = opened.read(MAX_BYTES + 1)
        return read(order.what, content, site_box(post), bool(order.wish.get("confirmed")))
    except BadTable as fault:
        raise _NotTaken(str(fault)) from None


def _population(post: Post, order: Order, file: Path, tell: Callable[[int, int], None]) -> dict[str, Any]:
    from incident import population

    try:
        table = population.read_list(post, file.read_bytes())
    except BadTable as fault:
        raise _NotTaken(str(fault)) from None
    if table.faults and not (order.wish.get("skip") and table.rows):
        raise _refusal(table)
    counts = population.bring_in(post, order.by, order.uid, table.rows, order.name)
    tell(len(table.rows), len(table.rows))
    return {**counts, **_left_out(table)}


def _left_out(table: Faulty) -> dict[str, Any]:
    rows = [{"area": f"baris {one.line}", "why": one.why} for one in table.faults[:MAX_SHOWN]]
    return {"refused": rows, "left_out": len(table.faults)}


def _refusal(table: Faulty) -> _NotTaken:
    rows = [{"area": f"baris {one.line}", "why": one.why} for one in table.faults[:MAX_SHOWN]]
    way = "confirmed" if table.faults and all(one.confirm for one in table.faults) else "skip" if table.rows else ""
    sentence = f"{len(table.faults)} baris tidak dapat dipakai, jadi tidak ada yang dimasukkan."
    return _NotTaken(sentence, way=way, refused=rows, count=len(table.faults))


def _sentence(words: str) -> str:
    """As a sentence of its own: the reader's words go on from the name of the file."""
    return words[:1].upper() + words[1:]


_WAYS: dict[str, Callable[..., dict[str, Any]]] = {
    BOUNDARIES: _boundaries,
    "landmarks": _list,
    "facilities": _list,
    "population": _population,
}
WHAT = tuple(_WAYS)


def main(folder: Path) -> None:
    """Do the order in this folder with the settings of the environment."""
    from gis.database import Database
    from incident.config import load_settings

    os.nice(_NICE)
    settings = load_settings()
    database = Database(settings.database)
    try:
        work(Post(settings, database), folder)
    finally:
        database.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
