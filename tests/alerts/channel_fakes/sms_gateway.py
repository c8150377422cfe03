"""A gateway that takes JSON, wants a bearer token, and answers 200 also when it refuses."""

from contextlib import AbstractContextManager
from pathlib import Path

from alerts.channels.sms_gateway import SmsGatewayChannel, SmsGatewaySettings
from tests.alerts.channel_fakes.kit import Fake, over_http
from tests.alerts.fakes import Asked, FarEnd, Said

SECRET = "kunci-gateway-5150"
INBOUND = "rahasia-masuk-5151"
NUMBER = "081234500077"


def fake(folder: Path | None = None) -> AbstractContextManager[Fake]:
    """The gateway with the usual template."""

    def maker(far: FarEnd) -> tuple[SmsGatewaySettings, str, tuple[str, ...]]:
        settings = SmsGatewaySettings(
            url=f"{far.url}/kirim",
            headers="Authorization: Bearer {secret}",
            secret=SECRET,
            inbound_token=INBOUND,
            success='"status": ?"ok"',
            id_pattern=r'"id": ?"(\w+)"',
            check_url=f"{far.url}/saldo",
        )
        return settings, NUMBER, (SECRET, INBOUND)

    fine = Said(body={"status": "ok", "id": "sms5521"})
    refused = Said(body={"status": "error", "message": "no credit for 081234500077"})
    return over_http(maker, SmsGatewayChannel, fine, _words, refuses=refused)


def _words(asked: Asked) -> str:
    return str(asked.json.get("message", "")) if asked.method == "POST" else ""
