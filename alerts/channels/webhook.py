"""A signed webhook out: every alert as JSON to one address of another system, which acts on it as it likes.

Signed as Standard Webhooks 1.0 has it (see signing.py). The far end may answer `{"state": "heard"}` when it has passed
the alert on to the person's device, and says more later through our own door (docs/channels.md).
"""

import datetime as dt
import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, field_validator

from alerts.channels import Health, Incoming, Message, Receipt, Report
from alerts.channels.answers import json_of, receipt_of
from alerts.channels.signing import require_signed, signed_headers

if TYPE_CHECKING:
    from alerts.wire import Wire

TOLD = ("sent", "heard", "seen")
MOST_FILES = 5
FAILED = "Sistem tujuan melaporkan pesan tidak sampai."


def checked_url(words: str) -> str:
    """An address over http or https without a name and password in it; raises ValueError with a sentence."""
    try:
        parts = urlsplit(words)
        _ = parts.port
    except ValueError:
        raise ValueError("alamat yang dapat dibaca; periksa nama server dan portnya") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ValueError("alamat lengkap yang dimulai dengan https://, tanpa nama dan kata sandi di dalamnya")
    return words


def checked_secret(secret: SecretStr) -> SecretStr:
    """A secret as a header or an address can hold it, without the blanks a copy brings along; raises ValueError."""
    bare = secret.get_secret_value().strip()
    if not bare.isascii() or not bare.isprintable():
        raise ValueError("hanya huruf, angka dan tanda biasa; salin ulang tanpa baris baru atau tanda lain")
    return SecretStr(bare)


def host_of(url: str) -> str:
    """`host` or `host:port` of an address, as the wire's list has it."""
    return urlsplit(url).netloc.lower()


class WebhookSettings(BaseModel):
    """Where to, and the secret both ends know."""

    url: str = Field(title="Alamat tujuan", max_length=500)
    secret: SecretStr = Field(title="Rahasia bersama", min_length=16, description="Paling sedikit 16 huruf.")

    _checked = field_validator("url")(checked_url)


class WebhookChannel:
    """Posts each message once more under the same id until it is taken."""

    name: ClassVar[str] = "webhook"
    Settings: ClassVar[type[BaseModel]] = WebhookSettings
    pace: ClassVar[float] = 50.0

    def __init__(self, settings: WebhookSettings, wire: "Wire") -> None:
        self._settings, self._wire = settings, wire

    @staticmethod
    def hosts(settings: WebhookSettings) -> tuple[str, ...]:
        """The hosts this channel may ask."""
        return (host_of(settings.url),)

    def check(self) -> Health:
        """A signed `ping` that is answered with 2xx."""
        answer = self._sent("ping-" + str(int(time.time())), {"type": "ping"})
        if 200 <= answer.status < 300:
            return Health("ok", "Sistem tujuan menjawab.")
        return Health("down", f"Sistem tujuan menjawab kode {answer.status}.")

    def deliver(self, message: Message) -> Receipt:
        """Post the message; what the far end says of it is believed as far as `seen`."""
        answer = self._sent(message.uid, {"type": "alert.cancelled" if message.is_cancel else "alert", **told(message)})
        receipt = receipt_of(answer.status, answer.headers, dt.datetime.now(dt.UTC), message.uid)
        state = json_of(answer.body).get("state")
        return receipt._replace(state=state) if receipt.state == "sent" and state in TOLD else receipt

    def _sent(self, message_id: str, content: dict[str, Any]) -> Any:
        body = json.dumps(content, ensure_ascii=False).encode()
        secret = self._settings.secret.get_secret_value()
        headers = {"Content-Type": "application/json", **signed_headers(secret, message_id, time.time(), body)}
        return self._wire.ask("POST", self._settings.url, headers, body)

    def poll(self) -> list[Incoming | Report]:
        """The far end speaks through our own door."""
        return []

    def fetch(self, name: str) -> bytes:
        """The bytes of a file by its address, on the far end's own host alone; raises LookupError when it is gone."""
        answer = self._wire.ask("GET", name)
        if answer.status != 200:
            raise LookupError("Berkas itu tidak ada lagi di sistem asalnya.")
        return answer.body

    def close(self) -> None:
        """The wire is closed by whoever made it."""

    @staticmethod
    def webhook(settings: WebhookSettings, headers: Mapping[str, str], body: bytes) -> list[Incoming | Report]:
        """One signed message or report; raises BadSignature."""
        named = require_signed(settings.secret.get_secret_value(), headers, body, time.time())
        come = read_signed(named, json_of(body))
        return [come] if come else []


def told(message: Message) -> dict[str, Any]:
    """The message as the far end reads it; `to` is its own name for the recipient."""
    names = ("uid", "headline", "text", "priority", "order", "alert_id", "revision", "exercise", "link")
    said = {name: getattr(message, name) for name in names}
    return {**said, "to": message.address, "expires_at": message.expires_at.astimezone(dt.UTC).isoformat()}


# reading what comes in


def read_signed(named: str, said: Mapping[str, Any]) -> Incoming | Report | None:
    """`{"type": "report", "from", "text", "at", "lon", "lat", "files", "answers"}`, or
    `{"type": "status", "uid", "state", "reason"}` about an alert of ours; None for what is neither.

    A time, a place or a list of files that cannot be read is none: nobody's words are lost over it.
    """
    try:
        return _status(said) if said.get("type") == "status" else _message(named, said)
    except (KeyError, TypeError, ValueError):
        return None


def _status(said: Mapping[str, Any]) -> Report | None:
    if said["state"] not in ("heard", "seen", "failed"):
        return None
    return Report(str(said["uid"]), said["state"], _moment(said.get("at")), FAILED if said["state"] == "failed" else "")


def _message(named: str, said: Mapping[str, Any]) -> Incoming | None:
    if said.get("type") != "report" or not said.get("from"):
        return None
    place = [_degrees(said.get(name)) for name in ("lon", "lat")]
    files = tuple(one for one in _list(said.get("files")) if isinstance(one, str))[:MOST_FILES]
    answers = str(said["answers"]) if said.get("answers") else None
    text, sender = str(said.get("text") or ""), str(said["from"])
    return Incoming("webhook", named, sender, text, _moment(said.get("at")), place[0], place[1], files, answers)


def _list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else []


def _degrees(given: Any) -> float | None:
    try:
        return None if given is None else float(given)
    except (TypeError, ValueError, OverflowError):
        return None


def _moment(words: Any) -> dt.datetime:
    """A time with its zone (RFC 3339), or now."""
    try:
        at = dt.datetime.fromisoformat(words)
        return at.astimezone(dt.UTC) if at.tzinfo else dt.datetime.now(dt.UTC)
    except (TypeError, ValueError, OverflowError):
        return dt.datetime.now(dt.UTC)
