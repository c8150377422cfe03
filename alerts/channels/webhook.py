"""A signed webhook out: every alert as JSON to one address of another system, which acts on it as it likes.

Signed as Standard Webhooks 1.0 has it (see signing.py). The far end may answer `{"state": "heard"}` when it has passed
the alert on to the person's device, and says more later through our own door (docs/channels.md).
"""

import datetime as dt
import json
import time
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, field_validator

from alerts.channels import Health, Incoming, Message, Receipt, Report
from alerts.channels.answers import json_of, receipt_of
from alerts.channels.signing import signed_headers

if TYPE_CHECKING:
    from alerts.wire import Wire

TOLD = ("sent", "heard", "seen")


def checked_url(words: str) -> str:
    """An address over http or https without a name and password in it; raises ValueError with a sentence."""
    parts = urlsplit(words)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ValueError("alamat lengkap yang dimulai dengan https://, tanpa nama dan kata sandi di dalamnya")
    return words


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

    def close(self) -> None:
        """The wire is closed by whoever made it."""


def told(message: Message) -> dict[str, Any]:
    """The message as the far end reads it; `to` is its own name for the recipient."""
    names = ("uid", "headline", "text", "priority", "order", "alert_id", "revision", "exercise", "link")
    said = {name: getattr(message, name) for name in names}
    return {**said, "to": message.address, "expires_at": message.expires_at.astimezone(dt.UTC).isoformat()}
