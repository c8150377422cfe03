"""Signed webhooks as Standard Webhooks 1.0 has them: an HMAC over id, time and body, a window against replays. Pure.

`webhook-id`, `webhook-timestamp` (seconds), `webhook-signature: v1,BASE64` where BASE64 is HMAC-SHA256 over
`id.timestamp.body`. A header may carry several signatures, separated by spaces, while a secret is being changed.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping

from alerts.channels import BadSignature
from alerts.channels.answers import header

WINDOW_S = 300.0
PREFIX = "whsec_"


def key_of(secret: str) -> bytes:
    """The bytes of a secret: base64 behind `whsec_`, else the words as they are."""
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:  # binascii's among them
        return secret.encode()


def signature_of(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """`v1,BASE64` of one message."""
    mac = hmac.new(key_of(secret), f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(mac.digest()).decode()


def signed_headers(secret: str, message_id: str, now_s: float, body: bytes) -> dict[str, str]:
    """The three headers of a message that leaves now (seconds since 1970)."""
    timestamp = str(int(now_s))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature_of(secret, message_id, timestamp, body),
    }


def require_signed(secret: str, headers: Mapping[str, str], body: bytes, now_s: float) -> str:
    """The id of a message that is signed, and of our time; raises BadSignature without saying which was wrong."""
    message_id, timestamp = header(headers, "webhook-id") or "", header(headers, "webhook-timestamp") or ""
    given = (header(headers, "webhook-signature") or "").split()
    wanted = signature_of(secret, message_id, timestamp, body).encode()
    fits = [hmac.compare_digest(one.encode(), wanted) for one in given[:10]]
    if not (secret and message_id and any(fits) and _is_now(timestamp, now_s)):
        raise BadSignature("Tanda tangan tidak cocok.")
    return message_id


def _is_now(timestamp: str, now_s: float) -> bool:
    return timestamp.isascii() and timestamp.isdecimal() and abs(now_s - int(timestamp[:15])) <= WINDOW_S


def same_secret(given: str | None, kept: str) -> bool:
    """Whether a token is the one we keep, in constant time; an empty one of ours fits nothing."""
    return bool(kept) and hmac.compare_digest((given or "").encode(), kept.encode())
