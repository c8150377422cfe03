"""An SMS gateway over HTTP, whichever it is: address, method, headers and body are a template with {to} {text} {uid}.

What the gateway calls success is a status and, where it answers 200 to everything, a pattern in its answer. Delivery
reports and messages from people come in by our own door with a secret, under the names the gateway gives its fields.
"""

import base64
import binascii
import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar, Literal
from urllib.parse import parse_qsl, quote

from pydantic import BaseModel, Field, SecretStr, field_validator

from alerts.channels import BadSignature, Health, Incoming, Message, Receipt, Report
from alerts.channels.answers import header, json_of, plain_text, receipt_of
from alerts.channels.signing import same_secret
from alerts.channels.webhook import checked_secret, checked_url, host_of

if TYPE_CHECKING:
    from alerts.wire import Wire

SLOT = re.compile(r"\{(to|text|uid|secret)\}")
MOST_FIELDS = 200  # of a form
NAMED_ALIKE_S = 600
LONGEST_SEARCHED = 20_000  # bytes of an answer that a pattern looks through
TOKEN_HEADER = "X-Posko-Token"
FORMS = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "text": "text/plain; charset=utf-8",
}


def _as_json(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)[1:-1]


def _as_url(words: str) -> str:
    return quote(words, safe="")


_ESCAPE: dict[str, Callable[[str], str]] = {"json": _as_json, "form": _as_url, "text": str}


class SmsGatewaySettings(BaseModel):
    """How this gateway wants to be asked, and how it reports."""

    url: str = Field(title="Alamat", max_length=500, description="Boleh memuat {to} {text} {uid} {secret}.")
    method: Literal["POST", "GET", "PUT"] = Field(default="POST", title="Cara")
    headers: str = Field(
        default="",
        max_length=2000,
        title="Kepala",
        description="Satu tiap baris, misalnya Authorization: Bearer {secret}",
    )
    form: Literal["json", "form", "text"] = Field(default="json", title="Bentuk badan")
    body: str = Field(
        default='{"to": "{to}", "message": "{text}", "ref": "{uid}"}', max_length=4000, title="Badan permintaan"
    )
    secret: SecretStr = Field(default=SecretStr(""), title="Kunci gateway", description="Mengisi {secret}.")
    success: str = Field(
        default="", max_length=200, title="Pola berhasil", description="Regex dalam jawaban; boleh kosong."
    )
    id_pattern: str = Field(
        default="",
        max_length=200,
        title="Pola nomor pesan",
        description='Regex dengan satu kurung, misalnya "id":"(\\w+)"',
    )
    check_url: str = Field(default="", max_length=500, title="Alamat pemeriksaan", description="Boleh kosong.")
    inbound_token: SecretStr = Field(
        default=SecretStr(""), title="Rahasia pesan masuk", description="X-Posko-Token, Bearer, atau sandi Basic."
    )
    field_from: str = Field(default="from", max_length=40, title="Bidang pengirim")
    field_text: str = Field(default="text", max_length=40, title="Bidang isi")
    field_id: str = Field(default="id", max_length=40, title="Bidang nomor pesan")
    field_status: str = Field(default="status", max_length=40, title="Bidang status")
    delivered: str = Field(default="delivered,DELIVRD,1", max_length=200, title="Kata untuk sampai")
    undelivered: str = Field(
        default="failed,undelivered,UNDELIV,EXPIRED,REJECTD,2", max_length=200, title="Kata untuk gagal"
    )

    _bare = field_validator("secret", "inbound_token")(checked_secret)

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, words: str) -> str:
        if SLOT.search(host_of(checked_url(words))):
            raise ValueError("nama server tidak boleh memuat {…}")
        return words

    @field_validator("check_url")
    @classmethod
    def _is_empty_or_an_address(cls, words: str) -> str:
        return checked_url(words) if words else ""

    @field_validator("success", "id_pattern")
    @classmethod
    def _is_a_pattern(cls, words: str) -> str:
        try:
            re.compile(words)
        except re.error:
            raise ValueError("bukan pola (regex) yang sah") from None
        return words

    @field_validator("headers")
    @classmethod
    def _are_headers(cls, words: str) -> str:
        if any(":" not in line for line in words.splitlines() if line.strip()):
            raise ValueError("satu kepala tiap baris, nama lalu titik dua lalu isinya")
        if not words.isascii():
            raise ValueError("hanya huruf, angka dan tanda biasa")
        return words


class SmsGatewayChannel:
    """Fills the template and reads the answer."""

    name: ClassVar[str] = "sms_gateway"
    Settings: ClassVar[type[BaseModel]] = SmsGatewaySettings
    pace: ClassVar[float] = 5.0

    def __init__(self, settings: SmsGatewaySettings, wire: "Wire") -> None:
        self._settings, self._wire = settings, wire

    @staticmethod
    def hosts(settings: SmsGatewaySettings) -> tuple[str, ...]:
        """The hosts this channel may ask."""
        return tuple(host_of(url) for url in (settings.url, settings.check_url) if url)

    def check(self) -> Health:
        """Ask the address that costs nothing, where the gateway has one."""
        if not self._settings.check_url:
            return Health("ok", "Gateway tidak punya alamat pemeriksaan; dinilai dari kiriman.")
        answer = self._wire.ask("GET", self._settings.check_url, self._headers({"secret": self._secret}))
        if 200 <= answer.status < 300:
            return Health("ok", "Gateway SMS menjawab.")
        return Health("down", f"Gateway SMS menjawab kode {answer.status}.")

    def deliver(self, message: Message) -> Receipt:
        """One SMS; a gateway that deduplicates does it by {uid}."""
        words = plain_text("", message.text, message.link)
        slots = {"to": message.address, "text": words, "uid": message.uid, "secret": self._secret}
        url, form = filled(self._settings.url, slots, _as_url), self._settings.form
        body = None if self._settings.method == "GET" else filled(self._settings.body, slots, _ESCAPE[form]).encode()
        headers = self._headers(slots) if body is None else {"Content-Type": FORMS[form], **self._headers(slots)}
        answer = self._wire.ask(self._settings.method, url, headers, body)
        receipt = receipt_of(answer.status, answer.headers, dt.datetime.now(dt.UTC))
        return self._judged(answer.body[:LONGEST_SEARCHED].decode(errors="replace"), message, receipt)

    def _judged(self, words: str, message: Message, receipt: Receipt) -> Receipt:
        """A 200 that says it failed did fail: the gateway will not take this one, whoever asks again."""
        if receipt.state != "sent":
            return receipt
        if self._settings.success and not re.search(self._settings.success, words):
            return Receipt("failed", reason="Gateway SMS menjawab, tetapi tidak menerima pesan ini.")
        found = re.search(self._settings.id_pattern, words) if self._settings.id_pattern else None
        named = found and (found[1] if found.re.groups else found[0])
        return receipt._replace(foreign_id=named or message.uid)

    @property
    def _secret(self) -> str:
        return str(self._settings.secret.get_secret_value())

    def _headers(self, slots: Mapping[str, str]) -> dict[str, str]:
        """The headers with their slots filled; no word of a message can begin a line of its own."""
        lines = (line.partition(":") for line in self._settings.headers.splitlines() if line.strip())
        return {name.strip(): filled(value.strip(), slots, _on_one_line) for name, _, value in lines}

    def poll(self) -> list[Incoming | Report]:
        """The gateway speaks through our own door."""
        return []

    def close(self) -> None:
        """The wire is closed by whoever made it."""

    @staticmethod
    def webhook(settings: SmsGatewaySettings, headers: Mapping[str, str], body: bytes) -> list[Incoming | Report]:
        """A message or a report, as JSON or a form; raises BadSignature when the secret is not ours."""
        if not same_secret(token_of(headers), settings.inbound_token.get_secret_value()):
            raise BadSignature("Tanda tangan tidak cocok.")
        said = _fields(headers, body)
        come = _report(settings, said) or _message(settings, said)
        return [come] if come else []


def filled(template: str, slots: Mapping[str, str], escape: Callable[[str], str]) -> str:
    """The template with its slots filled once: what stands in a message is never a slot itself."""
    return SLOT.sub(lambda found: escape(slots.get(found[1], "")), template)


def _on_one_line(words: str) -> str:
    return " ".join(words.split())


# reading what comes in


def token_of(headers: Mapping[str, str]) -> str | None:
    """The secret of a request, wherever this gateway can put one: never in the address, which logs keep."""
    if given := header(headers, TOKEN_HEADER):
        return given
    kind, _, rest = (header(headers, "Authorization") or "").partition(" ")
    if kind.lower() == "bearer":
        return rest.strip()
    return _sandi(rest) if kind.lower() == "basic" else None


def _sandi(words: str) -> str | None:
    try:
        return base64.b64decode(words.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return None


def _fields(headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    """The fields of the body as text; a list or an object in one of them is nobody's words."""
    if "form" in (header(headers, "Content-Type") or ""):
        return _form(body.decode(errors="replace"))
    return {name: str(value) for name, value in json_of(body).items() if isinstance(value, str | int | float)}


def _form(words: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(words, max_num_fields=MOST_FIELDS))
    except ValueError:
        return {}


def _report(settings: SmsGatewaySettings, said: Mapping[str, str]) -> Report | None:
    status, named = said.get(settings.field_status, "").strip().lower(), said.get(settings.field_id)
    if not status or not named:
        return None
    now = dt.datetime.now(dt.UTC)
    if status in _words(settings.delivered):
        return Report(named, "heard", now)
    if status in _words(settings.undelivered):
        return Report(named, "failed", now, "Gateway SMS melaporkan pesan tidak sampai.")
    return None


def _words(listed: str) -> set[str]:
    return {one.strip().lower() for one in listed.split(",") if one.strip()}


def _message(settings: SmsGatewaySettings, said: Mapping[str, str]) -> Incoming | None:
    sender, text, named = (said.get(name) for name in (settings.field_from, settings.field_text, settings.field_id))
    if not sender or text is None:
        return None
    now = dt.datetime.now(dt.UTC)
    return Incoming("sms_gateway", named or _name_of(sender, text, now), sender, text, now)


def _name_of(sender: str, text: str, now: dt.datetime) -> str:
    """For a gateway that numbers nothing: the same words of the same sender are one message for ten minutes."""
    said = f"{sender}\x1f{text}\x1f{int(now.timestamp() // NAMED_ALIKE_S)}"
    return hashlib.sha256(said.encode(errors="replace")).hexdigest()
