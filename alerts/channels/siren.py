"""The siren: a relay that closes for a bounded time, for an evacuation that two people stand by, and for nothing else.

The ladder lets it sound only when a second person approved; an exercise cannot even load this file. Whatever dies here,
the siren falls silent by itself: a relay in the network by its own timer, one on this machine by a process apart.
"""

import datetime as dt
import re
import select
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator

from alerts.channels import Health, Incoming, Message, Receipt, Report, siren_hold
from alerts.channels.answers import receipt_of
from alerts.channels.once import Once
from alerts.channels.webhook import checked_secret, checked_url, host_of
from incident.config import load_settings

if TYPE_CHECKING:
    from alerts.wire import Wire

LONGEST_S = 180
"""However it is set up: after three minutes people have heard it, and the motor is hot."""
LET_GO_S = 2.0
CLOSED_S = 5.0
"""Longer than the holder waits for a pin that is not free yet; one that dies is known at once."""
SYSFS = "/sys/class/gpio"
HOLDER = siren_hold.__file__
NOT_FOR_THIS = "Sirene hanya dibunyikan untuk perintah evakuasi."
NOT_IN_EXERCISE = "Sirene tidak pernah dibunyikan dalam gladi."
NOT_CLOSED = "Relai tidak dapat digerakkan; periksa papan dan pin GPIO."


class SirenSettings(BaseModel):
    """Where the relay is, and for how long it may close."""

    way: Literal["http", "gpio"] = Field(default="http", title="Jenis relai")
    on_url: str = Field(
        default="",
        max_length=500,
        title="Alamat menyalakan",
        description="Memuat {seconds}: relai mati sendiri, misalnya http://192.168.1.50/relay/0?turn=on&timer={seconds}",
    )
    off_url: str = Field(default="", max_length=500, title="Alamat mematikan")
    check_url: str = Field(
        default="", max_length=500, title="Alamat pemeriksaan", description="Menjawab tanpa menyalakan apa pun."
    )
    password: SecretStr = Field(default=SecretStr(""), title="Sandi relai", description="Dikirim sebagai Bearer.")
    gpio_file: str = Field(
        default="",
        max_length=200,
        title="Pin GPIO",
        description="Misalnya /dev/gpiochip0:17; papan lama: /sys/class/gpio/gpio17/value",
    )
    active_low: bool = Field(default=False, title="Relai menutup saat pin rendah")
    seconds: int = Field(default=60, ge=3, le=LONGEST_S, title="Lama bunyi (detik)")

    _bare = field_validator("password")(checked_secret)

    @field_validator("on_url", "off_url", "check_url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        return checked_url(url) if url else ""

    @model_validator(mode="after")
    def _is_whole(self) -> "SirenSettings":
        if self.way == "http" and ("{seconds}" not in self.on_url or not self.off_url or not self.check_url):
            raise ValueError("Isi tiga alamat; yang menyalakan memuat {seconds}, agar relai mati sendiri.")
        if self.way == "gpio" and not _is_a_pin(self.gpio_file):
            raise ValueError("Isi pin GPIO dengan jalur lengkap, misalnya /dev/gpiochip0:17.")
        return self


def _is_a_pin(path: str) -> bool:
    """A line of a GPIO chip or the value file of a pin in sysfs: nothing else is ever written to."""
    return re.fullmatch(rf"/dev/gpiochip\d+:\d+|{re.escape(SYSFS)}/gpio\d+/value", path, re.ASCII) is not None


class SirenChannel:
    """One relay. Of one (alert, revision) it sounds once, however many listen; when a person sends it again, again."""

    name: ClassVar[str] = "siren"
    Settings: ClassVar[type[BaseModel]] = SirenSettings
    pace: ClassVar[float] = 1.0

    def __init__(self, settings: SirenSettings, wire: "Wire") -> None:
        self._settings, self._wire = settings, wire
        self._sounded: defaultdict[tuple[int, int, dt.datetime], Once] = defaultdict(Once)
        self._holding: subprocess.Popen[bytes] | None = None
        self._stop = load_settings().data / "siren" / "stop"

    @staticmethod
    def hosts(settings: SirenSettings) -> tuple[str, ...]:
        """The hosts it may speak to."""
        urls = (settings.on_url, settings.off_url, settings.check_url) if settings.way == "http" else ()
        return tuple(dict.fromkeys(host_of(url) for url in urls))

    def check(self) -> Health:
        """Ask the relay how it is; nothing is switched."""
        if self._settings.way == "gpio":
            return self._pin()
        answer = self._ask(self._settings.check_url)
        return Health("ok", "Relai menjawab.") if answer.state == "sent" else Health("down", answer.reason)

    def _pin(self) -> Health:
        try:
            is_used = siren_hold.is_used(self._settings.gpio_file) and not self._is_ours()
        except PermissionError:
            return Health("down", "Pin GPIO tidak boleh dipakai; masukkan akun Posko ke grup gpio.")
        except OSError:
            return Health("down", "Pin GPIO tidak ada; periksa papan dan nomornya.")
        return Health("warn", "Pin GPIO sedang dipegang program lain.") if is_used else Health("ok", "Relai siap.")

    def _is_ours(self) -> bool:
        return self._holding is not None and self._holding.poll() is None

    def deliver(self, message: Message) -> Receipt:
        """Sound for an evacuation; a cancel silences at once; a trial of ours only asks whether the relay is there."""
        if message.exercise:
            return Receipt("failed", reason=NOT_IN_EXERCISE)
        if message.is_cancel:
            return self._silence(message)
        if not message.alert_id:
            health = self.check()
            return Receipt("sent", message.uid) if health.state == "ok" else Receipt("again", reason=health.words)
        if message.order != "evacuate":
            return Receipt("failed", reason=NOT_FOR_THIS)
        return self._sound_once(message)

    def _sound_once(self, message: Message) -> Receipt:
        once = self._sounded[(message.alert_id, message.revision, message.expires_at)]
        receipt = self._sound() if once.is_due(message.uid, message.address) else Receipt("sent")
        if receipt.state == "sent":
            once.keep(message.uid, message.address)
        return receipt._replace(foreign_id=message.uid)

    def _sound(self) -> Receipt:
        if self._settings.way == "http":
            return self._ask(self._settings.on_url.replace("{seconds}", str(self._settings.seconds)))
        if (health := self._let_go()).state != "ok":
            return Receipt("again", reason=health.words)
        self._stop.unlink(missing_ok=True)
        self._holding = _hold(self._settings, self._stop)
        return Receipt("sent") if _has_closed(self._holding) else Receipt("again", reason=NOT_CLOSED)

    def _silence(self, message: Message) -> Receipt:
        if self._settings.way == "http":
            return self._ask(self._settings.off_url)._replace(foreign_id=message.uid)
        health = self._let_go()
        return Receipt("sent", message.uid) if health.state == "ok" else Receipt("again", reason=health.words)

    def _let_go(self) -> Health:
        """End whoever holds the relay, also one that a sender before us began, and open it; whether it is open now."""
        self._stop.parent.mkdir(parents=True, exist_ok=True)
        self._stop.touch()
        if self._holding is not None:
            self._holding.terminate()
            self._holding.wait(5)
        self._holding = None
        try:
            _opened(self._settings)
        except OSError:
            health = self._pin()
            return health if health.state != "ok" else Health("down", NOT_CLOSED)
        return Health("ok", "Relai siap.")

    def _ask(self, url: str) -> Receipt:
        password = self._settings.password.get_secret_value()
        headers = {"Authorization": f"Bearer {password}"} if password else {}
        answer = self._wire.ask("GET", url, headers)
        return receipt_of(answer.status, answer.headers, dt.datetime.now(dt.UTC))

    def poll(self) -> list[Incoming | Report]:
        """A siren hears nobody."""
        return []

    def close(self) -> None:
        """What sounds goes on to its end: the process that holds it outlives us."""


def _opened(settings: SirenSettings) -> None:
    """Open the relay, once whoever held it let go; raises OSError where the pin is not to be had."""
    ends = time.monotonic() + LET_GO_S
    while siren_hold.is_used(settings.gpio_file) and time.monotonic() < ends:
        time.sleep(siren_hold.LOOK_S)
    siren_hold.release(settings.gpio_file, settings.active_low)


def _hold(settings: SirenSettings, stop: Path) -> "subprocess.Popen[bytes]":
    """Close the relay from a process of its own session: whoever is killed, it opens the relay again in time.

    Without our packages it begins within a few hundredths of a second.
    """
    given = (settings.gpio_file, str(settings.seconds), "low" if settings.active_low else "high", str(stop))
    command = [sys.executable, "-I", "-S", HOLDER, *given]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True)


def _has_closed(holding: "subprocess.Popen[bytes]") -> bool:
    """Wait until the holder says that the relay is closed; False where it died over it or says nothing."""
    assert holding.stdout is not None
    with holding.stdout as said:
        watch = select.poll()
        watch.register(said, select.POLLIN)
        return bool(watch.poll(CLOSED_S * 1000)) and said.read(1) == siren_hold.CLOSED
