"""`posko bench radio`: the eight goals of the air, each figure beside the floor or the law reckoned in the same run."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2s
from pathlib import Path
from random import Random

import click

from incident.bench.figures import Sheet, json_option, percentile
from radio_bridge import wordcode
from radio_bridge.bench import frames as bench_frames
from radio_bridge.bench import plugs as bench_plugs
from radio_bridge.bench import rounds as bench_rounds
from radio_bridge.bench import urgent as bench_urgent
from radio_bridge.ether import Bursts, Ether
from radio_bridge.framing import posko
from radio_bridge.link import Acked, Event, Link, LinkConfig, Outgoing
from radio_bridge.profiles import get_profile
from radio_bridge.radiogram import Ack, Alert, Level, Place, Text
from radio_bridge.radiogram.schema import bytes_on_air, decode, encode
from radio_bridge.simulator import Play, Scenario, Sent, floor_s

MESSAGES = Path(__file__).parent / "messages.txt"
KEY = bytes(range(16))
TEAMS = tuple(range(1, 21))
ALERT = Alert(4711, 0, 1, 4, 3, 30, Place(116.5421, -8.6512))
LONG_WORDS = Text("Air sungai naik, warga RT 02 mengungsi ke balai desa, minta 3 perahu")
VALID_S = 1800.0
LINE = frozenset((a, b) for a in TEAMS for b in TEAMS if abs(a - b) > 2)
"""Teams along a valley: each hears two on either side."""


def config(station: int) -> LinkConfig:
    """A station of the measured net: 1200 Bd, transmit delay 200 ms."""
    return LinkConfig(net=1, station=station, callsign=f"SIM-{station % 16}", keys={1: KEY}, epoch=1)


class Round(Ether):
    """One alert from the centre to twenty teams, and when the centre knew of each device."""

    def __init__(
        self, seed: int, loss: float, deaf: frozenset[tuple[int, int]] = frozenset(), bursts: Bursts | None = None
    ) -> None:
        super().__init__(Random(seed), loss, deaf, bursts=bursts)
        self.known: dict[int, float] = {}
        self.listener = self._told
        for station in (0, *TEAMS):
            self.links[station] = Link(config(station), None, Random(f"{seed}/{station}"))

    def _told(self, now: float, station: int, event: Event) -> None:
        if station == 0 and isinstance(event, Acked):
            self.known.setdefault(event.station, now)

    def play(self) -> float | None:
        """When the centre knew of all twenty; None when it never did within the alert's half hour."""
        self.do(0, lambda link: link.send(Outgoing("u", ALERT, TEAMS, 1, VALID_S), 0.0))
        while len(self.known) < len(TEAMS) and self.now < VALID_S:
            self.run(self.now + 5)
        return max(self.known.values()) if len(self.known) == len(TEAMS) else None


def measure_bytes(sheet: Sheet, long: bool) -> None:
    """Goal 1: how long a frame is; free text on messages the author of the words had not seen."""
    alert = bytes_on_air(replace(ALERT, roster=TEAMS, slot_ms=540))
    sheet.add("alert with place to twenty", alert, "bytes", goal="<= 29")
    sheet.add("acknowledgement", bytes_on_air(Ack(4711, 0, Level.SEEN)), "bytes", goal="<= 14")
    lines = MESSAGES.read_text().splitlines()
    for name, half in (("learnt from", lines[::2]), ("never seen", lines[1::2])):
        share, deflated = _shares(half)
        sheet.add(f"free text, messages {name}", share, "of UTF-8", deflated, "deflate with the same words", "<= 0.45")


def _shares(lines: list[str]) -> tuple[float, float]:
    """Of the bytes of UTF-8: (as we send it, deflate with our words as its dictionary, for comparison)."""
    plain = sum(len(line.encode()) for line in lines)
    sent = sum(min(len(wordcode.encode(line)), len(line.encode())) for line in lines)
    return sent / plain, sum(map(_deflated, lines)) / plain


def _deflated(line: str) -> int:
    words = " ".join([*reversed(wordcode.LONG), *reversed(wordcode.SHORT)]).encode()
    press = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=words)
    return len(press.compress(line.encode()) + press.flush())


def measure_acks(sheet: Sheet, long: bool) -> None:
    """Goal 2: an alert and twenty answers on a clean channel, beside the airtime of their frames alone."""
    net = Round(1, 0.0)
    took_s = net.play() or VALID_S
    floor = floor_s(config(0), replace(ALERT, roster=TEAMS, slot_ms=540), len(TEAMS))
    sheet.add("alert and 20 of 20 acks", took_s, "s", floor, "s of bare frames", "<= 11.5 s")
    sheet.add("of that time, share with a frame on the air", net.busy_s() / took_s, "", goal=">= 0.85")
    sheet.add("collisions", net.collisions(), "", goal="0")


def measure_loss(sheet: Sheet, long: bool) -> None:
    """Goal 3: twenty teams on bad channels, over many seeds."""
    seeds = 1000 if long else 60
    rows: list[tuple[str, float, Bursts | None, frozenset[tuple[int, int]], str]] = [
        ("30 % loss", 0.3, None, frozenset(), "p95 <= 27 s"),
        ("50 % loss", 0.5, None, frozenset(), "p95 <= 43 s"),
        ("75 % loss", 0.75, None, frozenset(), ""),
        ("bursts, 2 s of 10 at 90 %", 0.1, Bursts(8, 2, 0.9), frozenset(), ""),
        ("a line with hidden teams, 30 % loss", 0.3, None, LINE, "all"),
    ]
    for name, loss, bursts, deaf, goal in rows:
        runs = [_run(seed, loss, deaf, bursts) for seed in range(seeds)]
        done = [took_s for took_s, _ in runs if took_s is not None]
        floor = [_bare_rounds(Random(seed), loss, bursts) for seed in range(seeds)]
        sheet.add(f"{name}: all confirmed, p50", percentile(done, 0.5), "s", percentile(floor, 0.5), "s bare rounds")
        sheet.add(
            f"{name}: all confirmed, p95", percentile(done, 0.95), "s", percentile(floor, 0.95), "s bare rounds", goal
        )
        teams = sum(known for _, known in runs) / (seeds * len(TEAMS))
        sheet.add(f"{name}: runs with all confirmed", len(done) / seeds, "of all", goal="1" if goal else "")
        sheet.add(f"{name}: teams confirmed", teams, "of all")


def _run(seed: int, loss: float, deaf: frozenset[tuple[int, int]], bursts: Bursts | None) -> tuple[float | None, int]:
    """(when all were known, how many were)."""
    net = Round(seed, loss, deaf, bursts)
    return net.play(), len(net.known)


def _bare_rounds(random: Random, loss: float, bursts: Bursts | None) -> float:
    """The same alert in rounds without any gap, repeated to the missing only, nothing said for others: seconds."""
    if bursts:
        loss = bursts.share_bad * bursts.loss_bad + (1 - bursts.share_bad) * loss
    alert_s, ack_s = config(0).radiogram_s(replace(ALERT, roster=TEAMS)), config(0).radiogram_s(Ack(1, 0, Level.HEARD))
    missing, spent_s = len(TEAMS), 0.0
    while missing:
        spent_s += alert_s + missing * ack_s
        missing -= sum(random.random() >= loss and random.random() >= loss for _ in range(missing))
    return spent_s


def measure_forgery(sheet: Sheet, long: bool) -> None:
    """Goal 4: altered, forged and replayed frames, with restarts in between."""
    tries = 1_000_000 if long else 20_000
    sheet.add("altered, forged or replayed frames tried", tries, "")
    sheet.add("of these accepted", bench_frames.accepted(tries, "dinas"), "", goal="0")
    spoken = tries // 10
    sheet.add("the same in plain words, tried", spoken, "")
    sheet.add(
        "of these accepted",
        bench_frames.accepted(spoken, "amateur"),
        "",
        spoken / (1 << 20),
        "by guessing four letters",
    )


def measure_law(sheet: Sheet, long: bool) -> None:
    """Goal 7: five times the load a LoRa channel may carry, for a day."""
    hours = 24.0 if long else 4.0
    profile = get_profile("lora_free")
    each_s = config(0).radiogram_s(replace(ALERT, roster=TEAMS[:8]))
    per_hour = 5 * profile.hour_s / each_s
    load = Scenario(teams=8, loss=0.1, service="lora_free", reports=40, seed=7, valid_min=20)
    play = Play(replace(load, minutes=60 * hours, alerts=per_hour, urgent=3 / per_hour))
    play.run()
    worst_s = max(_worst_hour_s(play, place) for place in play.ether.links)
    name = f"{hours:g} h at five times the load: worst hour of any transmitter"
    sheet.add(name, worst_s, "s", profile.hour_s, "s", "<= 1x")
    urgent = [one for one in play.sent if one.priority == 0 and one.at < 3600 * hours - 1200]
    others = [one for one in play.sent if one.priority > 0 and one.at < 3600 * hours - 1200]
    sheet.add("teams reached by the three P0 alerts of an hour", _reached(urgent, 8), "of all", goal="1")
    sheet.add("teams reached by the others", _reached(others, 8), "of all")


def _worst_hour_s(play: Play, place: int) -> float:
    """The most seconds on the air in any hour, looked at from the end of each frame."""
    spans = [(flight.begins, flight.ends) for flight in play.ether.flights if flight.source == place]
    worst, first, sum_s = 0.0, 0, 0.0
    for begins, ends in spans:
        sum_s += ends - begins
        while spans[first][1] <= ends - 3600:
            sum_s -= spans[first][1] - spans[first][0]
            first += 1
        worst = max(worst, sum_s - max(0.0, ends - 3600 - spans[first][0]))
    return worst


def _reached(alerts: list[Sent], teams: int) -> float:
    heard = sum(len(one.heard) for one in alerts)
    return heard / (teams * len(alerts)) if alerts else 0.0


def measure_speed(sheet: Sheet, long: bool) -> None:
    """Goal 8: fifty nodes for an hour; frames a second; the idle link."""
    began, worked = time.perf_counter(), time.process_time()
    play = Play(Scenario(teams=50, minutes=60, alerts=12, reports=4, loss=0.2, seed=1))
    play.run()
    sheet.add("fifty nodes for an hour", time.perf_counter() - began, "s", goal="<= 10 s")
    sheet.add("of that, this processor", time.process_time() - worked, "s")
    sheet.add("frames in that hour", len(play.ether.flights), "")
    bare = _per_s(lambda: blake2s(bytes(31), digest_size=6, key=KEY).digest())
    sheet.add("alerts packed and sealed", _per_s(_pack), "/s", bare, "/s bare BLAKE2s")
    sheet.add("alerts opened and read", _per_s(_reading()), "/s", bare, "/s bare BLAKE2s")
    number, content = encode(LONG_WORDS)
    sheet.add("texts of 68 characters packed", _per_s(lambda: encode(LONG_WORDS)), "/s")
    sheet.add("texts of 68 characters read", _per_s(lambda: decode.__wrapped__(number, content)), "/s")
    sheet.add("idle radio", bench_frames.idle_percent(10.0 if long else 3.0), "% of a processor", goal="< 1 %")
    idle = bench_frames.idle_bridge_percent(30.0 if long else 6.0)
    sheet.add("idle bridge, with its desk and database", idle, "% of a processor", goal="< 1 %")


def _pack(counter: int = 1) -> bytes:
    number, content = encode(replace(ALERT, roster=TEAMS, slot_ms=540))
    return posko.seal(posko.Header(number, 1, 0, 255), content, KEY, 1, counter)


def _reading() -> Callable[[], object]:
    frame = _pack()

    def read() -> object:
        opened = posko.open_frame(frame, {1: KEY}, posko.ReplayWindow(1))
        return decode.__wrapped__(opened.header.type, opened.content)

    return read


def _per_s(work: Callable[[], object], for_s: float = 0.5) -> float:
    """How often in a second of this processor."""
    done, began = 0, time.process_time()
    while (spent_s := time.process_time() - began) < for_s:
        for _ in range(100):
            work()
        done += 100
    return done / spent_s


PARTS: dict[str, Callable[[Sheet, bool], None]] = {
    "bytes": measure_bytes,
    "acks": measure_acks,
    "loss": measure_loss,
    "rounds": bench_rounds.measure_rounds,
    "forgery": measure_forgery,
    "urgent": bench_urgent.measure_urgent,
    "plugs": bench_plugs.measure_plugs,
    "law": measure_law,
    "speed": measure_speed,
}
LIVE = "live"
"""Not among them: it needs direwolf and a minute of real time for each few alerts."""


@click.command(epilog="Example: posko bench radio loss --long --json")
@click.argument("parts", nargs=-1, type=click.Choice([*PARTS, LIVE]))
@click.option("--stations", default=20, type=click.IntRange(1, 31), help="For `live`: how many stations answer.")
@click.option("--runs", default=10, type=click.IntRange(1), help="For `live`: how many alerts, each with new TNCs.")
@click.option("--long", is_flag=True, help="1,000 seeds, a million frames, a whole day: minutes instead of seconds.")
@click.option("--quick", is_flag=True, hidden=True, help="As it is without --long.")
@json_option
def radio(parts: tuple[str, ...], stations: int, runs: int, long: bool, quick: bool, as_json: bool) -> None:
    """The goals of the air; all parts but `live` without a word.

    In virtual time: bytes, acks, loss, forgery, law, speed. In real time: urgent, plugs. On real direwolf
    programs, one for each station: live.
    """
    for name in parts or PARTS:
        sheet = Sheet(f"radio {name}")
        if name == LIVE:
            _measure_live(sheet, stations, runs)
        else:
            PARTS[name](sheet, long and not quick)
        sheet.show(as_json)


def _measure_live(sheet: Sheet, stations: int, runs: int) -> None:
    from radio_bridge.bench import (
        live as bench_live,  # it needs the sound of many modems added up, and nobody else does
    )

    try:
        bench_live.measure_live(sheet, stations, runs)
    except bench_live.NoDirewolf as fault:
        raise click.ClickException(str(fault)) from fault
