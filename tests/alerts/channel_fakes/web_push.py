"""A push service and a browser: takes sealed messages, opens them with the browser's own key as RFC 8291 has it."""

import json
from contextlib import AbstractContextManager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from alerts.channels.web_push import WebPushChannel, WebPushSettings, padless
from tests.alerts.channel_fakes.kit import Fake, over_http
from tests.alerts.fakes import Asked, FarEnd, Said

VAPID = padless(bytes(range(1, 33)))
AUTH = bytes(range(16))
BROWSER = ec.derive_private_key(77_777, ec.SECP256R1())


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def subscription(url: str) -> str:
    """What a browser hands to the page, as JSON."""
    keys = {"p256dh": padless(point(BROWSER)), "auth": padless(AUTH)}
    return json.dumps({"endpoint": f"{url}/push/abc5521", "expirationTime": None, "keys": keys})


def opened(body: bytes) -> dict[str, object]:
    """What the browser reads: written anew from the standard, so that sealing is not its own witness."""
    salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
    theirs, record = body[21 : 21 + length], body[21 + length :]
    assert len(record) <= size
    shared = BROWSER.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
    info = b"WebPush: info\0" + point(BROWSER) + theirs
    secret = HKDF(SHA256(), 32, AUTH, info).derive(shared)
    key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
    nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
    plain = AESGCM(key).decrypt(nonce, record, None)
    assert plain.endswith(b"\x02")
    told: dict[str, object] = json.loads(plain[:-1])
    return told


def fake(folder: Path | None = None) -> AbstractContextManager[Fake]:
    """A push service on this machine."""
    place: list[str] = []

    def maker(far: FarEnd) -> tuple[WebPushSettings, str, tuple[str, ...]]:
        settings = WebPushSettings(private_key=VAPID, subject="mailto:posko@lotim.test", services=far.host)
        place.append(subscription(far.url))
        return settings, place[0], (VAPID,)

    return over_http(maker, WebPushChannel, Said(201), _words, refuses=Said(410))


def _words(asked: Asked) -> str:
    return str(opened(asked.body)["body"]) if asked.method == "POST" else ""
