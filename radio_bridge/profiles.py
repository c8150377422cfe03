"""What the law allows on a channel, read from one file per radio service; the code obeys it, no setting softens it."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

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

    @property
    def hour_s(self) -> float:
        """Seconds on the air in any hour."""
        return 3600 * self.duty_cycle


def services() -> list[str]:
    """The names of all services."""
    return sorted(file.stem for file in FOLDER.glob("*.toml"))


@cache
def get_profile(name: str) -> Profile:
    """The profile of a service. Raises UnknownService."""
    if name not in services():
        raise UnknownService(f"{name!r} is no radio service; known are {', '.join(services())}.")
    return _checked(Profile(name=name, **_read(FOLDER / f"{name}.toml")))


def _read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text())


def _checked(profile: Profile) -> Profile:
    """A slip in a file must not become a transmitter that never stops."""
    if not 0 < profile.duty_cycle <= 1:
        raise ValueError(f"{profile.name}: duty_cycle is above 0 and at most 1, not {profile.duty_cycle}.")
    if profile.content not in ("binary", "plain", "voice"):
        raise ValueError(f"{profile.name}: content is binary, plain or voice, not {profile.content!r}.")
    return profile
