"""The live screens: each hears what its role may, in order, and is closed when its person goes."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from incident import journal, lens, rules
from incident.live import HEARTBEAT_S, LOOK_S, Live
from tests.cast import NAMES
from tests.factories import call_body, uid

PATIENCE_S = 40.0  # of a machine that does much else: what is promised is how often Posko looks
pytestmark = pytest.mark.parametrize("database_url", ["spatialite"], indirect=True)


@pytest.fixture
def live(app: Any, cast: Any) -> Iterator[Live]:
    """The application with its loops running, as in a real server; none of them sleeps longer than the test."""
    running: Live = app.extensions["live"]
    loops: list[Any] = []
    over = threading.Event()
    start = running.socketio.start_background_task
    running.socketio.start_background_task = lambda *given: loops.append(start(*given))
    running.socketio.sleep = over.wait
    running.start()
    yield running
    running.stop()
    over.set()
    for loop in loops:
        loop.join(PATIENCE_S)


@pytest.fixture
def screen(app: Any, live: Live, cast: Any) -> Iterator[Callable[[str], Any]]:
    """Open a screen of a role; all are closed at the end."""
    opened: list[Any] = []

    def open_one(role: str) -> Any:
        opened.append(live.socketio.test_client(app, auth={"token": cast.tokens[role]}))
        assert opened[-1].is_connected()
        return opened[-1]

    yield open_one
    for one in opened:
        if one.is_connected():
            one.disconnect()


def entries_of(client: Any) -> list[dict[str, Any]]:
    batches = [one["args"][0] for one in client.get_received() if one["name"] == "entries"]
    return [entry for batch in batches for entry in batch["entries"]]


def until(true: Callable[[], Any]) -> None:
    """Wait until it is true."""
    gives_up = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < gives_up, f"not within {PATIENCE_S:.0f} s"
        time.sleep(0.02)


def hear(client: Any, last: int) -> list[dict[str, Any]]:
    """The entries a screen was told, up to this one."""
    heard: list[dict[str, Any]] = []
    until(lambda: heard.extend(entries_of(client)) or (heard and heard[-1]["seq"] >= last))
    return heard


def test_each_role_hears_what_its_lens_lets_through_and_the_numbers_of_the_rest(app, ask, live, screen, cast):
    screens = {role: screen(role) for role in rules.ROLES}
    since = live.seq
    incident = ask("call_taker", "POST", "/calls", call_body()).json["incident"]
    ask("dispatcher", "POST", f"/incidents/{incident}/assignments", {"uid": uid(), "unit_id": cast.units["PSC-1"]})
    ask("dispatcher", "POST", f"/incidents/{incident}/note", {"uid": uid(), "text": "Rahasia dapur"})
    with app.extensions["posko"].database.read() as conn:
        written = [line.told() for line in journal.after(conn, since)]
    for role, client in screens.items():
        viewer = app.extensions["people"].by_token(cast.tokens[role]).viewer
        heard = hear(client, since + 4)
        assert heard == [lens.told(viewer, entry) for entry in written], role
        assert [one["seq"] for one in heard] == list(range(since + 1, since + 5)), "a gap would make it ask again"
        assert ("Rahasia" in str(heard)) == viewer.sees_all


def test_a_replay_shows_no_more_than_the_live_push(ask, live, screen):
    client = screen("field")
    since = live.seq
    ask("call_taker", "POST", "/calls", call_body())
    heard = hear(client, since + 2)
    assert ask("field", "GET", f"/journal?after={since}").json["entries"] == heard


def test_a_screen_hears_at_once_how_far_the_journal_is_and_then_every_two_seconds(live, screen):
    assert HEARTBEAT_S == 2
    client = screen("leader")
    beats = [one["args"][0] for one in client.get_received() if one["name"] == "heartbeat"]
    assert [(beat["head"], beat["boot"]) for beat in beats[:1]] == [(live.seq, live.boot)]
    until(lambda: [one for one in client.get_received() if one["name"] == "heartbeat"])


def test_the_screens_of_a_revoked_person_close_within_two_seconds_and_the_others_stay(ask, screen, cast, live):
    assert LOOK_S <= 1, "it looks every second; the other is for the way"
    gone, other = screen("dispatcher"), screen("leader")
    ask("admin", "POST", f"/people/{cast.people['dispatcher']}/revoke", {"uid": uid()})
    until(lambda: not gone.is_connected())
    assert other.is_connected()
    refused = live.socketio.test_client(gone.app, auth={"token": cast.tokens["dispatcher"]})
    assert not refused.is_connected()


def test_a_screen_closes_within_two_seconds_of_the_log_out(app, cast, live):
    from tests.cast import SECRET

    browser = app.test_client()
    browser.post("/login", data={"name": NAMES["leader"], "secret": SECRET})
    client = live.socketio.test_client(app, flask_test_client=browser, headers={"Origin": "http://127.0.0.1:5112"})
    assert client.is_connected()
    key = browser.get_cookie("posko_session").value
    browser.post("/logout", headers={"X-CSRF-Token": app.extensions["people"].by_session(key).csrf})
    until(lambda: not client.is_connected())


def test_what_another_process_wrote_reaches_the_screens_of_this_one(app, live, screen):
    from gis.database import Database
    from incident.post import Post

    client, since = screen("leader"), live.seq
    other = Post(app.extensions["posko"].settings, Database(app.extensions["posko"].settings.database))
    other.do(lambda act: act.append("lamp.changed", {"words": "dari proses lain"}), "test", None)
    other.database.close()
    assert hear(client, since + 1)[-1]["body"] == {"words": "dari proses lain"}


def test_a_loop_that_fails_goes_on(live, screen, ask, monkeypatch):
    """The database is away for a moment: the loop says so and looks again."""
    client, since, real = screen("leader"), live.seq, live._tell
    fails = iter([True, False])

    def stumble(lines: list[Any]) -> None:
        if next(fails, False):
            raise OSError("away")
        real(lines)

    monkeypatch.setattr(live, "_tell", stumble)
    ask("call_taker", "POST", "/calls", call_body())
    assert [one["seq"] for one in hear(client, since + 2)] == [since + 1, since + 2]


def test_what_a_screen_says_is_heard_by_nobody(live, screen, app):
    client = screen("leader")
    before = live.seq
    for event in ("message", "entries", "call", "connect_error"):
        client.emit(event, {"kind": "call.recorded"})
    assert live.seq == before and client.is_connected()


def test_a_journal_asked_beyond_its_end_says_where_it_ends(ask):
    answer = ask("leader", "GET", "/journal?after=999999").json
    assert answer["entries"] == [] and answer["head"] < 999999
