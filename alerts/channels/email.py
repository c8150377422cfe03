"""E-mail by SMTP: one connection kept while there is mail, STARTTLS or TLS from the first byte, Message-ID of the key.

Every mail says that a program wrote it (RFC 3834), so that no absence note answers it; one that comes in and says the
same is never an answer to an alert. "Taken by the server" is all that SMTP can say: `sent`, never more.
"""

import contextlib
import datetime as dt
import re
import smtplib
import ssl
import time
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, Field, SecretStr, field_validator

from alerts.channels import Health, Incoming, Message, Receipt, Report
from alerts.channels.answers import plain_text
from alerts.channels.mailbox import FAULTS, Mailbox

TIMEOUT_S = 20.0
HERE = ("127.0.0.1", "::1", "localhost")
ADDRESS = re.compile(r"[^@\s<>,;:\"()\\]{1,64}@[A-Za-z0-9.-]{1,190}")
IMPORTANCE = {"P0": "high", "P1": "high", "P2": "normal", "P3": "normal"}
LOOK_S = 30.0  # between two looks into the mailbox
WRONG_ADDRESS = "Alamat surel ini tidak sah."
NO_SERVER = "Server surel tidak dapat dicapai."
CUT_OFF = "Sambungan ke server surel putus sebelum jawabannya datang; dicoba lagi."


class EmailSettings(BaseModel):
    """The outgoing server of the office."""

    host: str = Field(title="Server SMTP", min_length=1, max_length=200, pattern=r"^[A-Za-z0-9.:-]+$")
    port: int = Field(default=587, ge=1, le=65535, title="Port", description="587 untuk STARTTLS, 465 untuk TLS.")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", title="Pengamanan", description="none hanya untuk server di mesin ini sendiri."
    )
    sender: str = Field(title="Alamat pengirim", max_length=255, description="Misalnya posko@kabupaten.go.id")
    user: str = Field(default="", max_length=200, title="Nama pengguna")
    password: SecretStr = Field(default=SecretStr(""), title="Kata sandi")
    inbox: str = Field(
        default="",
        max_length=200,
        pattern=r"^[A-Za-z0-9.-]*$",
        title="Server IMAP",
        description="Membaca jawaban dan surat yang kembali; kosong: kotak surat dibaca orang.",
    )
    inbox_port: int = Field(default=993, ge=1, le=65535, title="Port IMAP")
    authority: str = Field(
        default="", max_length=20_000, title="Sertifikat CA", description="PEM, bila server memakai CA sendiri."
    )

    @field_validator("sender")
    @classmethod
    def _is_an_address(cls, words: str) -> str:
        if not ADDRESS.fullmatch(words):
            raise ValueError("alamat surel, misalnya posko@kabupaten.go.id")
        return words

    @field_validator("user", "password")
    @classmethod
    def _can_be_said(cls, words: Any) -> Any:
        said = words.get_secret_value() if isinstance(words, SecretStr) else words
        if not said.isascii() or not said.isprintable():
            raise ValueError("hanya huruf, angka dan tanda biasa; server surel tidak mengenal yang lain")
        return words

    @field_validator("authority")
    @classmethod
    def _is_a_certificate(cls, pem: str) -> str:
        try:
            if pem.strip():
                ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=pem)
        except (ssl.SSLError, TypeError, ValueError):
            raise ValueError("sertifikat PEM yang utuh, dari BEGIN sampai END CERTIFICATE") from None
        return pem.strip()

    @field_validator("inbox")
    @classmethod
    def _is_read_in_secret(cls, host: str, info: Any) -> str:
        if host and info.data.get("security") == "none" and host not in HERE:
            raise ValueError("tanpa pengamanan hanya boleh untuk server di mesin ini sendiri")
        return host

    @field_validator("security")
    @classmethod
    def _is_secured(cls, word: str, info: Any) -> str:
        if word == "none" and info.data.get("host") not in HERE:
            raise ValueError("tanpa pengamanan hanya boleh untuk server di mesin ini sendiri")
        return word


class EmailChannel:
    """One SMTP session, opened when there is something to send and reopened when it is gone."""

    name: ClassVar[str] = "email"
    Settings: ClassVar[type[BaseModel]] = EmailSettings
    pace: ClassVar[float] = 10.0

    def __init__(self, settings: EmailSettings, wire: Any = None) -> None:
        self._settings = settings
        self._session: smtplib.SMTP | None = None
        self._inbox = _inbox_of(settings)
        self._look_at = 0.0

    def check(self) -> Health:
        """Log in and say NOOP."""
        try:
            self._alive().noop()
        except smtplib.SMTPAuthenticationError:
            return Health("down", "Server surel menolak nama pengguna atau kata sandi.")
        except ssl.SSLError:
            return Health("down", "Sertifikat server surel tidak dapat dipercaya.")
        except smtplib.SMTPNotSupportedError:
            return Health("down", "Server surel tidak mendukung pengamanan atau cara masuk ini.")
        except (smtplib.SMTPException, OSError):
            return Health("down", NO_SERVER)
        if self._inbox is not None and not self._inbox.check():
            return Health("warn", "Server surel menerima, tetapi kotak surat tidak dapat dibaca.")
        return Health("ok", "Server surel menerima.")

    def deliver(self, message: Message) -> Receipt:
        """Give one mail to the server; a fault of the link is tried again under the same Message-ID."""
        if not ADDRESS.fullmatch(message.address):
            return Receipt("failed", reason=WRONG_ADDRESS)
        mail = written(message, self._settings.sender, dt.datetime.now(dt.UTC))
        try:
            session = self._alive()
        except (smtplib.SMTPException, OSError) as fault:
            return self._receipt_of(fault)
        try:
            session.send_message(mail, self._settings.sender, [message.address])
        except (smtplib.SMTPException, OSError) as fault:
            receipt = self._receipt_of(fault)
            return receipt._replace(reason=CUT_OFF, is_lost=True) if receipt.reason == NO_SERVER else receipt
        return Receipt("sent", mail["Message-ID"])

    def _receipt_of(self, fault: Exception) -> Receipt:
        """4yz is for now, 5yz for good (RFC 5321 section 4.2.1); what the server wrote may hold the address."""
        code = code_of(fault)
        if not isinstance(fault, smtplib.SMTPRecipientsRefused):
            self.close()  # whatever was half said is not said on
        if isinstance(fault, smtplib.SMTPAuthenticationError):
            return Receipt("failed", reason="Server surel menolak nama pengguna atau kata sandi.")
        if isinstance(fault, smtplib.SMTPNotSupportedError):
            return Receipt("failed", reason="Server surel tidak mendukung pengamanan atau alamat ini.")
        if code is None or code == 421 or not 500 <= code < 600:
            return Receipt("again", reason=NO_SERVER if code is None else f"Server surel menunda (kode {code}).")
        return Receipt("failed", reason=f"Server surel menolak surat ini (kode {code}).")

    def poll(self) -> list[Incoming | Report]:
        """Answers and bounces, looked for twice a minute; without IMAP a person reads the mailbox."""
        if self._inbox is None or time.monotonic() < self._look_at:
            return []
        self._look_at = time.monotonic() + LOOK_S
        try:
            return self._inbox.look()
        except FAULTS:
            return []  # said by the probe

    def close(self) -> None:
        """End the session; a server that is gone needs no farewell."""
        if self._session is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._session.quit()
            with contextlib.suppress(OSError):
                self._session.close()
            self._session = None

    def _alive(self) -> smtplib.SMTP:
        """The session, asked first whether it still stands: servers close idle ones."""
        if self._session is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                if self._session.noop()[0] == 250:
                    return self._session
            self.close()
        self._session = opened(self._settings)
        return self._session


def opened(settings: EmailSettings) -> smtplib.SMTP:
    """A session that is encrypted and logged in; raises SMTPException or OSError."""
    if settings.security == "tls":
        session: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.host, settings.port, timeout=TIMEOUT_S, context=_trust(settings)
        )
    else:
        session = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT_S)
    with contextlib.ExitStack() as undo:
        undo.callback(session.close)
        if settings.security == "starttls":
            session.starttls(context=_trust(settings))  # raises when it is not offered: never on in the clear
        if settings.user:
            session.login(settings.user, settings.password.get_secret_value())
        undo.pop_all()
    return session


def _inbox_of(settings: EmailSettings) -> Mailbox | None:
    if not settings.inbox:
        return None
    trust = None if settings.security == "none" else _trust(settings)
    who = settings.user, settings.password.get_secret_value()
    return Mailbox(settings.inbox, settings.inbox_port, *who, trust, settings.sender.rpartition("@")[2])


def _trust(settings: EmailSettings) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=settings.authority or None)


def written(message: Message, sender: str, now: dt.datetime) -> EmailMessage:
    """The mail: words of the alert, a Message-ID made of its key, marked as written by a program."""
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, message.address
    mail["Subject"] = " ".join(f"[{message.priority}] {message.headline}".split())
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id(message.uid, sender)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834 section 5
    mail["X-Auto-Response-Suppress"] = "All"
    mail["Importance"] = IMPORTANCE.get(message.priority, "normal")
    mail["Expires"] = format_datetime(message.expires_at)  # RFC 4021 section 2.1.50
    mail.set_content(plain_text(message.headline, message.text, message.link))
    return mail


def message_id(uid: str, sender: str) -> str:
    """The same for every try, so that a mail given twice is one in the mailbox."""
    return f"<{uid}@{sender.rpartition('@')[2]}>"


def code_of(fault: Exception) -> int | None:
    """The code of the server's refusal, or None when it said nothing."""
    code = getattr(fault, "smtp_code", None)
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        code = next((int(told) for told, _ in fault.recipients.values()), None)
    return code if isinstance(code, int) and code > 0 else None
