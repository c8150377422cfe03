"""The Bot API as far as the channel speaks it: sendMessage, getUpdates, getFile."""

from contextlib import AbstractContextManager
from pathlib import Path

from alerts.channels.telegram import TelegramChannel, TelegramSettings
from tests.alerts.channel_fakes.kit import Fake, over_http
from tests.alerts.fakes import Asked, FarEnd, Said

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
CHAT = "611223344"
SENT = {"ok": True, "result": {"message_id": 42, "date": 1697044557, "chat": {"id": int(CHAT), "type": "private"}}}


def fake(folder: Path | None = None) -> AbstractContextManager[Fake]:
    """A bot whose token is known."""

    def maker(far: FarEnd) -> tuple[TelegramSettings, str, tuple[str, ...]]:
        return TelegramSettings(token=TOKEN, base_url=far.url, webhook_secret="w" * 20), CHAT, (TOKEN, "w" * 20)

    return over_http(
        maker,
        TelegramChannel,
        Said(body=SENT),
        _words,
        busy=Said(429, {"ok": False, "error_code": 429, "parameters": {"retry_after": 7}}),
        refuses=Said(403, {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}),
    )


def _words(asked: Asked) -> str:
    return str(asked.json.get("text", "")) if asked.path.endswith("/sendMessage") else ""
