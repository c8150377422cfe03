"""One channel at work: a thread that speaks to the far end, and a clerk that keeps the rows.

The two pass each other small batches: while the far end is slow the database is not held, and the other way round.
"""

import datetime as dt
import queue
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from alerts import channel_actions, rules
from alerts.channels import Batch, Health, Message, OutsideChannel, Receipt
from alerts.models import ChannelHealth, Delivery
from alerts.sending import claims
from alerts.wire import NotAllowedHost, NotReached, WireError
from incident import failpoints
from incident.post import Act, Post

MOST = 200  # rows in hand at once
AHEAD_S = 3.0  # work in hand for so long, at the channel's pace
LEASE_S = 90.0
OLD_S = 2.0  # in hand longer than this: looked at once more before it goes
LOOK_S = 0.3
PROBE_S = 20.0
PROBE_FALLEN_S = 5.0
POLL_S = 2.0
FLUSH_S = 0.4
WINDOW_S = 900.0  # of what was sent so long ago answers are counted
STUMBLED = "Pemeriksaan saluran ini tersandung; periksa pengaturannya."
Take = Callable[[Post, str, list[Any]], int]


class Lane:
    """Carries one channel until told to stop. `take` is given what comes in."""

    def __init__(
        self,
        post: Post,
        name: str,
        channel: OutsideChannel,
        take: Take,
        wait: Callable[[float], Any],
        close_wire: Callable[[], None] = lambda: None,
    ):
        self.post, self.name, self.channel, self.take, self.wait = post, name, channel, take, wait
        self.close_wire = close_wire
        self.inbox: queue.Queue[tuple[float, claims.Job]] = queue.Queue()  # (taken at, monotonic seconds; what)
        self.outbox: queue.Queue[claims.Done] = queue.Queue()
        self.stopped = threading.Event()
        self.failures = 0
        self._went: deque[bool] = deque(maxlen=rules.LAST)
        self.is_down = self._was_down()
        self._probe_at = self._poll_at = 0.0
        self._next_at = 0.0
        self.in_hand = max(1, min(MOST, int(channel.pace * AHEAD_S)))
        self.threads = [
            threading.Thread(target=self._keep, args=(work,), name=f"{name}-{what}", daemon=True)
            for what, work in (("line", self.speak), ("clerk", self.note))
        ]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Ask both threads to end; what is in hand and not sent goes back."""
        self.stopped.set()

    def has_ended(self) -> bool:
        """Whether nothing of it runs any more and all it had in hand is written down."""
        return not any(thread.is_alive() for thread in self.threads)

    def join(self, timeout_s: float) -> None:
        until = time.monotonic() + timeout_s
        for thread in self.threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _keep(self, work: Callable[[], None]) -> None:
        """Work round after round; a fault of ours or of a library is one line in the log, and the next round."""
        while not self.stopped.is_set():
            try:
                work()
            except Exception as failure:  # noqa: BLE001 - the edge of a thread: its name only, words may quote a secret
                self.post.log.error("sender.failed", channel=self.name, failure=type(failure).__name__)
                self.stopped.wait(1.0)
        self._finish(work)

    def _finish(self, work: Callable[[], None]) -> None:
        if work == self.note:
            self._put_down()
            self.threads[0].join()  # what is on the line now is written down too, however slow the far end
            self._put_down()
        else:
            self.channel.close()
            self.close_wire()

    def _put_down(self) -> None:
        self.flush()
        self._let_go()

    # the line: everything that touches the network

    def speak(self) -> None:
        """One message, or a look at what came in or how the far end is."""
        now = time.monotonic()
        if now >= self._probe_at:
            self.probe()
        if now >= self._poll_at:
            self.poll()
        if self.is_down:
            self._let_go()
            self.stopped.wait(LOOK_S)
            return
        try:
            taken_at, job = self.inbox.get(timeout=LOOK_S)
        except queue.Empty:
            return
        if time.monotonic() - taken_at > OLD_S and not self._is_wanted(job):
            return
        self._hold_pace()
        failpoints.reach("sender.calling")
        receipt = self.deliver(job.message)
        failpoints.reach("sender.receipt")
        self._count(went=receipt.state != "again")
        self.outbox.put(claims.Done(job, receipt))
        if self.failures and self.failures % rules.FALLS == 0:
            self.probe()

    def _count(self, went: bool) -> None:
        self.failures = 0 if went else self.failures + 1
        self._went.append(went)

    def _let_go(self) -> None:
        """What is in hand and not sent goes back: who ends an alert meanwhile ends this too."""
        if left := [job for _, job in _drained(self.inbox)]:
            self.post.do(claims.give_back, "sender", None, left)

    def _is_wanted(self, job: claims.Job) -> bool:
        """Whether what has been in hand for a while is still to go; it may have been taken back, seen or resent."""
        with self.post.database.read() as conn:
            return claims.is_wanted(conn, job, self.post.clock())

    def deliver(self, message: Message) -> Receipt:
        """Give it to the far end; never late, and whatever goes wrong is a receipt."""
        if message.expires_at <= self.post.clock():
            return Receipt("failed", reason="Waktunya sudah lewat; tidak dikirim terlambat.")
        try:
            return self.channel.deliver(message)
        except WireError as fault:
            return Receipt("again", reason=str(fault), is_lost=not isinstance(fault, NotReached | NotAllowedHost))
        except Exception as failure:  # noqa: BLE001 - a channel's own fault must not lose the row
            self.post.log.error("channel.failed", channel=self.name, failure=type(failure).__name__)
            return Receipt("again", reason="Saluran tersandung; dicoba lagi.", is_lost=True)

    def _hold_pace(self) -> None:
        """At most so many a second; a channel that is quick has a hundredth of a second of credit."""
        now = time.monotonic()
        if self._next_at > now + 0.01:
            self.stopped.wait(self._next_at - now)
        self._next_at = max(self._next_at, now - 0.01) + 1.0 / self.channel.pace

    def poll(self) -> None:
        self._poll_at = time.monotonic() + POLL_S
        items = self._asked()
        if items or isinstance(items, Batch):  # one without a word for us is confirmed too, or it comes for ever
            self.take(self.post, self.name, items)

    def _asked(self) -> list[Any]:
        """What came in; a far end nobody understands is asked less often, and holds up nothing that goes out."""
        try:
            return self.channel.poll()
        except WireError:
            pass
        except Exception as failure:  # noqa: BLE001 - a channel's own fault: its name only, words may quote a secret
            self.post.log.error("channel.failed", channel=self.name, failure=type(failure).__name__)
        self._poll_at = time.monotonic() + POLL_S * 5
        return []

    def probe(self) -> None:
        """Ask how the far end is, and write down what that and the last deliveries say of the channel."""
        health = self._health()
        with self.post.database.read() as conn:
            unanswered, answered = _answers(conn, self.name, self.post)
        if self.is_down:  # it fell for these: they are no sign against its rising
            self.failures = 0
            self._went.clear()
        went = sum(self._went) / max(1, len(self._went))
        arrival = self.name in rules.SHOWS_ARRIVAL
        seen = rules.Seen(health.state, health.words, self.failures, went, unanswered, answered, arrival)
        self.post.do(channel_actions.note_health, "sender", None, self.name, seen)
        self.is_down = self._was_down()
        self._probe_at = time.monotonic() + (PROBE_FALLEN_S if self.is_down else PROBE_S)

    def _health(self) -> Health:
        try:
            return self.channel.check()
        except WireError as fault:
            return Health("down", str(fault))
        except Exception as failure:  # noqa: BLE001 - nobody can vouch for a channel whose own probe falls
            self.post.log.error("channel.failed", channel=self.name, failure=type(failure).__name__)
            return Health("down", STUMBLED)

    def _was_down(self) -> bool:
        with self.post.database.read() as conn:
            return conn.scalar(select(ChannelHealth.state).where(ChannelHealth.name == self.name)) == "down"

    # the clerk: everything that touches the database

    def note(self) -> None:
        """Take what is due when there is little in hand; write down what became of the rest."""
        told = self.flush()
        taken = 0
        if not self.is_down and self.inbox.qsize() <= self.in_hand // 2:
            jobs = self.post.do(claims.claim, "sender", None, self.name, self.in_hand, LEASE_S)
            taken = len(jobs)
            if jobs:
                failpoints.reach("sender.claimed")
            for job in jobs:
                self.inbox.put((time.monotonic(), job))
        if not told and not taken:
            self.wait(LOOK_S)

    def flush(self) -> int:
        """Write down what became of messages; waits a moment so that a batch comes together."""
        until = time.monotonic() + FLUSH_S
        while self.inbox.qsize() and self.outbox.qsize() < self.in_hand // 2 and time.monotonic() < until:
            self.stopped.wait(0.01)
        done = _drained(self.outbox)
        if done:
            self.post.do(_settle, "sender", None, self.name, done)
            failpoints.reach("sender.noted")
        return len(done)


def _settle(act: Act, name: str, done: list[claims.Done]) -> None:
    claims.settle(act, name, done, random.random)
    failpoints.reach("sender.noting")


def _drained(line: "queue.Queue[Any]") -> list[Any]:
    found = []
    while True:
        try:
            found.append(line.get_nowait())
        except queue.Empty:
            return found


def _answers(conn: Any, name: str, post: Post) -> tuple[int, int]:
    """(silent, answered) of what went out in the last quarter of an hour and had two ladder times to answer."""
    now = post.clock()
    ripe = now - dt.timedelta(seconds=2 * post.settings.ladder_s)
    between = (Delivery.sent_at > now - dt.timedelta(seconds=WINDOW_S), Delivery.sent_at <= ripe)
    rows = select(Delivery.state, func.count()).where(Delivery.channel == name, *between).group_by(Delivery.state)
    counts: dict[str, int] = {row[0]: row[1] for row in conn.execute(rows)}
    return counts.get("sent", 0), counts.get("heard", 0) + counts.get("seen", 0)
