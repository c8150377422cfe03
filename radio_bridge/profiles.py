"""What the law allows on a channel, read from one file per radio service; the code obeys it, no setting softens it."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl

FOLDER = Path(__file__).parent / "profiles"
USUAL = "dinas"

Content = Literal["binary", "plain", "voice"]


class UnknownService(ValueError):
    """No file of that name; the message lists those there are."""


@dataclass(frozen=True)
class Profile:
    """One radio service. The figures are second-hand: Balmon, and ORARI on amateur bands, must confirm them."""

    name: str
    words: str
    basis: str
    power_dbm: float
    """Most that may leave the transmitter. Nothing sets it from here; the field card and the docs print it."""
    duty_cycle: float
    """Share of any hour in which this station may be on the air, above 0 and at most 1."""
    longest_key_up_s: float
    content: Content
    """binary: anything; plain: only words a person can read; voice: only people speak, so nothing is keyed."""
    identify_every_s: float
    """While active, the call sign goes out in clear text at least this often and at the end; 0: not needed."""
    needs_callsign: bool
    """Whether the station must name a call sign of its own."""
    longest_speech_s: float = 0.0
    """Longest time a machine may speak here without a pause; 0: this channel carries no speech."""

    @property
    def hour_s(self) -> float:
        """Seconds on the air in any hour."""
        return 3600 * self.duty_cycle

    @property
    def limit_s(self) -> float | None:
        """hour_s where that is a limit to this station; None where the whole hour is free or only people speak."""
        return None if self.duty_cycle == 1 or self.content == "voice" else self.hour_s


def services() -> list[str]:
    """The names of all services."""
    return sorted(file.stem for file in FOLDER.glob("*.toml"))


@cache
def get_profile(name: str) -> Profile:
    """The profile of a service. Raises UnknownService."""
    if name not in services():
        raise UnknownService(f"{name!r} is no radio service; known are {', '.join(services())}.")
    return _checked(Profile(name=name, **_read(FOLDER / f"{name}.toml")))


def profile_of(url: str) -> Profile:
    """The law that holds for the radio at this address; the usual one where the address names no service we know.

    For those who only look: with an unknown service the radio itself does not start.
    """
    name = dict(parse_qsl(url.partition("?")[2])).get("service", USUAL)
    return get_profile(name if name in services() else USUAL)


def _read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text())


def _checked(profile: Profile) -> Profile:
    """A slip in a file must not become a transmitter that never stops."""
    if not 0 < profile.duty_cycle <= 1:
        raise ValueError(f"{profile.name}: duty_cycle is above 0 and at most 1, not {profile.duty_cycle}.")
    if profile.content not in ("binary", "plain", "voice"):
        raise ValueError(f"{profile.name}: content is binary, plain or voice, not {profile.content!r}.")
    return profile
