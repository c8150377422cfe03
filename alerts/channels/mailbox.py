"""The mailbox of the sender's address by IMAP: unread answers and bounces are read once, and marked when they stand.

Everything else in there stays as it is, for a person.
"""

import contextlib
import datetime as dt
import imaplib
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from alerts.channels import Batch, Incoming, Report
from alerts.channels.mail_in import Unreadable, read_mail

TIMEOUT_S = 20.0
MOST = 50  # mails at a time
LARGEST = 1_000_000  # bytes; a larger one stays unread for a person
FAULTS = (imaplib.IMAP4.error, OSError)
_log = structlog.get_logger()
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class Mailbox:
    """One mailbox; each look is a session of its own."""

    def __init__(self, host: str, port: int, user: str, password: str, trust: ssl.SSLContext | None, domain: str):
        """`trust` None: in the clear, to this machine alone. `domain`: of the Message-IDs that are ours."""
        self._where, self._who, self._trust = (host, port), (user, password), trust
        self._domain = domain
        self._ours = re.compile(rf"<[0-9a-f-]{{36}}@{re.escape(domain)}>")
        self._strange: set[bytes] = set()  # looked at and not ours; never more than the last search found
        self._numbered: list[Any] = []  # the UIDVALIDITY under which those numbers mean the same mails

    def look(self) -> Batch | list[Incoming | Report]:
        """What is unread and about a mail of ours; it is marked as read once it stands. Raises FAULTS."""
        with self._session() as box:
            mails = [(uid, _mail(box, uid)) for uid in self._unknown(box)]
        now = dt.datetime.now(dt.UTC)
        told = [(uid, _told(octets, now)) for uid, octets in mails if octets is not None]
        ours = [(uid, one) for uid, one in told if one is not None and self._is_about_ours(one)]
        self._strange |= {uid for uid, _ in told} - {uid for uid, _ in ours}
        return Batch([one for _, one in ours], self._marker([uid for uid, _ in ours]))

    def _unknown(self, box: Any) -> list[bytes]:
        """The newest we have not looked at: mails that are not ours are fetched once, and starve no answer."""
        numbered = box.response("UIDVALIDITY")[1]
        found = _unread(box, self._domain)
        self._strange &= set(found) if numbered == self._numbered else set()
        self._numbered = numbered
        return [uid for uid in found if uid not in self._strange][-MOST:]

    def _is_about_ours(self, one: Incoming | Report) -> bool:
        """Whether it answers a mail that this program wrote; a person's own mail is the person's."""
        return bool(self._ours.fullmatch((one.answers if isinstance(one, Incoming) else one.foreign_id) or ""))

    def check(self) -> bool:
        """Whether the mailbox opens."""
        try:
            with self._session():
                return True
        except FAULTS:
            return False

    def _marker(self, uids: list[bytes]) -> Callable[[], None]:
        def mark() -> None:
            with contextlib.suppress(*FAULTS), self._session() as box:  # unmarked, they come again and say nothing new
                for one in uids:
                    box.uid("STORE", one.decode(), "+FLAGS", r"(\Seen)")

        return mark if uids else lambda: None

    @contextmanager
    def _session(self) -> Iterator[Any]:
        box: Any = (
            imaplib.IMAP4(*self._where, timeout=TIMEOUT_S)
            if self._trust is None
            else imaplib.IMAP4_SSL(*self._where, ssl_context=self._trust, timeout=TIMEOUT_S)
        )
        try:
            box.login(*self._who)
            box.select("INBOX")
            yield box
        finally:
            with contextlib.suppress(*FAULTS):
                box.logout()


def _told(octets: bytes, now: dt.datetime) -> Incoming | Report | None:
    """What the mail says; one that nobody can take apart stays unread for a person, and holds up none behind it."""
    try:
        return read_mail(octets, now)
    except Unreadable as fault:
        _log.warning("mail.unreadable", failure=str(fault))
        return None


def _unread(box: Any, domain: str) -> list[bytes]:
    """Answers to us and delivery reports; what strangers write is left to whoever reads the mailbox."""
    wanted = f'UNSEEN OR HEADER In-Reply-To "@{domain}>" HEADER Content-Type "delivery-status"'
    _, found = box.uid("SEARCH", wanted)
    return list((found[0] or b"").split())


def _mail(box: Any, uid: bytes) -> bytes | None:
    """The whole mail; nothing of one that is too large, None for one that is gone or cannot be had now."""
    _, told = box.uid("FETCH", uid.decode(), "(RFC822.SIZE)")
    size = _SIZE.search(_flat(told))
    if size is None or int(size[1]) > LARGEST:
        return None if size is None else b""
    _, told = box.uid("FETCH", uid.decode(), "(BODY.PEEK[])")
    return next((part[1] for part in told if isinstance(part, tuple)), None)


def _flat(told: list[Any]) -> bytes:
    return b" ".join(one[0] if isinstance(one, tuple) else one for one in told if one)
