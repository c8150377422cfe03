"""The place search of a running post: one index in memory, shared by all requests, kept true to the database."""

import ctypes
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from gis import gazetteer, places, search
from gis.coordinates import Position
from gis.database import UNREACHABLE, Database
from gis.names import BLOCK
from gis.places import Index
from gis.readings import HEMISPHERE, SWAPPED, Reading, is_short_link, read_positions
from gis.reverse import Ground
from gis.search import Found
from gis.spelling import read as read_words

LOOK_S = 5.0  # how often the gazetteer and the boundaries are looked at; landmarks at every question
WARM_UP_S = 2.0  # after the start: the first screens come first
SURE, UNSURE, ABROAD = 1.0, 0.9, 0.5
SHORT_LINK = (
    "Tautan pendek tidak memuat koordinat dan Posko tidak membukanya. Minta penelepon membagikan lokasi, "
    "atau membacakan angka koordinat di petanya."
)
T = TypeVar("T")
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Answer:
    """Places, best first; `equal` when the first is no better than the second; `hint` a sentence, or ""."""

    places: list[Found]
    equal: bool
    hint: str


class Finder:
    """Builds the index when it is first needed, or soon after the start, and answers from it."""

    def __init__(
        self,
        database: Database,
        ground: Ground,
        site_code: str = "",
        run_apart: Callable[[Callable[[], Any]], Any] | None = None,
    ):
        """`run_apart` runs a function off the event loop: building takes half a second."""
        self._database, self._ground, self._site_code = database, ground, site_code
        self._run_apart = run_apart or (lambda work: work())
        self._lock = threading.Lock()
        self._index: Index | None = None
        self._areas: tuple[Any, ...] = ()
        self._marks: tuple[Any, ...] = ()
        self._looked_s = 0.0

    def start(self) -> None:
        """Build the index soon, in the background; a failure only means that the first question builds it."""
        threading.Thread(target=self._warm_up, name="places", daemon=True).start()

    def _warm_up(self) -> None:
        time.sleep(WARM_UP_S)
        try:
            self.index()
        except UNREACHABLE as failure:
            _log.warning("places.database_away", failure=type(failure).__name__)

    # ---- the index

    def index(self) -> Index:
        """The index as the database is now; whoever comes first builds it, the others wait for it."""
        with self._lock:
            if self._index is None or time.monotonic() - self._looked_s > LOOK_S:
                self._look()
            return self._with_marks()

    def _look(self) -> None:
        with self._database.read() as conn:
            state = gazetteer.state_of_areas(conn)
            if state != self._areas:
                gathered = places.gather(_gently(gazetteer.places(conn, self._site_code)))
                self._index, self._areas, self._marks = self._run_apart(lambda: _built(gathered)), state, ()
        self._looked_s = time.monotonic()

    def _with_marks(self) -> Index:
        assert self._index is not None
        with self._database.read() as conn:
            state = gazetteer.state_of_marks(conn)
            if state != self._marks:
                self._index, self._marks = self._index.with_marks(gazetteer.marks(conn)), state
        return self._index

    # ---- questions

    def find(self, words: str, near: Position | None = None) -> Answer:
        """What the words may mean: a position they name, else places of the gazetteer and what the site remembers."""
        index = self.index()
        site = index.middle(self._site_code)
        if readings := read_positions(words, near or site):
            found = [self._position(one, words) for one in readings]
            return Answer(found, len(found) > 1 or bool(found[0].doubt), "")
        found = search.find(index, words, self._site_code, near)
        return Answer(found, search.is_equal(found), SHORT_LINK if is_short_link(words) else "")

    def _position(self, one: Reading, words: str) -> Found:
        """A position with the village it lies in."""
        here = self._ground.at(one.lon, one.lat)
        score = {"": SURE, SWAPPED: UNSURE, HEMISPHERE: UNSURE}.get(one.doubt, ABROAD)
        said = read_words(words).neighbourhood or one.rest
        full, code = (here.full, here.code) if here else ("", "")
        place = (one.lon, one.lat, one.radius_m, one.how, "position", score, said, one.doubt)
        return Found(spoken(one.lon, one.lat), full, code, *place)


def spoken(lon: float, lat: float) -> str:
    """`8,38120° LS 116,52730° BT`, as one reads it aloud."""
    degrees = (f"{abs(one):.5f}".replace(".", ",") for one in (lat, lon))
    sides = ("LS" if lat < 0 else "LU", "BB" if lon < 0 else "BT")
    return " ".join(f"{number}° {side}" for number, side in zip(degrees, sides, strict=True))


def _gently(things: Iterable[T]) -> Iterator[T]:
    """The same things; whoever else waits on the event loop gets a turn now and then."""
    for number, thing in enumerate(things):
        if number % BLOCK == 0:
            time.sleep(0)
        yield thing


def _built(gathered: places.Block) -> Index:
    """The index, and what building it took given back to the system: it would never be used again."""
    index = places.build(gathered)
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError):  # another C library keeps it; nothing else changes
        _log.debug("places.memory_kept")
    return index
