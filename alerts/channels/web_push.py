"""Web push: an alert to a browser that is closed, sealed for it alone (RFC 8291) and signed by us (VAPID, RFC 8292).

An address is the browser's own subscription as JSON. The push service learns when and to whom, never what.
"""

import base64
import binascii
import datetime as dt
import hashlib
import json
import os
import time
from typing import TYPE_CHECKING, ClassVar, NamedTuple
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, field_validator

from alerts.channels import Health, Incoming, Message, Receipt, Report
from alerts.channels.answers import header, receipt_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

    from alerts.wire import Answer, Wire

RECORD = 4096  # bytes of the one record
MOST_WORDS = 2800  # bytes of what is sealed: every service takes 4,096 in all
TOKEN_S = 12 * 3600  # RFC 8292 section 2: at most a day
LONGEST_TTL_S = 28 * 86400
BAD_SUBSCRIPTION = "Langganan push ini tidak sah; buka lagi halaman di perangkat itu."
SERVICES = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "web.push.apple.com",
    "wns2-by3p.notify.windows.com",
    "wns2-sg2p.notify.windows.com",
    "wns2-pn1p.notify.windows.com",
)


class WebPushSettings(BaseModel):
    """Our key pair and whom a push service may write to."""

    private_key: SecretStr = Field(title="Kunci VAPID", description="32 bita acak sebagai base64url.")
    subject: str = Field(title="Penanggung jawab", max_length=200, pattern=r"^(mailto:.+@.+|https://.+)$")
    services: str = Field(default=",".join(SERVICES), title="Layanan yang diizinkan", max_length=1000)

    @field_validator("private_key")
    @classmethod
    def _is_a_key(cls, secret: SecretStr) -> SecretStr:
        if len(unpadded(secret.get_secret_value()) or b"") != 32:
            raise ValueError("32 bita sebagai base64url")
        return secret


class Subscription(NamedTuple):
    """Where a browser hears, its public point (65 bytes) and the secret it gave us (16 bytes)."""

    endpoint: str
    p256dh: bytes
    auth: bytes


class WebPushChannel:
    """Seals and posts; a subscription that is over is failed for good."""

    name: ClassVar[str] = "web_push"
    Settings: ClassVar[type[BaseModel]] = WebPushSettings
    pace: ClassVar[float] = 50.0

    def __init__(self, settings: WebPushSettings, wire: "Wire") -> None:
        self._settings, self._wire = settings, wire
        self._tokens: dict[str, tuple[float, str]] = {}

    @staticmethod
    def hosts(settings: WebPushSettings) -> tuple[str, ...]:
        """The push services that may be asked: a subscription is somebody else's word."""
        return tuple(one.strip().lower() for one in settings.services.split(",") if one.strip())

    def check(self) -> Health:
        """Whether a push service answers at all; it takes no trial without a subscription."""
        host = self.hosts(self._settings)[0]
        scheme = "http" if host.startswith("127.0.0.1") else "https"
        answer = self._wire.ask("GET", f"{scheme}://{host}/")
        return Health("down" if answer.status >= 500 else "ok", f"Layanan push menjawab kode {answer.status}.")

    def deliver(self, message: Message) -> Receipt:
        """Seal the words for this browser and post them."""
        to = subscription_of(message.address)
        if to is None:
            return Receipt("failed", reason=BAD_SUBSCRIPTION)
        now = dt.datetime.now(dt.UTC)
        try:
            body = sealed(words_of(message), to)
        except ValueError:  # its point is not on the curve
            return Receipt("failed", reason=BAD_SUBSCRIPTION)
        answer = self._sent(to, body, ttl_s(message.expires_at, now), message)
        if answer.status in (404, 410):
            return Receipt("failed", reason="Langganan push ini sudah berakhir di perangkatnya.")
        return receipt_of(answer.status, answer.headers, now, header(answer.headers, "Location") or message.uid)

    def _sent(self, to: Subscription, body: bytes, live_s: int, message: Message) -> "Answer":
        headers = {
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(live_s),
            "Urgency": "high" if message.priority in ("P0", "P1") else "normal",
            "Topic": topic_of(message),
            "Authorization": f"vapid t={self._token(to.endpoint)}, k={padless(public_point(self._key))}",
        }
        return self._wire.ask("POST", to.endpoint, headers, body)

    @property
    def _key(self) -> "EllipticCurvePrivateKey":
        return key_of(unpadded(self._settings.private_key.get_secret_value()) or b"")

    def _token(self, endpoint: str) -> str:
        """The signed token for this push service, made anew when half its time is over."""
        parts = urlsplit(endpoint)
        audience, now = f"{parts.scheme}://{parts.netloc}", time.time()
        made_at, token = self._tokens.get(audience, (0.0, ""))
        if now - made_at > TOKEN_S / 2:
            token = vapid_token(self._key, audience, self._settings.subject, int(now) + TOKEN_S)
            self._tokens[audience] = (now, token)
        return token

    def poll(self) -> list[Incoming | Report]:
        """A push service tells nothing; the person answers on the page."""
        return []

    def close(self) -> None:
        """The wire is closed by whoever made it."""


def words_of(message: Message) -> bytes:
    """What the service worker shows, as small JSON; the text is cut where a push service would refuse the whole."""
    body = message.text
    while len(packed := _packed(message, body)) > MOST_WORDS and len(body) > 10:
        body = body[: len(body) * 3 // 4].rstrip(" …") + " …"
    return packed


def _packed(message: Message, body: str) -> bytes:
    said = {"uid": message.uid, "title": message.headline, "body": body, "priority": message.priority}
    more = {"link": message.link, "alert": message.alert_id, "cancel": message.is_cancel}
    return json.dumps({**said, **more}, ensure_ascii=False).encode()


def ttl_s(expires_at: dt.datetime, now: dt.datetime) -> int:
    """Seconds the push service may keep it: an alert past its time is never shown."""
    return max(0, min(LONGEST_TTL_S, int((expires_at - now).total_seconds())))


def topic_of(message: Message) -> str:
    """32 characters (RFC 8030 section 5.4): a newer revision takes the place of one that waits; so does its end."""
    return padless(hashlib.sha256(f"posko:{message.alert_id}".encode()).digest())[:32]


def subscription_of(address: str) -> Subscription | None:
    """The subscription out of its JSON, or None."""
    try:
        told = json.loads(address)
        p256dh, auth = unpadded(told["keys"]["p256dh"]), unpadded(told["keys"]["auth"])
        endpoint = str(told["endpoint"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    is_whole = p256dh is not None and auth is not None and len(p256dh) == 65 and len(auth) == 16
    return Subscription(endpoint, p256dh or b"", auth or b"") if is_whole else None


# sealing


def sealed(words: bytes, to: Subscription, own: "EllipticCurvePrivateKey | None" = None, salt: bytes = b"") -> bytes:
    """The body of the push: salt, record size, our point, one record of AES-128-GCM (RFC 8188, RFC 8291 section 3).

    Raises ValueError for a point that is not on the curve. `own` and `salt` are given by the standard's example alone.
    """
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    own, salt = own or ec.generate_private_key(ec.SECP256R1()), salt or os.urandom(16)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), to.p256dh)
    shared, ours = own.exchange(ec.ECDH(), theirs), public_point(own)
    secret = _derived(shared, to.auth, b"WebPush: info\x00" + to.p256dh + ours, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\x00", 12)
    head = salt + RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return head + AESGCM(key).encrypt(nonce, words + b"\x02", None)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), length, salt, info).derive(secret)


# our key


def key_of(secret: bytes) -> "EllipticCurvePrivateKey":
    """The private key out of its 32 bytes."""
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1())


def public_point(key: "EllipticCurvePrivateKey") -> bytes:
    """The 65 bytes a browser subscribes with and a push service checks by."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def vapid_token(key: "EllipticCurvePrivateKey", audience: str, subject: str, until_s: int) -> str:
    """A JWT for one push service, ES256 (RFC 7515 appendix A.3: r and s, 32 bytes each)."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256

    claims = {"aud": audience, "exp": until_s, "sub": subject}
    parts = [padless(json.dumps(one).encode()) for one in ({"typ": "JWT", "alg": "ES256"}, claims)]
    signed = ".".join(parts)
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(SHA256())))
    return f"{signed}.{padless(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def padless(octets: bytes) -> str:
    """base64url without its padding."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def unpadded(words: str) -> bytes | None:
    """The bytes of a base64url text with or without padding, or None."""
    try:
        return base64.b64decode(words.rstrip("=") + "=" * (-len(words.rstrip("=")) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
