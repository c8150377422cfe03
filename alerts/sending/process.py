"""`posko sender`: a lane for each outside channel that is switched on, and the feeds. Ends by itself when nothing is.

The relay keeps a file in POSKO_DATA that says whether anything is switched on; the supervisor only looks at the file,
so that a site without channels pays nothing for them.
"""

import fcntl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from alerts import channel_actions, rules, secrets
from alerts.bulletins import queries as bulletins
from alerts.channels import outside, outside_class
from alerts.models import ChannelSetting
from alerts.sending import claims
from alerts.sending.lane import Lane
from alerts.wire import Wire
from gis.database import is_unreachable
from incident import hints, pulse
from incident.post import Post

FLAG = "sender.on"
LOCK = "sender.lock"
LOOK_S = 1.0
IDLE_S = 10.0
WIRE_S = 20.0
CANNOT_OPEN = "Saluran ini tidak dapat dibuka; periksa dan simpan ulang pengaturannya."


def is_wanted(folder: Path) -> bool:
    """Whether the relay saw something switched on."""
    return (folder / FLAG).exists()


def step(post: Post) -> bool:
    """The relay's part: keep the file true, and close what is late."""
    claims.expire_notes(post)
    file, wanted = post.settings.data / FLAG, is_anything_on(post)
    if wanted and not file.exists():
        file.touch()
    elif not wanted:
        file.unlink(missing_ok=True)
    return False


def is_anything_on(post: Post) -> bool:
    """Whether a channel or, outside an exercise, a feed is switched on."""
    with post.database.read() as conn:
        names = set(conn.scalars(select(ChannelSetting.name).where(ChannelSetting.is_on.is_(True))))
        feeds = not post.settings.exercise and _has_feeds(conn)
    return bool(names & set(outside(post.settings.exercise))) or feeds


def _has_feeds(conn: Connection) -> bool:
    return any(row["is_on"] for row in bulletins.feed_rows(conn).values())


def switched_on(post: Post) -> dict[str, str]:
    """channel -> what tells one setting from another, of those that are on and listed here."""
    with post.database.read() as conn:
        rows = conn.execute(select(ChannelSetting).where(ChannelSetting.is_on.is_(True))).mappings().all()
    listed = outside(post.settings.exercise)
    return {row["name"]: f"{row['changed_at']}" for row in rows if row["name"] in listed}


def make_lane(post: Post, name: str, wait: Callable[[float], Any]) -> Lane:
    """The lane of a channel with its settings opened; raises secrets.Unreadable."""
    from alerts.webhooks.actions import take

    kind = outside_class(name, post.settings.exercise)
    with post.database.read() as conn:
        settings = secrets.find_settings(conn, post, name)
    if settings is None:
        raise secrets.Unreadable("Pengaturan saluran ini kosong.")
    hosts = kind.hosts(settings) if hasattr(kind, "hosts") else ()
    wire = Wire(hosts, timeout_s=WIRE_S)
    return Lane(post, name, kind(settings, wire), take, wait, wire.close)


class Sender:
    """The lanes that run, kept in step with the settings."""

    def __init__(self, post: Post):
        self.post = post
        self.lanes: dict[str, tuple[str, Lane]] = {}
        self.leaving: dict[str, Lane] = {}  # stopped, and still with something on the line: its name waits for it
        self.faults: dict[str, str] = {}
        self.feeds: threading.Thread | None = None
        self.files: threading.Thread | None = None
        self.stopped = threading.Event()

    def look(self, wait: Callable[[float], Any] | None = None) -> bool:
        """Start what was switched on, stop what was switched off or set anew; answers whether anything runs."""
        wanted = switched_on(self.post)
        for name in [one for one, (stamp, _) in self.lanes.items() if wanted.get(one) != stamp]:
            self._stop(name)
        self.leaving = {name: lane for name, lane in self.leaving.items() if not lane.has_ended()}
        for name, stamp in wanted.items():
            if name not in self.lanes and name not in self.leaving and self.faults.get(name) != stamp:
                self._open(name, stamp, wait or self.stopped.wait)
        has_feeds = self._see_to_feeds()
        self._see_to_files()
        return bool(self.lanes or self.leaving) or has_feeds

    def _stop(self, name: str) -> None:
        _, lane = self.lanes.pop(name)
        lane.stop()
        self.leaving[name] = lane

    def _open(self, name: str, stamp: str, wait: Callable[[float], Any]) -> None:
        try:
            lane = make_lane(self.post, name, wait)
        except secrets.Unreadable as fault:
            self._leave_shut(name, stamp, str(fault))
            return
        except Exception as failure:  # the sender's edge: one form must not silence the other channels
            if is_unreachable(failure):
                raise
            self._leave_shut(name, stamp, CANNOT_OPEN, type(failure).__name__)
            return
        self.post.do(claims.free_all, "sender", None, [name])
        lane.start()
        self.lanes[name] = (stamp, lane)

    def _leave_shut(self, name: str, stamp: str, words: str, failure: str = "Unreadable") -> None:
        """It is down until it is set up anew, on the lamps and for the ladder; the others go on."""
        self.faults[name] = stamp
        self.post.log.error("sender.shut", channel=name, failure=failure)
        self.post.do(channel_actions.note_health, "sender", None, name, rules.Seen("down", words))

    def _see_to_feeds(self) -> bool:
        """Have the feeds asked as long as one is switched on; answers whether one is."""
        if self.post.settings.exercise:
            return False
        with self.post.database.read() as conn:
            if not _has_feeds(conn):
                return False
        if self.feeds is None or not self.feeds.is_alive():
            self._ask_feeds()
        return True

    def _ask_feeds(self) -> None:
        from alerts.bulletins.runner import FeedRunner

        runner = FeedRunner(self.post)
        told = (self.stopped.is_set, self.stopped.wait)
        self.feeds = threading.Thread(target=runner.run, args=told, name="feeds", daemon=True)
        self.feeds.start()

    def _see_to_files(self) -> None:
        """Pictures that people sent are fetched beside the lanes: no alert waits for one."""
        if self.files is not None or not self.lanes:
            return
        from alerts.webhooks import files

        told = (self.post, self.stopped.is_set, self.stopped.wait)
        self.files = threading.Thread(target=files.run, args=told, name="files", daemon=True)
        self.files.start()

    def run(self, stopped: Callable[[], bool]) -> None:
        """Work until told to stop or until nothing has been switched on for a while."""
        mouth, idle_since = hints.Mouth(self.post.settings.data), time.monotonic()
        self.post.database.lane.after_commit.append(lambda lines: mouth.tell() if lines else None)
        try:
            while not stopped():
                pulse.beat(self.post.settings.data, "sender")
                busy = self.look()
                idle_since = time.monotonic() if busy else idle_since
                if not busy and time.monotonic() - idle_since > IDLE_S:
                    return
                self.stopped.wait(LOOK_S)
        finally:
            self.close()
            mouth.close()

    def close(self) -> None:
        """Stop every lane; what was not sent is due again at once."""
        self.stopped.set()
        for name in list(self.lanes):
            self._stop(name)
        for lane in self.leaving.values():
            lane.join(3.0)
        if self.files is not None:
            self.files.join(3.0)
        self.leaving.clear()


def only_one(folder: Path) -> Any:
    """The file that this sender alone holds, or None when another does; the kernel lets go when we die."""
    folder.mkdir(parents=True, exist_ok=True)
    file = open(folder / LOCK, "a+")  # noqa: SIM115 - held until the process ends
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
