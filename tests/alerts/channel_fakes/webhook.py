"""The far end of a signed webhook."""

from contextlib import AbstractContextManager
from pathlib import Path

from alerts.channels.webhook import WebhookChannel, WebhookSettings
from tests.alerts.channel_fakes.kit import Fake, over_http
from tests.alerts.fakes import Asked, FarEnd, Said

SECRET = "rahasia-bersama-yang-panjang-77"


def fake(folder: Path | None = None) -> AbstractContextManager[Fake]:
    """A system that takes alerts as JSON."""

    def maker(far: FarEnd) -> tuple[WebhookSettings, str, tuple[str, ...]]:
        return WebhookSettings(url=f"{far.url}/siaran?x=1", secret=SECRET), "kepala-desa-5521", (SECRET,)

    return over_http(maker, WebhookChannel, Said(), _words)


def _words(asked: Asked) -> str:
    return str(asked.json.get("text", "")) if asked.method == "POST" else ""
