"""The Cloud API as far as the channel speaks it: /messages, the number's own record, media."""

from contextlib import AbstractContextManager
from pathlib import Path

from alerts.channels.whatsapp import WhatsappChannel, WhatsappSettings
from tests.alerts.channel_fakes.kit import Fake, over_http
from tests.alerts.fakes import Asked, FarEnd, Said

TOKEN = "EAAG-token-panjang-dari-meta-0099"
APP_SECRET = "f00dfeedf00dfeedf00dfeedf00dfeed"
VERIFY = "kata-pembuka-kita"
NUMBER = "081234500077"
NUMBER_ID = "106540352242922"
WAMID = "wamid.HBgNNjI4MTIzNDUwMDA3NxUCABEYEjI"
SENT = {"messaging_product": "whatsapp", "contacts": [{"wa_id": "6281234500077"}], "messages": [{"id": WAMID}]}


def settings_for(url: str) -> WhatsappSettings:
    """An account whose API is at `url`."""
    return WhatsappSettings(
        phone_number_id=NUMBER_ID, token=TOKEN, app_secret=APP_SECRET, verify_token=VERIFY, base_url=url
    )


def fake(folder: Path | None = None) -> AbstractContextManager[Fake]:
    """A number that may send."""

    def maker(far: FarEnd) -> tuple[WhatsappSettings, str, tuple[str, ...]]:
        return settings_for(f"{far.url}/v23.0"), NUMBER, (TOKEN, APP_SECRET, VERIFY)

    refused = {"error": {"message": "(#131026) Message undeliverable", "code": 131026}}
    limited = {"error": {"message": "Rate limit hit", "code": 130429}}
    return over_http(
        maker,
        WhatsappChannel,
        Said(body=SENT),
        _words,
        busy=Said(400, limited, headers={"Retry-After": "7"}),
        refuses=Said(400, refused),
    )


def _words(asked: Asked) -> str:
    """The second parameter of the template, or the plain words."""
    if asked.method != "POST":
        return ""
    if asked.json["type"] == "text":
        return str(asked.json["text"]["body"])
    return str(asked.json["template"]["components"][0]["parameters"][1]["text"])
