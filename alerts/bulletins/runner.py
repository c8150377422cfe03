"""Asks the feeds that are on, politely: few requests, only for what is new, slower and slower where nobody answers.

Time is an argument. The rows say what is due, so that a second process or a restart asks nobody twice.
"""

import datetime as dt
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from random import Random
from typing import Any, Protocol
from urllib.parse import urljoin

import orjson

from alerts.bulletins import feed_actions, queries, rules
from alerts.bulletins.feed_queries import wanted
from alerts.feeds import REGISTER, get_feed
from alerts.feeds.shape import Bulletin, Feed, Reading, Target, host_of
from alerts.wire import Answer, Unreachable, Wire, WireError
from alerts.xml_in import BadBulletin
from gis.database import UNREACHABLE
from incident.post import Post

A_MINUTE = 60  # requests in a minute to all sources together (BMKG: 60 a minute and address)
MOST_LINKS = 40  # of an index in one turn
MOST_MARKS = 600
LONGEST_S = 3600.0  # between two tries, however often it failed
JITTER = 0.2
TIMEOUT_S = 20.0
LOOK_S = 1.0
CUT_S = 60.0  # until what the budget cut off is asked for
ACCEPT = "application/json, application/xml;q=0.9, */*;q=0.5"
AGENT = "Posko (pusat komando kebencanaan daerah)"


class Asker(Protocol):
    """What a wire can do."""

    def ask(self, method: str, url: str, headers: Mapping[str, str] | None = None) -> Answer: ...

    def close(self) -> None: ...


OpenWire = Callable[[Collection[str], int], Asker]


def open_wire(hosts: Collection[str], largest_bytes: int) -> Asker:
    return Wire(hosts, TIMEOUT_S, largest_bytes)


class Budget:
    """So many requests in any minute, for all feeds together."""

    def __init__(self, most: int = A_MINUTE):
        self._most, self._taken, self._lock = most, deque[dt.datetime](), threading.Lock()

    def take(self, now: dt.datetime) -> bool:
        """Whether one more may be sent now."""
        with self._lock:
            while self._taken and now - self._taken[0] >= dt.timedelta(minutes=1):
                self._taken.popleft()
            if len(self._taken) >= self._most:
                return False
            self._taken.append(now)
            return True


class Failed(Exception):
    """A source did not answer as it should; `retry_s` is when it wants to be asked again.

    `is_of_host`: nothing else of this host needs to be asked in this turn, it would answer the same.
    """

    def __init__(self, words: str, retry_s: float | None = None, is_of_host: bool = False):
        super().__init__(words)
        self.retry_s, self.is_of_host = retry_s, is_of_host


class OutOfBudget(Exception):
    """Enough was asked in this minute."""


@dataclass(slots=True)
class Turn:
    """What one turn of a feed brought; `is_cut` when the budget ended before it did."""

    bulletins: list[Bulletin] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    marks: dict[str, Any] = field(default_factory=dict)
    answered: int = 0  # addresses
    retry_s: float = 0.0
    is_cut: bool = False


class FeedRunner:
    """Asks what is due. `open_wire` gives a way to ask some hosts, `random` spreads the tries."""

    def __init__(self, post: Post, wire: OpenWire = open_wire, random: Random | None = None):
        self.post, self.open_wire, self.random = post, wire, random or Random()
        self.budget = Budget()

    def step(self, now: dt.datetime) -> int:
        """Ask every feed that is due, one after the other; answers how many were asked. In an exercise nobody is."""
        due = self._due(now)
        for name in due:
            self.ask(name, now)
        return len(due)

    def _due(self, now: dt.datetime) -> list[str]:
        if self.post.settings.exercise:
            return []
        with self.post.database.read() as conn:
            return [name for name in queries.due_feeds(conn, now) if name in REGISTER]

    def run(self, stopped: Callable[[], bool], wait: Callable[[float], Any]) -> None:
        """Work until told to stop, with a thread for each feed that is asked: one that hangs holds up no other."""
        asking: dict[str, threading.Thread] = {}
        while not stopped():
            for name in self._due_safely():
                if name not in asking or not asking[name].is_alive():
                    asking[name] = threading.Thread(target=self._ask_safely, args=(name,), name=name, daemon=True)
                    asking[name].start()
            wait(LOOK_S)
        for thread in asking.values():
            thread.join(TIMEOUT_S)

    def _due_safely(self) -> list[str]:
        try:
            return self._due(self.post.clock())
        except Exception as failure:  # noqa: BLE001 - an edge: the log says what is wrong, the next look comes
            self.post.log.error("feeds.failed", failure=type(failure).__name__)
            return []

    def _ask_safely(self, name: str) -> None:
        now = self.post.clock()
        try:
            self.ask(name, now)
        except UNREACHABLE as failure:  # where it would be noted is away too
            self.post.log.error("feed.failed", feed=name, failure=type(failure).__name__)
        except Exception as failure:  # noqa: BLE001 - an edge: the row says what is wrong and when the next turn comes
            self.post.log.error("feed.failed", feed=name, failure=type(failure).__name__)
            fault = Failed(f"jawabannya tidak dapat diolah ({type(failure).__name__})")
            if (row := self._row(name)) is not None:
                self._failed(get_feed(name), row, now, fault)

    # one feed

    def ask(self, name: str, now: dt.datetime) -> dict[str, int] | None:
        """Ask a feed and keep what it told; answers what became of it, None where it did not answer."""
        feed, row = get_feed(name), self._row(name)
        if row is None:
            return None
        try:
            rules.table()  # a slip in it is said before anybody is asked
            turn = self._asked(feed, row, now)
        except OutOfBudget:
            self._put_off(name, now)
        except (Failed, WireError, BadBulletin, rules.BadTable) as fault:
            self._failed(feed, row, now, fault)
        else:
            return self._answered(feed, now, turn)
        return None

    def _row(self, name: str) -> Mapping[Any, Any] | None:
        with self.post.database.read() as conn:
            return queries.find_feed(conn, name)

    def _asked(self, feed: Feed, row: Mapping[Any, Any], now: dt.datetime) -> Turn:
        """What its addresses told; one that fails costs the others nothing. Raises why where none answered."""
        before, turn = orjson.loads(row["marks"]), Turn()
        targets, failed, silent = feed.targets(wanted(row)), list[Exception](), set[str]()
        for place, target in enumerate(targets):
            if not silent.isdisjoint(target.hosts):
                _keep_marks([target], before, turn)
                continue
            wire = self.open_wire(target.hosts, feed.largest_bytes)
            try:
                self._ask_target(feed, target, wire, before, turn, now)
            except OutOfBudget:
                if not turn.marks:
                    raise
                _keep_marks(targets[place:], before, turn)
                turn.is_cut = True
                break
            except (Failed, WireError, BadBulletin) as fault:
                _keep_marks([target], before, turn)
                failed.append(fault)
                silent |= set(target.hosts) if _is_of_host(fault) else set()
            finally:
                wire.close()
        if failed and not turn.answered:
            raise failed[-1]
        turn.faults.extend(str(one)[:200] for one in failed)
        turn.retry_s = max((getattr(one, "retry_s", None) or 0.0 for one in failed), default=0.0)
        return turn

    def _ask_target(
        self, feed: Feed, target: Target, wire: Asker, before: Mapping[str, Any], turn: Turn, now: dt.datetime
    ) -> None:
        answer = self._get(wire, target.url, before.get(target.url), now)
        turn.marks[target.url] = _marks(answer) if answer.status == 200 else before.get(target.url)
        if answer.status == 304:
            _keep_marks([target], before, turn)
            turn.answered += 1
            return
        reading = feed.read(answer.body)
        turn.answered += 1
        turn.bulletins.extend(reading.bulletins)
        turn.faults.extend(reading.faults)
        if feed.read_link:
            self._follow(feed, feed.read_link, target, wire, reading, before, turn, now)

    def _follow(
        self,
        feed: Feed,
        read: Callable[[bytes], Reading],
        target: Target,
        wire: Asker,
        index: Reading,
        before: Mapping[str, Any],
        turn: Turn,
        now: dt.datetime,
    ) -> None:
        """Ask for what the index names and was not read before; on its own hosts alone."""
        named = (_joined(target.url, one) for one in index.links)
        links = [one for one in dict.fromkeys(named) if host_of(one) in target.hosts]
        known = [one for one in links if one in before]
        turn.marks.update(dict.fromkeys(known, target.url))
        fresh = [one for one in links if one not in before]
        if len(fresh) > MOST_LINKS:
            turn.marks[target.url] = None  # the rest is asked for next time, even of an index that did not change
        for link in fresh[:MOST_LINKS]:
            try:
                told = read(self._get(wire, link, None, now).body)
            except (Failed, WireError, BadBulletin) as fault:
                turn.faults.append(str(fault)[:200])
                turn.marks[target.url] = None
                continue
            turn.marks[link] = target.url
            turn.bulletins.extend(told.bulletins)
            turn.faults.extend(told.faults)

    def _get(self, wire: Asker, url: str, mark: Any, now: dt.datetime) -> Answer:
        """The answer of an address, 200 or 304; raises OutOfBudget, Failed or WireError."""
        if not self.budget.take(now):
            raise OutOfBudget
        headers = {"User-Agent": AGENT, "Accept": ACCEPT, **_conditions(mark)}
        answer = wire.ask("GET", url, headers)
        if answer.status == 200 or (answer.status == 304 and _conditions(mark)):
            return answer
        is_of_host = answer.status in (429, 503)
        raise Failed(_why(answer.status, host_of(url)), _retry_s(answer, now), is_of_host)

    # how it fared

    def _answered(self, feed: Feed, now: dt.datetime, turn: Turn) -> dict[str, int]:
        words = f"{len(turn.faults)} butir tidak terbaca: {turn.faults[0]}" if turn.faults else "menjawab"
        wait_s = (CUT_S if turn.is_cut else feed.interval_s) * self._spread()
        due_at = now + dt.timedelta(seconds=max(wait_s, turn.retry_s))
        marks = dict(list(turn.marks.items())[-MOST_MARKS:])
        fared = {
            "state": "warn" if turn.faults else "ok",
            "words": words[:300],
            "failures": 0,
            "due_at": due_at,
            "asked_at": now,
            "answered_at": now,
            "marks": orjson.dumps(marks).decode(),
        }
        return self.post.do(feed_actions.note, f"feed:{feed.name}", None, feed.name, turn.bulletins, fared, feed.credit)

    def _failed(self, feed: Feed, row: Mapping[Any, Any], now: dt.datetime, fault: Exception) -> None:
        failures = row["failures"] + 1
        wait_s = min(feed.interval_s * 2 ** min(failures, 10), max(LONGEST_S, feed.interval_s)) * self._spread()
        wait_s = max(wait_s, getattr(fault, "retry_s", None) or 0)
        fared = {
            "state": feed_actions.state_of(failures),
            "words": str(fault)[:300],
            "failures": failures,
            "asked_at": now,
            "due_at": now + dt.timedelta(seconds=wait_s),
        }
        self.post.do(feed_actions.note, f"feed:{feed.name}", None, feed.name, [], fared, feed.credit)

    def _put_off(self, name: str, now: dt.datetime) -> None:
        due_at = now + dt.timedelta(seconds=10 * self._spread())
        self.post.do(feed_actions.note, f"feed:{name}", None, name, [], {"due_at": due_at}, "")

    def _spread(self) -> float:
        return 1 + self.random.uniform(-JITTER, JITTER)


def _keep_marks(targets: Iterable[Target], before: Mapping[str, Any], turn: Turn) -> None:
    """These addresses brought nothing new: what is known of them, and of what their indexes led to, stays as it was."""
    for target in targets:
        turn.marks.update({url: mark for url, mark in before.items() if mark == target.url})
        turn.marks[target.url] = before.get(target.url)


def _is_of_host(fault: Exception) -> bool:
    """Whether the other addresses of that host would fail alike: it is not reached, or asks to be left alone."""
    return isinstance(fault, Unreachable) or bool(getattr(fault, "is_of_host", False))


def _joined(base: str, link: str) -> str:
    """The address of a link as an index writes it, from the root of its site too; "" where it is none."""
    try:
        return urljoin(base, link)
    except ValueError:
        return ""


def _conditions(mark: Any) -> dict[str, str]:
    """Ask only for what is newer than what came last time (RFC 9110, section 13)."""
    if not isinstance(mark, list):
        return {}
    etag, modified = mark
    found = {"If-None-Match": etag, "If-Modified-Since": modified}
    return {name: value for name, value in found.items() if value}


def _marks(answer: Answer) -> list[str | None]:
    return [answer.headers.get("etag"), answer.headers.get("last-modified")]


def _why(status: int, host: str) -> str:
    if status == 304:
        return f"{host} menjawab 304 padahal belum memberi apa pun"
    if 300 <= status < 400:
        return f"{host} mengalihkan ke alamat lain ({status}); tidak diikuti"
    if status == 429:
        return f"{host} meminta lebih jarang ditanya (429)"
    return f"{host} menjawab {status}"


def _retry_s(answer: Answer, now: dt.datetime) -> float | None:
    """What Retry-After asks for, in seconds, a day at most (RFC 9110, section 10.2.3)."""
    given = answer.headers.get("retry-after", "").strip()
    if given.isdigit():
        return min(float(given), 86_400.0)
    try:
        return min(max(0.0, (parsedate_to_datetime(given) - now).total_seconds()), 86_400.0)
    except (TypeError, ValueError):
        return None
