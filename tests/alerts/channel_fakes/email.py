"""A mail server of this test: aiosmtpd, with STARTTLS or TLS under a certificate of its own, and log-in where asked."""

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from alerts.channels.email import EmailChannel, EmailSettings
from tests.alerts.channel_fakes.kit import Fake

ADDRESS = "kades.pringgabaya@desa.test"
PASSWORD = "sandi-surel-5521"
ANSWERS = {
    "busy": "450 4.2.0 Greylisted, kades.pringgabaya@desa.test try again",
    "down": "421 4.3.2 Closing",
    "refuses": "550 5.1.1 kades.pringgabaya@desa.test does not exist",
}


class Mailbox:
    """Takes mail, or refuses the recipient as its mood is."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.mood = "ok"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusal := ANSWERS.get(self.mood):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.mails.append(message_from_bytes(envelope.original_content or b"", policy=policy.default))
        return "250 OK"


def certificate(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate for 127.0.0.1, which is its own authority."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    made = ["openssl", "req", "-x509", *curve, "-days", "2", *names]
    subprocess.run([*made, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    return key, cert


class _Running(Controller):
    """aiosmtpd's controller on a port the machine chose, which it learns of before it asks itself once."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def _login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    fits = data.login == b"posko" and data.password == PASSWORD.encode()
    return AuthResult(success=fits, handled=False)


@contextmanager
def server(mailbox: Mailbox, folder: Path, security: str = "starttls") -> Iterator[tuple[int, str]]:
    """The port of a running server and its authority; over STARTTLS it wants a log-in."""
    key, cert = certificate(folder)
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(cert, key)
    more: dict[str, Any] = {"ssl_context": trust} if security == "tls" else {}
    if security == "starttls":
        more = {"tls_context": trust, "require_starttls": True, "authenticator": _login, "auth_required": True}
    controller = _Running(mailbox, hostname="127.0.0.1", port=0, **more)
    controller.start()
    try:
        yield controller.port, cert.read_text()
    finally:
        controller.stop()


@contextmanager
def fake(folder: Path, security: str = "starttls") -> Iterator[Fake]:
    """An office's server that wants STARTTLS and a log-in."""
    mailbox = Mailbox()
    with server(mailbox, folder, security) as (port, authority):
        more = {} if security == "none" else {"authority": authority}
        more |= {"user": "posko", "password": PASSWORD} if security == "starttls" else {}
        settings = EmailSettings(host="127.0.0.1", port=port, security=security, sender="posko@lotim.test", **more)

        def turn(mood: str) -> None:
            mailbox.mood = mood

        channel = EmailChannel(settings)
        try:
            yield Fake(channel, ADDRESS, (PASSWORD,), turn, lambda: _words(mailbox), settings=settings)
        finally:
            channel.close()


def _words(mailbox: Mailbox) -> list[str]:
    return [one.get_content() for one in mailbox.mails]
