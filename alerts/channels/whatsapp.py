"""WhatsApp by Meta's Cloud API: alerts out as a template, their statuses back, and what people write in by a webhook.

Outside the 24 hours after a person wrote, only a template that Meta approved may be sent; an answer to a person goes
as plain words. A status counts as it says: delivered is `heard` by the telephone, read is `seen` by a person.
"""

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, Field, SecretStr, field_validator

from alerts.channels import BadSignature, Health, Incoming, Message, Receipt, Report
from alerts.channels.answers import LATER_WORDS, header, json_of, plain_text, receipt_of, unread
from alerts.channels.signing import same_secret
from alerts.channels.webhook import checked_secret, checked_url, host_of

if TYPE_CHECKING:
    from alerts.wire import Answer, Wire

REPLY = "reply"  # the order of words to a person who wrote to us within the day
LONGEST = 4096  # characters of plain words
LONGEST_PART = 900  # of one parameter: a template and all its parameters hold 1,024
SIGNATURE = "X-Hub-Signature-256"
STATES = {"delivered": "heard", "read": "seen", "failed": "failed"}  # "sent" says no more than our own receipt
MEDIA = ("image", "audio", "voice", "video", "document")
# of Meta's error codes: what a later try may mend, and what the room should read
LATER_CODES = frozenset({1, 2, 4, 80007, 130429, 131000, 131016, 131048, 131056, 131057, 133016})
WHY = {
    0: "Kunci WhatsApp ditolak; perbarui token di pengaturan saluran.",
    190: "Kunci WhatsApp ditolak; perbarui token di pengaturan saluran.",
    368: "WhatsApp menahan akun ini; lihat Business Manager.",
    131026: "Nomor ini tidak dapat menerima WhatsApp.",
    131030: "Nomor ini belum diizinkan pada akun uji WhatsApp.",
    131047: "Lewat 24 jam sejak penerima menulis; perlu templat.",
    131042: "Pembayaran akun WhatsApp bermasalah.",
    131050: "Penerima tidak mau menerima pesan dari akun ini.",
    132000: "Templat WhatsApp tidak cocok dengan isinya; periksa jumlah parameternya (dua).",
    132001: "Templat WhatsApp tidak ada dalam bahasa ini, atau belum disetujui Meta.",
    132015: "Templat WhatsApp sedang dihentikan Meta.",
    132016: "Templat WhatsApp sudah dimatikan Meta.",
}


class WhatsappSettings(BaseModel):
    """The account at Meta, and the template every alert goes out with."""

    phone_number_id: str = Field(title="Phone number ID", pattern=r"^\d{5,25}$")
    token: SecretStr = Field(title="Token akses", min_length=20)
    app_secret: SecretStr = Field(title="App secret", min_length=16, description="Memeriksa tanda tangan webhook.")
    verify_token: SecretStr = Field(title="Verify token", min_length=8, description="Ditulis juga di halaman Meta.")
    template: str = Field(
        default="posko_siaran",
        title="Nama templat",
        pattern=r"^[a-z0-9_]{1,100}$",
        description="Templat dengan dua parameter isi: {{1}} judul, {{2}} isi.",
    )
    language: str = Field(default="id", title="Bahasa templat", pattern=r"^[a-z]{2}(_[A-Z]{2})?$")
    base_url: str = Field(default="https://graph.facebook.com/v23.0", title="Alamat Graph API", max_length=200)

    _checked = field_validator("base_url")(checked_url)
    _bare = field_validator("token", "app_secret", "verify_token")(checked_secret)


class WhatsappChannel:
    """One number of one business account."""

    name: ClassVar[str] = "whatsapp"
    Settings: ClassVar[type[BaseModel]] = WhatsappSettings
    pace: ClassVar[float] = 20.0  # the API takes eighty a second from a new number

    def __init__(self, settings: WhatsappSettings, wire: "Wire") -> None:
        self._settings, self._wire = settings, wire

    @staticmethod
    def hosts(settings: WhatsappSettings) -> tuple[str, ...]:
        """The hosts this channel may ask: the API, and where it keeps what people send."""
        return (host_of(settings.base_url), "lookaside.fbsbx.com")

    def check(self) -> Health:
        """Ask how Meta sees our number."""
        answer = self._ask("GET", f"{self._settings.phone_number_id}?fields=quality_rating")
        told = json_of(answer.body)
        if answer.status == 200 and told and "error" not in told:
            is_poor = told.get("quality_rating") == "RED"
            words = (
                "Mutu nomor WhatsApp dinilai rendah; pengiriman dapat dibatasi." if is_poor else "WhatsApp menjawab."
            )
            return Health("warn" if is_poor else "ok", words)
        return Health("down", WHY.get(_code_of(told), f"WhatsApp menjawab kode {answer.status}."))

    def deliver(self, message: Message) -> Receipt:
        """Send the template filled with headline and text; to a person who wrote to us, plain words."""
        said = _plain(message) if message.order == REPLY else self._filled(message)
        envelope = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": number_of(message.address)}
        key = {"biz_opaque_callback_data": message.uid}
        answer = self._ask("POST", f"{self._settings.phone_number_id}/messages", {**envelope, **said, **key})
        return _receipt(answer, dt.datetime.now(dt.UTC))

    def _filled(self, message: Message) -> dict[str, Any]:
        words = plain_text("", message.text, message.link)
        parts = [{"type": "text", "text": one_line(part)[:LONGEST_PART]} for part in (message.headline, words)]
        return {
            "type": "template",
            "template": {
                "name": self._settings.template,
                "language": {"code": self._settings.language},
                "components": [{"type": "body", "parameters": parts}],
            },
        }

    def poll(self) -> list[Incoming | Report]:
        """WhatsApp speaks by its webhook alone."""
        return []

    def fetch(self, name: str) -> bytes:
        """The bytes of what a person sent: first where it lies, then itself; raises LookupError when it is gone."""
        where = json_of(self._ask("GET", name).body).get("url")
        if not isinstance(where, str):
            raise LookupError("Berkas itu tidak ada lagi di WhatsApp.")
        answer = self._wire.ask("GET", where, self._who())
        if answer.status != 200:
            raise LookupError("Berkas itu tidak ada lagi di WhatsApp.")
        return answer.body

    def close(self) -> None:
        """The wire is closed by whoever made it."""

    @staticmethod
    def webhook(settings: WhatsappSettings, headers: Mapping[str, str], body: bytes) -> list[Incoming | Report]:
        """What one signed batch says; raises BadSignature before a byte of it is read."""
        require_hub_signature(settings.app_secret.get_secret_value(), headers, body)
        return list(read_batch(json_of(body), settings.phone_number_id))

    @staticmethod
    def challenge(settings: WhatsappSettings, query: Mapping[str, str]) -> str:
        """What Meta wants to hear when the webhook is set up; raises BadSignature for anybody else."""
        is_ours = same_secret(query.get("hub.verify_token"), settings.verify_token.get_secret_value())
        if query.get("hub.mode") != "subscribe" or not is_ours:
            raise BadSignature("Tanda tangan tidak cocok.")
        return query.get("hub.challenge", "")[:200]

    def _who(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._settings.token.get_secret_value()}"}

    def _ask(self, method: str, path: str, said: dict[str, Any] | None = None) -> "Answer":
        return self._wire.ask(method, f"{self._settings.base_url}/{path}", self._who(), json=said)


def _plain(message: Message) -> dict[str, Any]:
    words = plain_text("", message.text, message.link)[:LONGEST]
    return {"type": "text", "text": {"body": words, "preview_url": False}}


def number_of(address: str) -> str:
    """The number as Meta writes it: digits with the country, `628123…` for `0812 3…`."""
    digits = "".join(one for one in address if one.isdecimal())
    return "62" + digits[1:] if digits.startswith("0") and not digits.startswith("00") else digits.removeprefix("00")


def one_line(words: str) -> str:
    """A parameter of a template holds no line breaks, no tabs and no four spaces in a row."""
    lines = (" ".join(line.split()) for line in words.splitlines())
    return " — ".join(line for line in lines if line)


def _receipt(answer: "Answer", now: dt.datetime) -> Receipt:
    """What Meta says of one message; its code counts more than the status of HTTP."""
    told = json_of(answer.body)
    if answer.status < 300 and "error" not in told:
        sent = _dicts(told.get("messages"))
        return Receipt("sent", str(sent[0].get("id") or "") or None) if sent else unread()
    code = _code_of(told)
    if code in LATER_CODES:
        later = receipt_of(429, answer.headers, now)
        return later._replace(reason=LATER_WORDS)
    status = answer.status if answer.status >= 300 else 400  # a fault inside a 200 is one all the same
    return receipt_of(status, answer.headers, now, reason=WHY.get(code, ""))


def _code_of(told: Mapping[str, Any]) -> int:
    fault = told.get("error")
    code = fault.get("code") if isinstance(fault, dict) else None
    return code if isinstance(code, int) else -1


# reading what comes in


def require_hub_signature(secret: str, headers: Mapping[str, str], body: bytes) -> None:
    """Raise BadSignature unless `sha256=HEX` is the HMAC of the very bytes that came."""
    wanted = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if not secret or not hmac.compare_digest((header(headers, SIGNATURE) or "").encode(), wanted.encode()):
        raise BadSignature("Tanda tangan tidak cocok.")


def read_batch(told: Mapping[str, Any], our_number: str) -> Iterator[Incoming | Report]:
    """Messages and statuses for our number; one that is not as Meta writes it does not lose the others."""
    for value in _values(told):
        if _dict(value.get("metadata")).get("phone_number_id") != our_number:
            continue
        ours = _dict(value.get("metadata")).get("display_phone_number")
        for one in [*_dicts(value.get("messages")), *_dicts(value.get("statuses"))]:
            come = _read(one)
            if come is not None and getattr(come, "sender", None) != ours:
                yield come


def _values(told: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for entry in _dicts(told.get("entry")):
        for change in _dicts(entry.get("changes")):
            if change.get("field") == "messages":
                yield _dict(change.get("value"))


def _dicts(given: Any) -> list[dict[str, Any]]:
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []


def _dict(given: Any) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}


def _read(one: Mapping[str, Any]) -> Incoming | Report | None:
    try:
        return _status(one) if "status" in one else _message(one)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError):
        return None


def _status(one: Mapping[str, Any]) -> Report | None:
    state = STATES.get(one["status"])
    if state is None:
        return None
    faults = _dicts(one.get("errors"))
    reason = WHY.get(faults[0].get("code", -1), "WhatsApp tidak dapat mengantar pesan ini.") if faults else ""
    return Report(str(one["id"]), state, _moment(one["timestamp"]), reason)


def _message(one: Mapping[str, Any]) -> Incoming | None:
    kind = str(one["type"])
    if kind in ("reaction", "system", "unsupported", "ephemeral"):
        return None
    place = _dict(one.get("location")) if kind == "location" else {}
    return Incoming(
        channel="whatsapp",
        foreign_id=str(one["id"]),
        sender=str(one["from"]),
        text=_words(one, kind),
        at=_moment(one["timestamp"]),
        lon=float(place["longitude"]) if place else None,
        lat=float(place["latitude"]) if place else None,
        files=(str(one[kind]["id"]),) if kind in MEDIA else (),
        answers=_dict(one.get("context")).get("id"),
    )


def _words(one: Mapping[str, Any], kind: str) -> str:
    """What the person said, whichever way: typed, tapped, written under a picture, or the name of a place."""
    part = _dict(one.get(kind))
    if kind == "interactive":
        part = _dict(part.get(str(part.get("type"))))
    said = [part.get(name) for name in ("body", "text", "title", "caption", "name", "address")]
    if kind in MEDIA:
        said = [part.get("caption")]
    return ", ".join(str(word) for word in said if word)


def _moment(words: Any) -> dt.datetime:
    """Seconds since 1970, which Meta writes as a string."""
    return dt.datetime.fromtimestamp(int(words), dt.UTC)
