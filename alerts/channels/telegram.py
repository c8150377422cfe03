"""Telegram by the Bot API: alerts out with a button to tap, answers and reports in, by asking or by a webhook.

A bot learns of no delivery: `sent` is all Telegram says; a tap on the button or a reply is a person. The token stands
in the address of every request, so neither the address nor a library's words about it go anywhere.
"""

import contextlib
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, Field, SecretStr, field_validator

from alerts.channels import BadSignature, Batch, Health, Incoming, Message, Receipt, Report
from alerts.channels.answers import header, json_of, plain_text, receipt_of, unread
from alerts.channels.signing import same_secret
from alerts.channels.webhook import checked_secret, checked_url, host_of
from alerts.wire import WireError

if TYPE_CHECKING:
    from alerts.wire import Answer, Wire

LONGEST = 4096  # characters of a message
MOST_UPDATES = 100
MOST_TAPS = 20  # answered of one look
KINDS = ["message", "callback_query"]
BUTTON = "Sudah saya baca"
TAP = "1"  # what a tap says: the same as the answer by hand
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
FILES = ("voice", "audio", "document", "video")


class TelegramSettings(BaseModel):
    """The bot, and how it hears what is written to it."""

    token: SecretStr = Field(title="Token bot", min_length=20, description="Diberikan oleh @BotFather.")
    hearing: Literal["poll", "webhook"] = Field(
        default="poll", title="Pesan masuk", description="poll: Posko bertanya sendiri; webhook: perlu alamat umum."
    )
    webhook_secret: SecretStr = Field(
        default=SecretStr(""), title="Rahasia webhook", description="secret_token yang diberikan kepada setWebhook."
    )
    base_url: str = Field(default="https://api.telegram.org", title="Alamat Bot API", max_length=200)

    _checked = field_validator("base_url")(checked_url)
    _bare = field_validator("token", "webhook_secret")(checked_secret)


class TelegramChannel:
    """One bot. An update is confirmed by the next question once it is stored; what was not comes again."""

    name: ClassVar[str] = "telegram"
    Settings: ClassVar[type[BaseModel]] = TelegramSettings
    pace: ClassVar[float] = 25.0  # the Bot API takes about thirty a second

    def __init__(self, settings: TelegramSettings, wire: "Wire") -> None:
        self._settings, self._wire = settings, wire
        self._offset: int | None = None

    @staticmethod
    def hosts(settings: TelegramSettings) -> tuple[str, ...]:
        """The hosts this channel may ask."""
        return (host_of(settings.base_url),)

    def check(self) -> Health:
        """Ask who we are."""
        answer = self._ask("getMe", {})
        if answer.status == 200 and json_of(answer.body).get("ok"):
            return Health("ok", "Bot Telegram menjawab.")
        if answer.status in (401, 404):
            return Health("down", "Telegram menolak token bot; periksa pengaturan saluran.")
        return Health("down", f"Telegram menjawab kode {answer.status}.")

    def deliver(self, message: Message) -> Receipt:
        """Send the words, for an alert with a button that says they were read."""
        said: dict[str, Any] = {
            "chat_id": message.address,
            "text": plain_text(message.headline, message.text, message.link)[:LONGEST],
            "link_preview_options": {"is_disabled": True},
        }
        if message.alert_id and not message.is_cancel:
            button = {"text": BUTTON, "callback_data": f"{TAP}:{message.alert_id}"}
            said["reply_markup"] = {"inline_keyboard": [[button]]}
        return _receipt(self._ask("sendMessage", said), dt.datetime.now(dt.UTC))

    def poll(self) -> list[Incoming | Report]:
        """New updates; those that were kept the last time are confirmed by this question."""
        if self._settings.hearing != "poll":
            return []
        asked = {"limit": MOST_UPDATES, "timeout": 0, "allowed_updates": KINDS}
        answer = self._ask("getUpdates", asked | ({} if self._offset is None else {"offset": self._offset}))
        updates = _updates_of(json_of(answer.body).get("result")) if answer.status == 200 else []
        return Batch(
            [come for one in updates if (come := read_update(one)) is not None], lambda: self._confirm(updates)
        )

    def _confirm(self, updates: list[dict[str, Any]]) -> None:
        """They stand: the next question says so, and the buttons that were tapped need turn no more."""
        if updates:
            self._offset = max(one["update_id"] for one in updates) + 1
        with contextlib.suppress(WireError):
            self._end_taps(updates)

    def _end_taps(self, updates: Iterable[Mapping[str, Any]]) -> None:
        """A tapped button turns until it is answered, or a while; the newest few, for alerts wait behind this."""
        taps = [one["callback_query"] for one in updates if isinstance(one.get("callback_query"), dict)]
        for tap in taps[-MOST_TAPS:]:
            self._ask("answerCallbackQuery", {"callback_query_id": str(tap.get("id", ""))})

    def fetch(self, name: str) -> bytes:
        """The bytes of a file that came with a message; raises LookupError when it is gone."""
        told = json_of(self._ask("getFile", {"file_id": name}).body).get("result")
        path = told.get("file_path") if isinstance(told, dict) else None
        if not isinstance(path, str):
            raise LookupError("Berkas itu tidak ada lagi di Telegram.")
        answer = self._wire.ask("GET", f"{self._settings.base_url}/file/bot{self._token}/{path}")
        if answer.status != 200:
            raise LookupError("Berkas itu tidak ada lagi di Telegram.")
        return answer.body

    def close(self) -> None:
        """The wire is closed by whoever made it."""

    @staticmethod
    def webhook(settings: TelegramSettings, headers: Mapping[str, str], body: bytes) -> list[Incoming | Report]:
        """What one update says; raises BadSignature when the secret token is not ours."""
        if not same_secret(header(headers, SECRET_HEADER), settings.webhook_secret.get_secret_value()):
            raise BadSignature("Tanda tangan tidak cocok.")
        come = [read_update(one) for one in _updates_of([json_of(body)])]
        return [one for one in come if one is not None]

    @property
    def _token(self) -> str:
        return str(self._settings.token.get_secret_value())

    def _ask(self, method: str, said: dict[str, Any]) -> "Answer":
        return self._wire.ask("POST", f"{self._settings.base_url}/bot{self._token}/{method}", json=said)


def _receipt(answer: "Answer", now: dt.datetime) -> Receipt:
    """What Telegram says of one message; its own words may quote the text and stay here."""
    told = json_of(answer.body)
    if answer.status < 300 and told.get("ok") is True:
        return Receipt("sent", _named(told.get("result")))
    status = (
        answer.status if answer.status >= 300 else told.get("error_code")
    )  # a fault inside a 200 is one all the same
    if not isinstance(status, int) or status < 300:
        return unread()
    more = told.get("parameters")
    parameters = more if isinstance(more, dict) else {}
    wait = parameters.get("retry_after")
    headers = {"retry-after": str(wait)} if isinstance(wait, int) else answer.headers
    return receipt_of(status, headers, now, reason=_why(status, told, parameters))


def _why(status: int, told: Mapping[str, Any], parameters: Mapping[str, Any]) -> str:
    words = str(told.get("description", "")).lower()
    if "migrate_to_chat_id" in parameters:
        return "Grup Telegram ini pindah ke alamat baru; perbarui alamatnya di buku telepon."
    if status == 403:
        return "Penerima menutup bot ini atau belum pernah menyapanya."
    if status == 400 and "chat not found" in words:
        return "Alamat Telegram ini tidak dikenal bot; penerima harus menyapa bot dahulu."
    return ""


def _named(sent: Any) -> str | None:
    chat = sent.get("chat") if isinstance(sent, dict) else None
    return foreign_id(chat.get("id"), sent.get("message_id")) if isinstance(chat, dict) else None


def foreign_id(chat: Any, message: Any) -> str | None:
    """Telegram numbers messages within a chat: both make a name."""
    return f"{chat}:{message}" if chat is not None and message is not None else None


# reading what comes in


def _updates_of(given: Any) -> list[dict[str, Any]]:
    """Those that can be an update at all."""
    many = given if isinstance(given, list) else []
    return [one for one in many if isinstance(one, dict) and isinstance(one.get("update_id"), int)]


def read_update(update: Mapping[str, Any]) -> Incoming | None:
    """A person's message or tap; None for bots, for what groups say among themselves, and for what is no message."""
    try:
        if tap := update.get("callback_query"):
            return _tapped(tap)
        return _said(update["message"]) if "message" in update else None
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError):
        return None  # not as the Bot API has it: nothing anybody said


def _tapped(tap: Mapping[str, Any]) -> Incoming | None:
    under = tap["message"]
    if tap["from"].get("is_bot") or str(tap.get("data", "")).partition(":")[0] != TAP:
        return None
    chat = str(under["chat"]["id"])
    return Incoming(
        "telegram",
        f"tap:{tap['id']}",
        chat,
        TAP,
        dt.datetime.now(dt.UTC),
        answers=foreign_id(chat, under["message_id"]),
    )


def _said(message: Mapping[str, Any]) -> Incoming | None:
    chat, replied = message["chat"], message.get("reply_to_message")
    if message["from"].get("is_bot") or "via_bot" in message:
        return None
    answers = foreign_id(chat["id"], replied["message_id"]) if replied else None
    if chat["type"] != "private" and not (replied and replied.get("from", {}).get("is_bot")):
        return None
    place = message.get("location") or message.get("venue", {}).get("location") or {}
    return Incoming(
        channel="telegram",
        foreign_id=f"{chat['id']}:{message['message_id']}",
        sender=str(chat["id"]),
        text=str(message.get("text") or message.get("caption") or ""),
        at=dt.datetime.fromtimestamp(int(message["date"]), dt.UTC),
        lon=_degrees(place, "longitude"),
        lat=_degrees(place, "latitude"),
        files=tuple(_files(message)),
        answers=answers,
    )


def _degrees(place: Mapping[str, Any], name: str) -> float | None:
    return float(place[name]) if name in place else None


def _files(message: Mapping[str, Any]) -> Iterable[str]:
    """The largest picture, and what else was sent with it."""
    if sizes := message.get("photo"):
        yield str(max(sizes, key=lambda one: one.get("width", 0) * one.get("height", 0))["file_id"])
    for kind in FILES:
        if kind in message:
            yield str(message[kind]["file_id"])
