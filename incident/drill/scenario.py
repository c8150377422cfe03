"""The night as it is written: who can be sent, who answers on the radio, and what happens when."""

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("flood_night.toml")
LATIHAN = "LATIHAN"
NOT_SAID = {"name", "at_s", "do"}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens at a second of the story; `said` are the words of its kind."""

    name: str
    at_s: float
    do: str
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Report:
    """What a simulated team says by radio, so many seconds after its first acknowledgement."""

    after_s: float
    say: str


@dataclass(frozen=True, slots=True)
class Team:
    """A simulated field team; without `answers_after_s` only its device hears."""

    call_sign: str
    answers_after_s: float | None
    then: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole night."""

    title: str
    starts: str
    units: tuple[Mapping[str, Any], ...]
    teams: tuple[Team, ...]
    steps: tuple[Step, ...]

    @property
    def ends_s(self) -> float:
        return self.steps[-1].at_s

    def station_of(self, call_sign: str) -> int:
        return next(int(one["station"]) for one in self.units if one["call_sign"] == call_sign)


def load(file: Path = FILE) -> Scenario:
    """Read a night from its file, steps in the order of the story."""
    given = tomllib.loads(file.read_text())
    told = [_step(one) for one in given["step"]]
    steps = sorted((one for step in told for one in (*_before(step), step)), key=lambda one: one.at_s)
    teams = tuple(_team(one) for one in given["station"])
    return Scenario(given["title"], given["starts"], tuple(given["unit"]), teams, tuple(steps))


def _step(given: Mapping[str, Any]) -> Step:
    said = {name: value for name, value in given.items() if name not in NOT_SAID}
    return Step(given["name"], float(given["at_s"]), given["do"], said)


RINGS_S, TALKS_S = 9.0, 5.0  # before a call is written down it rings, then someone talks


def _before(step: Step) -> tuple[Step, ...]:
    """The telephone rings before a call is taken, and is answered."""
    if step.do != "call":
        return ()
    told = {"call": step.name, "caller": step.said.get("caller", {})}
    rings = Step(f"{step.name}-rings", max(0.0, step.at_s - RINGS_S), "ring", told)
    return rings, Step(f"{step.name}-answered", max(0.0, step.at_s - TALKS_S), "answer", told)


def _team(given: Mapping[str, Any]) -> Team:
    then = tuple(Report(float(one["after_s"]), one["say"]) for one in given.get("then", ()))
    return Team(given["call_sign"], given.get("answers_after_s"), then)


def loud(text: str) -> str:
    """The words of an exercise, recognised from either end."""
    return f"{LATIHAN}. {text.strip(' .')}. {LATIHAN}"


def clock_words(seconds: float) -> str:
    """`07.05`: minutes and seconds of the story."""
    whole = dt.timedelta(seconds=int(seconds)).seconds
    return f"{whole // 60:02d}.{whole % 60:02d}"
