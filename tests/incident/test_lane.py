"""The writer lane: what waits is committed together, each alone in its failure, and nothing stops the lane."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from gis.database import Database
from incident import actions, journal
from incident.errors import WrongState
from incident.post import Act
from tests.factories import on_spatialite, report

PATIENCE_S = 60.0


class Held:
    """Keeps the lane busy with one action, so that what comes meanwhile is taken as one batch."""

    def __init__(self, post: Any):
        self.go, self.begun = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._hold, args=(post,))
        self._thread.start()
        assert self.begun.wait(PATIENCE_S)

    def _hold(self, post: Any) -> None:
        with contextlib.suppress(SystemExit):  # it leads the lane, so it is told to end
            post.do(self._wait, "held", None)

    def _wait(self, act: Act) -> None:
        self.begun.set()
        assert self.go.wait(PATIENCE_S)

    def release(self) -> None:
        self.go.set()
        self._thread.join(PATIENCE_S)


def batch(post: Any, *verbs: Any) -> list[Any]:
    """Do these in one commit; their answers or failures in order."""
    held = Held(post)

    def do(verb: Any) -> Any:
        try:
            return post.do(verb, "sari", None)
        except (Exception, SystemExit) as failure:  # noqa: BLE001 - the answer of this one
            return failure

    with ThreadPoolExecutor(len(verbs)) as pool:
        asked = []
        for number, verb in enumerate(verbs, 1):
            asked.append(pool.submit(do, verb))
            while len(post.database.lane._waiting) < number:
                threading.Event().wait(0.001)
        before = post.database.lane.commits
        held.release()
        answers = [one.result(PATIENCE_S) for one in asked]
    assert post.database.lane.commits <= before + 2, "these must have been one batch"
    return answers


def written(post: Any) -> list[str]:
    with post.database.read() as conn:
        assert list(journal.verify(conn)) == []
        return [line.body.get("words", line.kind) for line in journal.after(conn, 0)]


def say(words: str) -> Any:
    return lambda act: act.append("lamp.changed", {"words": words}).seq


def refuse_after_writing(act: Act) -> None:
    act.append("lamp.changed", {"words": "never"})
    raise WrongState("Tidak mungkin.")


def break_after_writing(act: Act) -> None:
    act.append("lamp.changed", {"words": "never"})
    act.conn.execute(text("SELECT nonsense"))


def test_what_waits_is_committed_together_in_the_order_it_came(post):
    assert batch(post, say("a"), say("b"), say("c")) == [1, 2, 3]
    assert written(post) == ["a", "b", "c"]


@pytest.mark.parametrize("failing", [refuse_after_writing, break_after_writing])
def test_a_failing_action_loses_its_savepoint_and_leaves_no_gap(post, failing):
    answers = batch(post, say("a"), failing, say("b"), failing, say("c"))
    assert [one for one in answers if isinstance(one, int)] == [1, 2, 3]
    assert all(isinstance(answers[place], Exception) for place in (1, 3))
    assert written(post) == ["a", "b", "c"]


@pytest.mark.parametrize("failing", [refuse_after_writing, break_after_writing])
def test_a_failing_action_alone_loses_its_transaction(post, failing):
    with pytest.raises((WrongState, SQLAlchemyError)):
        post.do(failing, "sari", None)
    assert post.do(say("a"), "sari", None) == 1
    assert written(post) == ["a"]


def test_the_first_of_a_batch_may_fail(post):
    answers = batch(post, refuse_after_writing, say("a"))
    assert isinstance(answers[0], WrongState) and answers[1] == 1
    assert written(post) == ["a"]


def test_a_commit_that_fails_answers_everyone_with_the_failure(post):
    """A constraint that is checked only at the commit, or a full disk: nobody may believe their action stands."""
    told: list[Any] = []
    post.database.lane.after_commit.append(lambda entries: told.extend(entries))

    def break_the_commit(act: Act) -> None:
        act.append("lamp.changed", {"words": "never"})
        if post.database.is_spatialite:
            act.conn.execute(text("PRAGMA defer_foreign_keys=ON"))
            act.conn.execute(text("UPDATE person SET unit_id = 999"))
        else:
            act.conn.execute(
                text("ALTER TABLE person ALTER CONSTRAINT person_unit_id_fkey DEFERRABLE INITIALLY DEFERRED")
            )
            act.conn.execute(text("UPDATE person SET unit_id = 999"))

    from incident import people

    post.do(people.add_person, "test", None, "sari", "leader")
    told.clear()
    answers = batch(post, say("a"), break_the_commit, say("b"))
    assert all(isinstance(one, SQLAlchemyError) for one in answers), answers
    assert written(post) == ["person.added"]
    assert told == [], "what was not committed is never told to a screen"
    assert post.do(say("c"), "sari", None) == 2


def test_screens_are_told_after_the_commit_and_in_order(post):
    told: list[int] = []

    def tell(entries: list[Any]) -> None:
        with post.database.read() as conn:
            assert journal.head(conn) >= max((line.seq for line in entries), default=0)
        told.extend(line.seq for line in entries)

    post.database.lane.after_commit.append(tell)
    batch(post, *[say(str(number)) for number in range(10)])
    assert told == list(range(1, 11))


def test_a_screen_that_cannot_be_told_does_not_stop_the_lane(post):
    """No file handle left for the wake-up: a lost hint costs a second, a stopped lane would cost every call."""

    def break_down(entries: list[Any]) -> None:
        raise OSError(24, "Too many open files")

    post.database.lane.after_commit.append(break_down)
    assert post.do(say("a"), "sari", None) == 1
    later = threading.Thread(target=lambda: post.do(say("b"), "sari", None), daemon=True)
    later.start()
    later.join(PATIENCE_S)
    assert not later.is_alive(), "the lane stands still"
    assert written(post) == ["a", "b"]


def test_a_leader_that_is_stopped_hands_the_lane_on(post):
    """A worker told to end in the middle of a batch: those who wait behind it are served by the next."""

    def end(act: Act) -> None:
        raise SystemExit(1)

    held = Held(post)
    answers: dict[str, Any] = {}

    def do(name: str, verb: Any) -> None:
        try:
            answers[name] = post.do(verb, "sari", None)
        except BaseException as failure:  # noqa: BLE001 - the answer of this one
            answers[name] = failure

    threads = [threading.Thread(target=do, args=one, daemon=True) for one in (("end", end), ("next", say("a")))]
    for thread in threads:
        thread.start()
    held.release()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert not any(thread.is_alive() for thread in threads), "someone waits for ever"
    assert isinstance(answers["end"], SystemExit)
    assert post.do(say("b"), "sari", None) >= 1


@on_spatialite
def test_the_commit_waits_for_the_disk_apart_from_the_event_loop(post, settings):
    """The words of a verb only touch memory; what may take seconds is the disk, and that is asked in a thread."""
    done: list[str] = []

    def apart(work: Any) -> Any:
        done.append("apart")
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(work).result()

    database = Database(settings.database, apart)
    database.write(lambda conn: done.append("verb"))
    database.close()
    assert done == ["verb", "apart"]


def test_a_call_saved_among_others_gets_its_own_answer(post):
    reports = [report(post) for _ in range(5)]
    facts = batch(post, *[lambda act, one=one: actions.record_call(act, one) for one in reports])
    assert [one["call"] for one in facts] == sorted({one["call"] for one in facts})
    assert [one["seq"] for one in facts] == [1, 3, 5, 7, 9]


@pytest.mark.parametrize("database_url", [pytest.param("postgis", marks=pytest.mark.postgis)], indirect=True)
def test_a_server_that_was_restarted_between_two_calls_loses_neither(post):
    """The lane keeps its connection; one that went away meanwhile is noticed before anything is done on it."""
    assert post.do(say("before"), "sari", None) == 1
    with post.database.read() as conn:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        conn.execute(text(f"{others} AND pid <> pg_backend_pid()"))
    assert post.do(say("after"), "sari", None) == 2
    assert written(post) == ["before", "after"]
