"""Reads a mail that came back: an answer, a bounce, or a machine's own words, which are never answered. Pure.

RFC 3834 (automatic responses), RFC 3462 and 3464 (delivery reports). An address in `From` proves nothing: what counts
is the Message-ID of ours that a mail answers, which only those we wrote to know.
"""

import datetime as dt
import email
import re
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any

from alerts.channels import Incoming, Report

LONGEST = 4000  # characters of an answer that are read
MACHINES = re.compile(r"(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+@-]|$)", re.IGNORECASE)
BULK = ("bulk", "list", "junk", "auto_reply")
SUPPRESSED = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress", "List-Id", "X-Loop", "Feedback-ID")
QUOTE = re.compile(r"^(>|-{2,}\s*(original message|pesan asli)|_{10,}|on .{5,200} wrote:|pada .{5,200} menulis:)", re.I)
BOUNCED = "Surat ini dikembalikan oleh server penerima."
_BROKEN = (
    ArithmeticError, AssertionError, AttributeError, LookupError, MessageError, NameError, RuntimeError, TypeError,
    ValueError,
)  # fmt: skip
"""How Python's own reader falls over mails that strangers wrote."""


class Unreadable(Exception):
    """Nobody could take this mail apart; the message names the kind of fault and nothing of the mail."""


def read_mail(octets: bytes, now: dt.datetime) -> Incoming | Report | None:
    """What a mail says: a person's words, a bounce of ours, or None for every other machine's. Raises Unreadable."""
    try:
        mail = email.message_from_bytes(octets, policy=policy.default)
        if mail.get_content_type() == "multipart/report":
            return _bounce(mail, now)
        return None if is_of_a_machine(mail) else _answer(mail, now)
    except _BROKEN as fault:
        raise Unreadable(type(fault).__name__) from fault


def is_of_a_machine(mail: EmailMessage) -> bool:
    """Whether a program wrote it: answering would be the first turn of a loop."""
    submitted = _header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    is_bulk = _header(mail, "Precedence").strip().lower() in BULK
    is_marked = any(name in mail for name in SUPPRESSED) or _header(mail, "Return-Path").strip() == "<>"
    return submitted not in ("", "no") or is_bulk or is_marked or bool(MACHINES.match(_sender(mail)))


def _bounce(mail: EmailMessage, now: dt.datetime) -> Report | None:
    """A delivery report about a mail of ours that failed; one that was only delayed says nothing."""
    ours, failed = "", False
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            failed = failed or any(_header(one, "Action").strip().lower() == "failed" for one in part.get_payload())
        elif kind == "message/rfc822":
            ours = ours or _header(part.get_payload(0), "Message-ID")
        elif kind == "text/rfc822-headers":
            ours = ours or _header(email.message_from_string(part.get_content(), policy=policy.default), "Message-ID")
    return Report(ours.strip(), "failed", now, BOUNCED) if failed and ours else None


def _answer(mail: EmailMessage, now: dt.datetime) -> Incoming | None:
    sender, named = _sender(mail), _header(mail, "Message-ID").strip()
    if not sender or not named:
        return None
    words = plain_words(mail)
    answers = (_header(mail, "In-Reply-To") or _header(mail, "References")).split()
    return Incoming("email", named, sender, words, _at(mail, now), answers=answers[-1] if answers else None)


def plain_words(mail: EmailMessage) -> str:
    """What was written above the quoted mail, as plain text; nothing of a mail that is HTML alone."""
    body = mail.get_body(("plain",))
    lines = str(body.get_content()).splitlines() if body is not None else []
    kept = []
    for line in lines:
        if QUOTE.match(line.strip()) or line.rstrip() == "--":
            break
        kept.append(line.rstrip())
    return "\n".join(kept).strip()[:LONGEST]


def _sender(mail: EmailMessage) -> str:
    found = getaddresses([_header(mail, "From")])
    return found[0][1].strip().lower() if found else ""


def _at(mail: EmailMessage, now: dt.datetime) -> dt.datetime:
    try:
        at = parsedate_to_datetime(_header(mail, "Date"))
        return min(now, at.astimezone(dt.UTC) if at.tzinfo else at.replace(tzinfo=dt.UTC))
    except (ValueError, OverflowError):  # the second: the last day of all years, further west
        return now


def _header(mail: Any, name: str) -> str:
    return str(mail.get(name, "") or "")
