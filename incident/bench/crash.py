"""Power cuts: the real processes are killed with SIGKILL at every step of a call's life, and nothing may be lost.

A kill at a step comes after the work of the step before it and before the work that follows, so the row of steps
is "before and after each". `idle` is a kill at a moment of its own choosing: before anything was received.
"""

import contextlib
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import click
import orjson
from sqlalchemy import text

from incident import failpoints
from incident.bench import check, history
from incident.bench.callers import Alerter, Caller, CallTaker
from incident.bench.fieldteam import FieldTeam
from incident.bench.screen import Picture, Screen, wait_for_head
from incident.bench.stage import FAST_AIR, STATION, UNIT, Stage, database_option, stage, wait_for_death

EVERYTHING = ("serve", "relay", "radio")
# step -> the process that dies there
DIES_AT = {
    "idle": "serve",
    "received": "serve",
    "authorised": "serve",
    "begun": "serve",
    "row": "serve",
    "entry": "serve",
    "commit": "serve",
    "answered": "serve",
    "told": "serve",
    "relay.picked": "relay",
    "order.spooled": "radio",
    "spool.begun": "radio",
    "spool.commit": "radio",
    "air.kept": "radio",
    "air.sent": "radio",
    "air.noted": "radio",
    "ack.heard": "radio",
    "ack.stored": "radio",
}
assert set(failpoints.STEPS) < set(DIES_AT)
PATIENCE_S = 30.0
SETTLE_S = 60.0


@dataclass(frozen=True)
class Cut:
    """One kill: at the n-th time of a step; `is_wide` when the whole room loses its power with it."""

    step: str
    times: int
    is_wide: bool

    @property
    def process(self) -> str:
        return DIES_AT[self.step]

    @property
    def failpoint(self) -> str:
        return "" if self.step == "idle" else f"{self.step}:{self.times}"


AT_MOST = {"serve": 4, "relay": 1, "radio": 3}
"""process -> it dies at up to the n-th time of a step."""


def cuts(seed: int, process: str | None = None) -> Iterator[Cut]:
    """Every step (of one process, if named) in turn, in a new order each round; every third is the whole room."""
    chance = random.Random(seed)
    while True:
        steps = [step for step, dies in DIES_AT.items() if process in (None, dies)]
        chance.shuffle(steps)
        for step in steps:
            yield Cut(step, chance.randint(1, AT_MOST[DIES_AT[step]]), chance.random() < 1 / 3)


@dataclass
class Outcome:
    """What a run of power cuts showed."""

    kills: Counter[str] = field(default_factory=Counter)
    unreached: Counter[str] = field(default_factory=Counter)
    wide: int = 0
    acknowledged: int = 0
    retries: int = 0
    entries: int = 0
    screens: int = 0
    reconnects: int = 0
    seconds: float = 0.0
    refusals: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def facts(self) -> dict[str, Any]:
        """All of it as JSON-able values."""
        return {**vars(self), "kills": dict(self.kills), "unreached": dict(self.unreached), "total": self.kills.total()}


class PowerCuts:
    """The room, those who call, the screens that watch, and the hand on the plug."""

    def __init__(self, here: Stage, seed: int, screens: int):
        self.here, self.seed = here, seed
        self.chance = random.Random(seed)
        self.outcome = Outcome(screens=screens)
        self.path = here.folder / "history.jsonl"
        self.history = history.History(self.path)
        roles = ("coordinator", "leader", "field", "agency")
        self.screens = [self._screen(roles[number % len(roles)], number) for number in range(screens)]
        coordinator = here.tokens["coordinator"]
        self.callers: list[Caller] = [CallTaker(here.port, coordinator, self.history, seed + n) for n in range(2)]
        self.callers.append(CallTaker(here.port, coordinator, self.history, seed + 2, 0.03))
        self.callers.append(Alerter(here.port, coordinator, self.history, seed + 3, here.unit_id, 0.3))
        self.team = FieldTeam(self._air(), UNIT, STATION, here.env["POSKO_RADIO_KEY"], here.folder)

    def _screen(self, role: str, number: int) -> Screen:
        return Screen(self.here.port, self.here.tokens[role], f"{role}-{number}")

    def _air(self) -> str:
        return f"loopback:{self.here.folder}/var/radio.sock{FAST_AIR}"

    def run(self, kills: int, said: Any = lambda cut: None, process: str | None = None) -> Outcome:
        """Cut the power `kills` times (of one process, if named), let everything settle, and check."""
        began = time.monotonic()
        self._begin()
        try:
            for cut in islice(cuts(self.seed, process), kills):
                self._cut(cut)
                said(cut)
            self._settle()
            self.outcome.faults += self._check()
        finally:
            self._end()
        self.outcome.seconds = time.monotonic() - began
        return self.outcome

    def _begin(self) -> None:
        self.here.warm("web", "plain")
        self.team.start()
        self.team.is_ready.wait(PATIENCE_S)  # it opens the virtual channel, which outlives the radio's deaths
        self._restart()
        self.here.wait_until_ready()
        for one in (*self.screens, *self.callers):
            one.start()

    def _restart(self, armed: Cut | None = None) -> None:
        """Start what is not running; the one that is to die is started anew with its failpoint."""
        if armed and armed.step != "idle":
            self.here.kill(armed.process)
            self.here.start(armed.process, armed.failpoint)
        for name in EVERYTHING:
            if name not in self.here.running:
                self.here.start(name)

    def _cut(self, cut: Cut) -> None:
        self._restart(cut)
        if cut.step == "idle":
            time.sleep(self.chance.random() * 0.5)
            self.here.kill(cut.process)
            self.outcome.kills[cut.step] += 1
        else:
            self._wait_for(cut)
        if cut.is_wide:
            self.here.kill(*EVERYTHING)
            self.outcome.wide += 1

    def _wait_for(self, cut: Cut) -> None:
        died = wait_for_death(self.here.worker(cut.process), PATIENCE_S)
        self.here.kill(cut.process)
        (self.outcome.kills if died else self.outcome.unreached)[cut.step] += 1

    # afterwards

    def _settle(self) -> None:
        """Everything runs; the callers end with what is under way; the air falls silent."""
        self._restart()
        for one in self.callers:
            one.stop()
        for one in self.callers:
            one.join(PATIENCE_S)
        ends = time.monotonic() + SETTLE_S
        while self._waits() and time.monotonic() < ends:
            time.sleep(0.1)

    def _waits(self) -> int:
        """How many alerts no person is known to have seen yet."""
        with self.here.post() as post, post.database.read() as conn:
            return int(conn.scalar(text("SELECT count(*) FROM recipient WHERE state <> 'seen'")) or 0)

    def _check(self) -> list[str]:
        faults = [f"{one.name} was never answered." for one in self.callers if one.is_alive()]
        with self.here.post() as post:
            faults += check.check(self.path, post.database)
        faults += [f"Alert {key} was shown {times} times." for key, times in self.team.shown.items() if times > 1]
        return faults + self._pictures()

    def _pictures(self) -> list[str]:
        """Every screen against a fresh snapshot of its own role."""
        line, faults = self.here.line(), []
        tokens = {screen.token for screen in self.screens}
        fresh = {token: Picture(line.ask("GET", "/api/v1/board?most=1000000", token)[1]) for token in tokens}
        head = max(picture.seq for picture in fresh.values())
        self.outcome.entries = head
        if not wait_for_head(self.screens, head, PATIENCE_S):
            faults.append(f"Some screens never reached entry {head}.")
        for screen in self.screens:
            picture = screen.picture
            said = picture.differences(fresh[screen.token]) if picture else ["it has no picture"]
            faults += [f"Screen {screen.name}: {words}." for words in said]
        line.close()
        return faults

    def _end(self) -> None:
        everyone: tuple[Caller | Screen, ...] = (*self.callers, *self.screens)
        for one in everyone:
            one.stop()
        self.here.kill(*EVERYTHING)
        self.team.close()
        for one in everyone:
            one.join(PATIENCE_S)
        self.outcome.refusals = [words for one in self.callers for words in one.refusals]
        self.outcome.acknowledged, self.outcome.retries = self.history.told, self.history.retries
        self.outcome.reconnects = sum(one.connections for one in self.screens)
        self.history.close()


def cut_power(
    kills: int,
    database: str | None = None,
    seed: int = 1,
    screens: int = 4,
    said: Any = lambda cut: None,
    process: str | None = None,
) -> Outcome:
    """Cut the power `kills` times on a fresh installation; the outcome names every fault."""
    with stage(database) as here:
        return PowerCuts(here, seed, screens).run(kills, said, process)


@click.command(epilog="Example: posko bench crash --kills 1000")
@click.option("--kills", default=100, show_default=True, help="How often the power is cut.")
@click.option("--seed", default=1, show_default=True, help="Same seed, same cuts.")
@click.option("--screens", default=4, show_default=True, help="Screens that watch.")
@click.option("--process", type=click.Choice(EVERYTHING), help="Kill only this one.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--quick", is_flag=True, help="Twenty kills.")
@database_option
def crash(
    kills: int, seed: int, screens: int, process: str | None, as_json: bool, quick: bool, database: str | None
) -> None:
    """Kill -9 at every step of a call's life; exit code 1 when anything was lost or doubled."""
    with contextlib.ExitStack() as shown:
        bar = shown.enter_context(click.progressbar(length=20 if quick else kills, label="kill -9", hidden=as_json))
        outcome = cut_power(bar.length or 0, database, seed, screens, lambda cut: bar.update(1), process)
    if as_json:
        click.echo(orjson.dumps(outcome.facts()).decode())
    else:
        _print(outcome)
    raise SystemExit(1 if outcome.faults else 0)


def _print(outcome: Outcome) -> None:
    click.echo(f"{outcome.kills.total()} kills in {outcome.seconds:.0f} s, {outcome.wide} of them the whole room:")
    for step in DIES_AT:
        click.echo(f"  {outcome.kills[step]:5}  {step} ({DIES_AT[step]})")
    click.echo(f"{outcome.acknowledged} submissions acknowledged after {outcome.retries} repeats.")
    click.echo(f"{outcome.entries} entries; {outcome.screens} screens came back {outcome.reconnects} times.")
    click.echo("\n".join(outcome.faults) or "Nothing lost, nothing doubled; every screen shows what the server holds.")
