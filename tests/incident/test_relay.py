"""The relay: every entry once and in order, whatever breaks; what cannot be applied is parked in plain sight."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text

from gis.database import Database
from incident import actions, journal
from incident.models import Parked, Reader
from incident.post import Act, Post
from incident.relay import Relay, RoomReader
from tests.factories import report


def write(post: Post, *words: str) -> None:
    for word in words:
        post.do(lambda act, word=word: act.append("lamp.changed", {"words": word}), "test", None)


def keep(act: Act, line: journal.Line) -> None:
    """A listener that writes a row: the words it heard, in the order it heard them."""
    actions.set_lamp(act, f"heard {line.seq}", "ok", line.body["words"])


def heard(post: Post) -> list[str]:
    with post.database.read() as conn:
        rows = conn.execute(text("SELECT words FROM lamp WHERE id LIKE 'heard%' ORDER BY length(id), id"))
        return [row.words for row in rows]


def position(post: Post, name: str = "test") -> int:
    with post.database.read() as conn:
        return conn.scalar(select(Reader.seq).where(Reader.name == name)) or 0


def parked(post: Post) -> list[int]:
    with post.database.read() as conn:
        return list(conn.scalars(select(Parked.seq).where(Parked.settled_at.is_(None)).order_by(Parked.seq)))


def reader(post: Post, *listeners: Callable[..., None]) -> RoomReader:
    """A room that listens to what a person wrote, not to what its own work made."""

    def only_words(act: Act, line: journal.Line) -> None:
        if line.by == "test":
            for listener in listeners:
                listener(act, line)

    return RoomReader(post, "test", {"lamp.changed": (only_words,)})


def run(room: RoomReader) -> None:
    while room.step():
        pass


def test_every_entry_is_applied_once_and_in_order(post):
    write(post, "a", "b", "c")
    run(reader(post, keep))
    write(post, "d")
    run(reader(post, keep))
    assert heard(post) == ["a", "b", "c", "d"]
    with post.database.read() as conn:
        assert position(post) == journal.head(conn)


def test_a_reader_remembers_how_far_it_is_also_where_nothing_concerns_it(post):
    told = report(post)
    post.do(actions.record_call, "sari", told.uid, told)
    run(reader(post, keep))
    assert (heard(post), position(post)) == ([], 2)


def test_a_relay_killed_in_the_middle_applies_nothing_twice_and_skips_nothing(post):
    """The listener's rows and the reader's position stand or fall together."""
    write(post, "a", "b", "c")

    def pull_the_plug(act: Act, line: journal.Line) -> None:
        keep(act, line)
        if line.body["words"] == "b":
            raise SystemExit("the power is gone")

    with pytest.raises(SystemExit):
        run(reader(post, pull_the_plug))
    assert (heard(post), position(post)) == (["a"], 1)
    run(reader(post, keep))
    assert heard(post) == ["a", "b", "c"]


def test_a_relay_that_died_after_the_commit_does_not_repeat_it(post, monkeypatch):
    write(post, "a", "b")
    room = reader(post, keep)
    real = post.do

    def die_after(action: Any, *given: Any, **said: Any) -> Any:
        real(action, *given, **said)
        raise SystemExit("the power is gone")

    monkeypatch.setattr(post, "do", die_after)
    with pytest.raises(SystemExit):
        run(room)
    monkeypatch.undo()
    assert heard(post) == ["a"]
    run(reader(post, keep))
    assert heard(post) == ["a", "b"]


def test_two_relays_at_once_apply_every_entry_once(post, settings):
    """The old one has not ended yet when the new one starts."""
    other = Post(settings, Database(settings.database))
    write(post, *[f"{number:02}" for number in range(20)])

    def count(act: Act, line: journal.Line) -> None:
        act.append("unit.moved", {"words": line.body["words"]})

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, (reader(post, count), reader(other, count))))
    other.database.close()
    with post.database.read() as conn:
        applied = [line.body["words"] for line in journal.after(conn, 0) if line.kind == "unit.moved"]
    assert applied == [f"{number:02}" for number in range(20)]


def test_two_relays_that_hold_the_same_entries_apply_them_once(post):
    write(post, "a", "b")
    slow = reader(post, keep)
    with post.database.read() as conn:
        lines = journal.after(conn, 0)
    run(reader(post, keep))
    before = position(post)
    for line in lines:
        slow._apply(line)
    assert heard(post) == ["a", "b"]
    assert position(post) == before, "a reader never goes back"


def test_an_entry_that_fails_three_times_is_parked_in_plain_sight_and_the_rest_goes_on(post):
    write(post, "a", "bad", "c")
    tries: list[str] = []

    def stumble(act: Act, line: journal.Line) -> None:
        keep(act, line)
        if line.body["words"] == "bad":
            tries.append("bad")
            raise ValueError("0812-3456-7890 is nobody's business")

    run(reader(post, stumble))
    assert heard(post) == ["a", "c"]
    assert (len(tries), parked(post)) == (3, [2])
    with post.database.read() as conn:
        lines = journal.after(conn, 3)
        lamp = conn.execute(text("SELECT state, words FROM lamp WHERE id = 'relay'")).one()
    entry = next(line for line in lines if line.kind == "reader.parked")
    assert entry.body == {"reader": "test", "parked_seq": 2, "reason": "ValueError in lamp.changed"}
    assert tuple(lamp) == ("warn", "1 entri diparkir")


def test_an_entry_that_fails_once_is_applied_at_the_second_try(post):
    write(post, "a")
    tries: list[int] = []

    def stumble(act: Act, line: journal.Line) -> None:
        tries.append(line.seq)
        if len(tries) == 1:
            raise ValueError("not yet")
        keep(act, line)

    run(reader(post, stumble))
    assert (heard(post), parked(post), len(tries)) == (["a"], [], 2)


def test_a_database_that_is_away_parks_nothing(post):
    """That is nobody's bad entry: the reader stays where it is and comes back."""
    from sqlalchemy.exc import OperationalError

    write(post, "a")

    def away(act: Act, line: journal.Line) -> None:
        raise OperationalError("SELECT", {}, Exception("connection refused"))

    with pytest.raises(OperationalError):
        run(reader(post, away))
    assert (parked(post), position(post)) == ([], 0)
    run(reader(post, keep))
    assert heard(post) == ["a"]


def test_the_relay_goes_on_when_one_round_fails(post, monkeypatch):
    carrier = Relay(post)
    monkeypatch.setattr(carrier, "step", lambda: 1 / 0)
    assert carrier._try() is False
    monkeypatch.undo()
    assert carrier._try() is False  # nothing to do, and well


def test_the_real_readers_stand_in_the_register(post):
    carrier = Relay(post)
    assert [room.name for room in carrier.readers] == ["alerts", "public"]
    for room in carrier.readers:
        assert set(room.listeners) <= set(journal.KINDS), "a listener for a kind that nobody writes hears nothing"
