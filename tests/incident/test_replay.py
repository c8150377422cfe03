"""A page of the journal is encoded once for all who see the same, and never shows a role more than its own."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from incident import replay
from incident.lens import Viewer
from incident.post import Post
from tests.factories import call_body

Ask = Callable[..., Any]


def _read(ask: Ask, role: str, after: int) -> Any:
    return ask(role, "GET", f"/journal?after={after}&limit=500").json


def test_the_same_page_twice_is_the_same_until_something_is_written(ask: Ask) -> None:
    ask("call_taker", "POST", "/calls", call_body())
    first = _read(ask, "leader", 0)
    assert _read(ask, "coordinator", 0) == first
    ask("call_taker", "POST", "/calls", call_body())
    longer = _read(ask, "leader", 0)
    assert longer["entries"][: len(first["entries"])] == first["entries"]
    assert longer["head"] == first["head"] + 2 == longer["entries"][-1]["seq"]


def test_a_page_kept_for_one_role_is_not_given_to_another(ask: Ask) -> None:
    seq = ask("call_taker", "POST", "/calls", call_body()).json["seq"]
    assert _read(ask, "leader", seq - 1)["entries"][0]["kind"] == "call.recorded"
    assert _read(ask, "agency", seq - 1)["entries"][0]["kind"] == "entry.hidden"


def test_a_journal_that_was_trimmed_is_said_even_for_a_page_that_was_kept(ask: Ask, app: Any) -> None:
    _read(ask, "leader", 0)
    app.extensions["posko"].database.write(lambda conn: conn.execute(text("DELETE FROM journal WHERE seq < 3")))
    assert ask("leader", "GET", "/journal?after=0").status_code == 410


def test_only_so_many_pages_are_kept(post: Post) -> None:
    for after in range(replay.KEPT + 5):
        replay.page(post, Viewer("leader"), 0, after + 1)
    assert len(replay._pages[post]) == replay.KEPT
