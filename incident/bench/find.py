"""How fast everything is found: numbers, names, parts of phone numbers and words among many calls."""

import time
from collections.abc import Sequence

import click
from sqlalchemy import text

from gis import fulltext
from gis.database import Database
from incident.bench import fill, wire
from incident.bench.figures import Sheet, json_option, percentile, quick_option
from incident.bench.gis import _serving, _settle, _timed
from incident.bench.stage import Stage, database_option, stage
from incident.finding import index, leaves
from incident.finding.models import FindLeaf, FindNumber

GOAL = "<= 100 ms"
ROUNDS = 20
# what is asked, and as whom; the last of the words stand in every row or in none
QUESTIONS = (
    ("a number", "call_taker", ("LT-0142", "99021", "LT-7")),
    ("a phone number", "call_taker", ("081300004711", "+62 813 0000 0042")),
    ("the end of a phone number", "call_taker", ("4711", "00042", "9021")),
    ("the middle of a phone number", "call_taker", ("30000471", "3000090")),
    ("a name", "call_taker", ("nama4711", "nama77")),
    ("words of a quarter of all calls", "call_taker", ("air pemukiman", "pohon", "mobil parit")),
    ("a village", "call_taker", ("desa 17 pringgabaya", "desa 249")),
    ("a word of every row", "call_taker", ("pringgabaya", "kec pri")),
    ("words of no row", "call_taker", ("tidakada", "banjir tidakada")),
    ("an agency's own", "agency", ("pringgabaya", "banjir")),
)
_leaf, _number = FindLeaf.__table__, FindNumber.__table__


@click.command(epilog="Example: posko bench find --size 100000 --json")
@click.option("--size", default=100_000, show_default=True, help="Incidents, each with its call.")
@quick_option
@json_option
@database_option
def find(size: int, quick: bool, as_json: bool, database: str | None) -> None:
    """The search over everything, each kind of question beside the bare statements of its index."""
    sheet = Sheet("find")
    size = size // 10 if quick else size
    with stage(database) as here:
        _fill(here, sheet, size)
        with _serving(here) as line:
            for name, role, words in QUESTIONS:
                asked = [wire.request("POST", "/api/v1/find", here.tokens[role], {"q": one}) for one in words]
                _timed(line, asked)
                took, _ = _timed(line, asked * ROUNDS)
                bare = _bare(here, words)
                sheet.add(f"{name}, p50", percentile(took, 0.5), "ms", percentile(bare, 0.5), "ms bare SQL")
                sheet.add(f"{name}, p95", percentile(took, 0.95), "ms", percentile(bare, 0.95), "ms bare SQL", GOAL)
    sheet.show(as_json)


def _fill(here: Stage, sheet: Sheet, size: int) -> None:
    """Incidents and calls with names, and the index made of them."""
    with here.post() as post:
        fill.incidents(post.database, 1, size, with_calls=True)
        post.database.write(lambda conn: conn.execute(text("UPDATE call SET caller_name = 'Nama' || id")))
        began = time.perf_counter()
        rows = index.rebuild(post)
        sheet.add("rows indexed by a rebuild", rows / (time.perf_counter() - began), "a second")
        _settle(post.database)


def _bare(here: Stage, words: Sequence[str]) -> list[float]:
    """The statements of the index alone: the words among incidents and calls, the digits among numbers."""
    with here.post() as post:
        return [_asked(post.database, one) for one in words for _ in range(ROUNDS)]


def _asked(database: Database, words: str) -> float:
    """Milliseconds."""
    with database.read() as conn:
        wanted = fulltext.rows_with(database, _leaf, "words").limit(9)
        began = time.perf_counter()
        for kind in (leaves.OPEN, leaves.INCIDENT, leaves.CALLER, leaves.CALL):
            said = fulltext.asked(database, [kind + one for one in leaves.wanted(words)], leaves.LEAST + 1)
            conn.execute(wanted, {"tokens": said}).all()
        for digits in leaves.asked_digits(words):
            for column, start in ((_number.c.digits, digits), (_number.c.backwards, digits[::-1])):
                conn.execute(_number.select().where(column >= start, column < start + ":").limit(9)).all()
        return (time.perf_counter() - began) * 1000
