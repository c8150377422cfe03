"""What a far end's answer over HTTP means for one message: gone out, again later, or never. Pure."""

import datetime as dt
import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from alerts.channels import Receipt

LONGEST_WAIT_S = 3600.0  # a far end that asks for more is asked again after an hour
LATER = frozenset({408, 409, 423, 425, 429})  # and every 5xx: theirs to mend, ours to repeat
LOST = frozenset({502, 504})  # said by something in between that did not hear the far end out
ASTRAY = frozenset({*range(300, 400), 407, 511})  # said by something in between: a login page, a proxy, a moved address
REFUSED = {
    401: "Kunci saluran ditolak; periksa pengaturan saluran.",
    403: "Saluran menolak pengirim ini; periksa pengaturan saluran.",
    404: "Alamat tujuan tidak ada pada saluran ini.",
    410: "Alamat tujuan sudah tidak berlaku.",
    413: "Pesan terlalu panjang untuk saluran ini.",
}
LATER_WORDS = "Saluran belum dapat menerima; dicoba lagi."
BUSY_WORDS = "Saluran meminta jeda; dicoba lagi."
ASTRAY_WORDS = "Jaringan mengalihkan kiriman ke alamat lain; periksa alamat saluran dan internet. Dicoba lagi."
UNREAD_WORDS = "Jawaban saluran tidak dapat dibaca; dicoba lagi."


def receipt_of(
    status: int, headers: Mapping[str, str], now: dt.datetime, foreign_id: str | None = None, reason: str = ""
) -> Receipt:
    """2xx left us; 429, 5xx and their like again (RFC 9110 section 10.2.3: Retry-After); the rest never.

    What something in between answers says nothing of the recipient: it is again, too.
    """
    if 200 <= status < 300:
        return Receipt("sent", foreign_id)
    if status in LATER or status in ASTRAY or status >= 500:
        words = {429: BUSY_WORDS}.get(status, ASTRAY_WORDS if status in ASTRAY else LATER_WORDS)
        wait_s = retry_after_s(header(headers, "Retry-After"), now)
        return Receipt("again", reason=reason or words, retry_s=wait_s, is_lost=status in LOST)
    return Receipt("failed", reason=reason or REFUSED.get(status, f"Saluran menolak pesan ini (kode {status})."))


def unread() -> Receipt:
    """A 2xx without the answer it should hold: a login page, half a body. They may have it, and nobody knows."""
    return Receipt("again", reason=UNREAD_WORDS, is_lost=True)


def retry_after_s(words: str | None, now: dt.datetime) -> float | None:
    """Seconds to wait, out of seconds or a date; None when nothing sensible is said."""
    if not words:
        return None
    if words.strip().isdecimal():
        return _bounded(float(words))
    try:
        at = parsedate_to_datetime(words)
    except ValueError:
        return None
    return _bounded(((at if at.tzinfo else at.replace(tzinfo=dt.UTC)) - now).total_seconds())


def _bounded(wait_s: float) -> float:
    return min(LONGEST_WAIT_S, max(0.0, wait_s))


def header(headers: Mapping[str, str], name: str) -> str | None:
    """A header by its name, however it is spelled."""
    wanted = name.lower()
    return next((value for key, value in headers.items() if key.lower() == wanted), None)


def json_of(body: bytes) -> dict[str, Any]:
    """The object a far end answered with, or an empty one: what is not JSON says nothing."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def plain_text(headline: str, text: str, link: str | None) -> str:
    """The words of an alert for a channel without a subject line; a headline that begins the text is said once."""
    said = text if text.startswith(headline.removesuffix(" …")) else f"{headline}\n\n{text}"
    return f"{said}\n\n{link}" if link else said
