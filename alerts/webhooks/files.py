"""Fetches the pictures people sent, in the sender process: from the far end, through the examiner, to their call.

A file that cannot be had now is asked for again, later each time, for a day; one that is gone or is no picture is
said to be so on its row. The words of the report never wait for it.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import update

from alerts import secrets
from alerts.channels import outside_class
from alerts.webhooks import queries
from alerts.webhooks.models import MessageFile
from alerts.wire import Wire, WireError
from gis.database import is_unreachable
from incident.attachments import actions as attaching
from incident.attachments import receiving, rules
from incident.attachments.shelf import Shelf
from incident.errors import Refused
from incident.post import Act, Post, uid_from

Row = Mapping[Any, Any]
MOST_TRIES = 12
FIRST_S, LONGEST_S = 10.0, 7200.0
LOOK_S, WAIT_S = 2.0, 40.0
LARGEST = rules.MOST_BYTES
WORDS = "Dikirim pelapor"
STUMBLED = "Berkas ini belum dapat diambil; dicoba lagi."


class Holder(Protocol):
    """A channel that holds files for us."""

    name: str

    def fetch(self, name: str) -> bytes: ...


def run(post: Post, stopped: Callable[[], bool], wait: Callable[[float], Any]) -> None:
    """Fetch what is due until told to stop; a thread of its own, so that no picture holds up an alert."""
    while not stopped():
        try:
            if look(post):
                continue
        except Exception as failure:  # noqa: BLE001 - the edge of a thread: its name only, words may quote a secret
            post.log.error("files.failed", failure=type(failure).__name__)
        wait(LOOK_S)


def look(post: Post) -> bool:
    """One round over the channels that hold something for us; answers whether there was anything."""
    with post.database.read() as conn:
        names = queries.channels_with_files(conn, post.clock())
    return sum(_fetch_from(post, name) for name in names) > 0


def _fetch_from(post: Post, name: str) -> bool:
    """With a channel of our own, made for this round; one that is off is asked when it is on again."""
    with post.database.read() as conn:
        settings = secrets.find_settings(conn, post, name)
    if settings is None:
        return False
    kind: Any = outside_class(name, post.settings.exercise)
    wire = Wire(kind.hosts(settings), WAIT_S, LARGEST)
    try:
        return step(post, kind(settings, wire))
    finally:
        wire.close()


def step(post: Post, channel: Any) -> bool:
    """Fetch what is due from this channel; answers whether there was anything."""
    if not hasattr(channel, "fetch"):
        return False
    with post.database.read() as conn:
        due = queries.due_files(conn, channel.name, post.clock())
    for row in due:
        _bring(post, channel, row)
    return bool(due)


def _bring(post: Post, channel: Holder, row: Row) -> None:
    try:
        content = channel.fetch(row["name"])
        _attach(post, row, content)
    except WireError as fault:
        post.do(_later, channel.name, None, row, str(fault))
    except (LookupError, Refused) as fault:
        is_passing = isinstance(fault, Refused) and fault.status >= 500
        post.do(_later if is_passing else _settle, channel.name, None, row, str(fault))
    except Exception as failure:  # the sender's edge: what falls over one file holds up none behind it
        if is_unreachable(failure):
            raise
        post.log.error("file.failed", channel=channel.name, failure=type(failure).__name__)
        post.do(_later, channel.name, None, row, STUMBLED)
    else:
        post.do(_settle, channel.name, None, row)


def _attach(post: Post, row: Row, content: bytes) -> None:
    """Examine the bytes in a process of their own, keep what was made of them, write the attachment once."""
    shelf = Shelf(post.settings.data)
    with shelf.receiving() as folder:
        source = folder / receiving.GIVEN
        source.write_bytes(content)
        facts = _examined(shelf, source, folder)
    told = attaching.Told(call_id=row["call_id"], words=WORDS)
    uid = uid_from("file", row["channel"], row["id"])
    post.do(attaching.add, row["channel"], uid, told, receiving.row_of(facts, post.settings.site.zone))


def _examined(shelf: Shelf, source: Path, folder: Path) -> dict[str, Any]:
    facts = receiving.examined(source, folder)
    receiving.keep(shelf, folder, facts)
    return facts


def _later(act: Act, row: Row, reason: str) -> None:
    """Ask again: after ten seconds, twenty, forty, at last every two hours; then no more."""
    tries = row["attempts"] + 1
    wait_s = min(LONGEST_S, FIRST_S * 2 ** row["attempts"])
    state = "failed" if tries >= MOST_TRIES else "waiting"
    _change(act, row, state=state, attempts=tries, reason=reason[:200], due_at=act.now + dt.timedelta(seconds=wait_s))


def _settle(act: Act, row: Row, reason: str | None = None) -> None:
    state = "kept" if reason is None else "failed"
    _change(act, row, state=state, attempts=row["attempts"] + 1, reason=reason and reason[:200])


def _change(act: Act, row: Row, **changes: Any) -> None:
    act.conn.execute(update(MessageFile).where(MessageFile.id == row["id"]).values(**changes))
