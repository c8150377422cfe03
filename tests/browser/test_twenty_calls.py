"""Twenty calls at the desk, seventeen of them nothing, by keyboard alone: how long that takes a person, key by key.

What a browser does in no time costs a person time: every key that really went down in Chromium is counted, and so is
every moment in which one must listen before deciding. The sum is what is promised: under five minutes.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.room import Room
from tests.browser.seeds import Caller

pytestmark = pytest.mark.slow(30)

KEYSTROKE_S = 0.28  # an average typist who is not a secretary: Card, Moran and Newell's keystroke-level model
LISTENING_S = 1.5  # before each decision: what the caller says, what the screen shows
SILENCE_S = 4.0  # "Halo? Ada yang bisa dibantu?" twice, before a silent line is called silent
PROMISED_S = 300.0

COUNT_KEYS = """
  window.strokes = 0;
  window.pointed = 0;
  addEventListener("keydown", ({ isTrusted }) => { window.strokes += Number(isTrusted); }, true);
  const points = ["pointerdown", "mousedown", "touchstart"];
  for (const kind of points) addEventListener(kind, () => { window.pointed += 1; }, true);
"""


@dataclass(frozen=True)
class Real:
    """A caller who needs help: the key of the type, where, the answers to the questions, what else was said."""

    type_key: str
    place: str
    answers: str
    narrative: str
    priority: str


REAL = {
    4: Real("1", "-8,5542 116,6268", "y3yyt", "Air sepinggang, dua orang di atap, arus deras", "P1"),
    11: Real("3", "-8,6501 116,5361", "ytt5", "Bapak 60 tahun sesak napas, depan masjid agung", "P1"),
    17: Real("9", "-8,6105 116,5803", "tt2", "Pohon menutup separuh jalan raya Aikmel", "P3"),
}
SILENT = frozenset({0, 2, 5, 6, 8, 12, 13, 16, 19})


class Hands:
    """A call taker's hands: only keys, and what each moment costs."""

    def __init__(self, desk: Page):
        self.desk, self.listened_s = desk, 0.0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.desk.keyboard.press(key)

    def write(self, words: str) -> None:
        self.desk.keyboard.type(words)

    def listen(self, seconds: float = LISTENING_S) -> None:
        self.listened_s += seconds

    @property
    def strokes(self) -> int:
        return int(self.desk.evaluate("window.strokes"))

    @property
    def spent_s(self) -> float:
        return self.strokes * KEYSTROKE_S + self.listened_s


@pytest.fixture
def desk(visit: Callable[..., Visit]) -> Page:
    someone = visit("sari")
    someone.context.add_init_script(COUNT_KEYS)
    return someone.open("/calls")


def test_twenty_calls_take_under_five_minutes_of_keys_and_three_stand_on_the_board(
    desk: Page, visit: Callable[..., Visit], room: Room
) -> None:
    board = visit("dewi").open("/")
    exchange, hands = Caller(room, "admin"), Hands(desk)
    for nth in range(20):
        exchange.post("/calls/ringing", phone=f"0819345678{nth:02}", line="112-1", source="asterisk")
        take(hands)
        tell(hands, nth)
        put_down(hands)
    assert desk.evaluate("window.pointed") == 0, "a mouse was needed"
    assert hands.strokes > 20 * 4  # the count counts
    assert hands.spent_s < PROMISED_S, f"{hands.strokes} keys and {hands.listened_s} s of listening"
    what_is_kept(room)
    what_stands_on(board)


def take(hands: Hands) -> None:
    """Look who rings, take it with one key."""
    expect(hands.desk.locator("#rings .ring")).to_have_count(1)
    hands.listen()
    hands.press("F2")
    expect(hands.desk.locator("#rings .ring")).to_contain_text("sedang bicara")


def tell(hands: Hands, nth: int) -> None:
    if nth in REAL:
        return write_down(hands, REAL[nth])
    hands.listen(SILENCE_S if nth in SILENT else LISTENING_S)
    hands.press("g" if nth in SILENT else "p")


def write_down(hands: Hands, said: Real) -> None:
    """Type, place, the questions of its card, a sentence: listening before each."""
    for key in ("n", said.type_key):
        hands.listen()
        hands.press(key)
    expect(hands.desk.locator("#place")).to_be_focused()
    hands.listen()
    hands.write(said.place)
    hands.press("Enter", "Escape")
    hands.press("b")
    for answer in said.answers:
        hands.listen()
        hands.press(answer)
    hands.listen()
    hands.press("Alt+c")
    hands.write(said.narrative)


def put_down(hands: Hands) -> None:
    """Save, and see that it is saved."""
    hands.listen()
    hands.press("Control+Enter")
    expect(hands.desk.locator("#rings .ring")).to_have_count(0)
    expect(hands.desk.locator("input[name=class]:checked")).to_have_count(0)
    expect(hands.desk.locator("#unsent-open")).to_be_hidden()


def what_is_kept(room: Room) -> None:
    """Every call once, by its class; each of the three with its number and its time of ringing."""
    told = Caller(room, "coordinator").get("/calls?limit=200")
    kinds = [one["class"] for one in told["calls"]]
    assert {kind: kinds.count(kind) for kind in kinds} == {"ghost": len(SILENT), "prank": 17 - len(SILENT), "normal": 3}
    assert not Caller(room, "admin").get("/calls/ringing")["rings"]


def what_stands_on(board: Page) -> None:
    rows = board.locator(".queue-row")
    expect(rows).to_have_count(3)
    for priority in {one.priority for one in REAL.values()}:
        many = sum(one.priority == priority for one in REAL.values())
        expect(rows.locator(f".prio-{priority}")).to_have_count(many)
