"""The journal: gapless, declared, chained; whatever is done to a row behind its back is found."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from gis.database import Database
from incident import actions, journal
from incident.models import Reader
from incident.post import Act, Post
from tests.factories import report, uid

NOW = dt.datetime(2026, 11, 22, 3, 0, 0, 123456, dt.UTC)
EPOCH, FAR = dt.datetime(1970, 1, 1), dt.datetime(2200, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def note(act: Act, words: str = "x") -> int:
    return act.append("lamp.changed", {"words": words}).seq


def faults(post: Post) -> list[str]:
    with post.database.read() as conn:
        return list(journal.verify(conn))


def seqs(post: Post) -> list[int]:
    with post.database.read() as conn:
        return [line.seq for line in journal.after(conn, 0, 10_000)]


def write_many(post: Post, writers: int, each: int) -> None:
    def write(name: int) -> None:
        for number in range(each):
            post.do(note, f"w{name}", uid(), f"{name}/{number}")

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))


def test_many_writers_leave_no_gap_and_an_unbroken_chain(post):
    write_many(post, writers=8, each=25)
    assert seqs(post) == list(range(1, 201))
    assert faults(post) == []
    assert post.database.lane.commits <= 200, "the lane must take what waits together"


def test_two_processes_leave_no_gap_between_them(post, settings):
    other = Post(settings, Database(settings.database))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda one: write_many(one, writers=4, each=15), (post, other)))
    other.database.close()
    assert seqs(post) == list(range(1, 121))
    assert faults(post) == []


def test_two_processes_that_change_one_incident_lose_neither_change(post, settings):
    """Each reads the incident before it writes: one must wait for the other, or a call would be forgotten."""
    other = Post(settings, Database(settings.database))
    first = report(post)
    incident = post.do(actions.record_call, "sari", first.uid, first)["incident"]

    def link(here: Post) -> None:
        for _ in range(12):
            more = report(here, incident_id=incident)
            here.do(actions.record_call, "sari", more.uid, more)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(link, (post, other, post, other)))
    other.database.close()
    with post.database.read() as conn:
        assert conn.execute(text("SELECT calls FROM incident")).scalar() == 49
        assert conn.execute(text("SELECT count(*) FROM call")).scalar() == 49


def test_one_submission_sent_to_two_processes_at_once_is_written_once(post, settings):
    other = Post(settings, Database(settings.database))
    for _ in range(8):
        told = report(post)
        with ThreadPoolExecutor(4) as pool:
            do = lambda here, told=told: here.do(actions.record_call, "sari", told.uid, told)  # noqa: E731
            facts = list(pool.map(do, (post, other, post, other)))
        assert len({one["call"] for one in facts}) == 1
        assert sum("again" not in one for one in facts) == 1
    other.database.close()


def test_a_kind_that_no_room_declares_cannot_be_written(post):
    with pytest.raises(LookupError, match="not declared"):
        post.do(lambda act: act.append("incident.exploded", {}), "sari", None)
    assert seqs(post) == []


def test_every_kind_is_a_noun_a_verb_and_a_sentence():
    import alerts.actions
    import radio_bridge.actions

    assert alerts.actions and radio_bridge.actions
    for kind, sentence in journal.KINDS.items():
        noun, _, verb = kind.partition(".")
        assert noun.replace("_", "").isalpha() and verb.replace("_", "").isalpha(), kind
        assert len(kind) <= 40 and sentence.endswith("."), kind


def test_a_uid_is_written_once_whatever_an_action_does(post):
    key = uid()
    post.do(note, "sari", key)
    with pytest.raises(IntegrityError):
        post.do(note, "sari", key)
    assert (seqs(post), faults(post)) == ([1], [])


def test_what_is_read_is_what_was_written(post):
    body = {"b": [1, 2.5, None, True], "a": {"ü": "Kabupaten \u0000-free ✓"}}
    post.do(lambda act: act.append("lamp.changed", body, 7), "sari", None)
    with post.database.read() as conn:
        (line,) = journal.after(conn, 0)
    assert (line.body, line.incident_id, line.by, line.uid) == (body, 7, "sari", None)
    assert line.at.tzinfo is not None
    assert set(line.told()) == {"seq", "at", "kind", "incident_id", "by", "body"}


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_canonical_words_say_the_same_and_are_spelled_one_way(body: dict[str, Any]):
    words = journal.canonical(body)
    assert orjson.loads(words) == body
    assert journal.canonical(orjson.loads(words)) == words
    assert journal.canonical(dict(reversed(list(body.items())))) == words


columns = st.fixed_dictionaries(
    {
        "seq": st.integers(1, 2**53),
        "at": st.datetimes(EPOCH, FAR, timezones=st.just(dt.UTC)),
        "kind": st.sampled_from(["call.recorded", "incident.opened"]),
        "incident_id": st.none() | st.integers(1, 2**53),
        "by": st.text(max_size=20),
        "uid": st.none() | st.uuids().map(str),
        "body": st.text(max_size=50),
        "prev": st.text("0123456789abcdef", min_size=64, max_size=64),
    }
)


@given(columns, columns)
def test_the_hash_covers_every_column(one: dict[str, Any], other: dict[str, Any]):
    for name in one:
        changed = {**one, name: other[name]}
        same = journal.chain_hash(**one) == journal.chain_hash(**changed)
        assert same == (one[name] == other[name]), name


# what someone does to the rows behind our back


def tamper(post: Post, *statements: str) -> list[str]:
    write_many(post, writers=1, each=8)
    assert faults(post) == []
    with post.database.writer.connect() as conn:
        for statement in statements:
            assert conn.execute(text(statement)).rowcount == 1, statement
        conn.commit()
    return faults(post)


COPY = "seq, at, kind, incident_id, by, uid, body, prev_hash, hash"


@pytest.mark.parametrize(
    "statement",
    [
        """UPDATE journal SET body = replace(body, '0/3', '0/4') WHERE seq = 4""",
        """UPDATE journal SET kind = 'call.recorded' WHERE seq = 4""",
        """UPDATE journal SET by = 'someone' WHERE seq = 4""",
        """UPDATE journal SET incident_id = 9 WHERE seq = 4""",
        """UPDATE journal SET uid = NULL WHERE seq = 4""",
        """UPDATE journal SET at = '2026-11-22 03:00:00' WHERE seq = 4""",
        """UPDATE journal SET hash = replace(hash, substr(hash, 1, 1), 'x') WHERE seq = 4""",
    ],
)
def test_one_changed_byte_is_found_and_the_entry_named(post, statement):
    found = tamper(post, statement)
    assert any("Entry 4 was changed" in sentence for sentence in found), found


def test_a_missing_entry_is_found(post):
    assert tamper(post, "DELETE FROM journal WHERE seq = 5") == ["Entry 5 is missing: after 4 comes 6."]


def test_a_missing_first_entry_is_found(post):
    assert "Entry 1 is missing" in tamper(post, "DELETE FROM journal WHERE seq = 1")[0]


def test_a_missing_last_entry_is_found_when_a_reader_had_it(post):
    """Cut off at its end a chain looks whole; whoever had read further knows better."""
    post.do(lambda act: act.conn.execute(Reader.__table__.insert(), {"name": "alerts", "seq": 8}), "relay", None)
    found = tamper(post, "DELETE FROM journal WHERE seq = 8")
    assert len(found) == 1 and "alerts" in found[0] and "8" in found[0]


def test_two_swapped_entries_are_found(post):
    moves = [f"UPDATE journal SET seq = {to} WHERE seq = {at}" for at, to in ((3, 99), (4, 3), (99, 4))]
    found = tamper(post, *moves)
    assert {"Entry 3 was changed after it was written.", "Entry 4 was changed after it was written."} <= set(found)


def test_an_inserted_entry_is_found_even_with_a_hash_of_its_own(post):
    """A forger who hashes his own line correctly still cannot make the next one follow it."""
    shift = [f"UPDATE journal SET seq = {seq + 1} WHERE seq = {seq}" for seq in range(8, 4, -1)]
    with post.database.read() as conn:
        assert journal.head(conn) == 0
    found = tamper(post, *shift, f"INSERT INTO journal ({COPY}) {forged(5)}")
    assert any("Entry 5" in sentence for sentence in found) and len(found) >= 2


def forged(seq: int) -> str:
    digest = journal.chain_hash(seq, NOW, "lamp.changed", None, "mallory", None, "{}", "0" * 64)
    stamp = NOW.strftime("%Y-%m-%d %H:%M:%S.%f")
    return f"VALUES ({seq}, '{stamp}', 'lamp.changed', NULL, 'mallory', NULL, '{{}}', '{'0' * 64}', '{digest}')"


def test_a_rewritten_tail_is_found_by_whoever_kept_an_earlier_hash(post):
    """Verifying from a number one remembers starts with the hash that stands there."""
    write_many(post, writers=1, each=6)
    with post.database.read() as conn:
        assert list(journal.verify(conn, since=3)) == []
    with post.database.writer.connect() as conn:
        conn.execute(text("UPDATE journal SET prev_hash = hash WHERE seq = 4"))
        conn.commit()
    with post.database.read() as conn:
        assert any("4" in sentence for sentence in journal.verify(conn, since=3))
