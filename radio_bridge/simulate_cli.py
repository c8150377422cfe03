"""`posko radio simulate`: play a net before anybody buys a radio, and see who would have what when."""

import json
import sys
from typing import Any

import click

from radio_bridge.errors import CannotSend
from radio_bridge.ether import Bursts
from radio_bridge.profiles import services
from radio_bridge.simulator import LAYOUTS, Play, Scenario


def _bursts(given: str | None) -> Bursts | None:
    """`8,2,0.9`: good for 8 s, bad for 2 s on average, losing 0.9 of the frames while bad."""
    if not given:
        return None
    try:
        good_s, bad_s, loss = (float(part) for part in given.split(","))
    except ValueError:
        raise click.BadParameter("three numbers, such as 8,2,0.9", param_hint="--bursts") from None
    if not (good_s > 0 and bad_s > 0 and 0 <= loss <= 1):
        raise click.BadParameter("seconds above 0, and a share from 0 to 1", param_hint="--bursts")
    return Bursts(good_s, bad_s, loss)


def _relays(given: str | None) -> tuple[int, ...]:
    """`3,7`: team 3 speaks first, then team 7."""
    try:
        return tuple(int(part) for part in (given or "").split(",") if part)
    except ValueError:
        raise click.BadParameter("numbers of teams, such as 3,7", param_hint="--relays") from None


@click.command()
@click.option("--teams", default=20, show_default=True, type=click.IntRange(1, 200), help="Teams of each net.")
@click.option("--nets", default=1, show_default=True, type=click.IntRange(1, 255), help="Nets that share the channel.")
@click.option("--minutes", default=60.0, show_default=True, type=click.FloatRange(0.1, 100_000), help="How long.")
@click.option("--seed", default=1, show_default=True, help="The same seed plays the same hour.")
@click.option("--loss", default=0.1, show_default=True, type=click.FloatRange(0, 1), help="Frames a listener misses.")
@click.option("--bursts", metavar="GOOD,BAD,LOSS", help="Fading: seconds good, seconds bad, share lost while bad.")
@click.option("--layout", default="open", show_default=True, type=click.Choice(LAYOUTS),
              help="Who hears whom; valley: each its next neighbours only, the centre at the mouth.")  # fmt: skip
@click.option("--relays", metavar="3,7", help="Teams that repeat for others, in the order in which they speak.")
@click.option("--deaf-modems", is_flag=True, help="Modems do not wait while they hear somebody.")
@click.option("--service", default="dinas", show_default=True, type=click.Choice(services()), help="The law there.")
@click.option("--baud", default=1200, show_default=True, type=click.IntRange(50, 1_000_000))
@click.option("--txdelay", default=200, show_default=True, type=click.IntRange(0, 2000), help="Milliseconds of key-up.")
@click.option("--alerts", default=4.0, show_default=True, type=click.FloatRange(0, 10_000), help="Each hour.")
@click.option(
    "--reports", default=4.0, show_default=True, type=click.FloatRange(0, 10_000), help="Of each team an hour."
)
@click.option(
    "--press", default=30.0, show_default=True, type=click.FloatRange(0), help="Seconds until a person looks."
)
@click.option("--json", "as_json", is_flag=True, help="Everything, for scripts: who had what when.")
def simulate(as_json: bool, **given: Any) -> None:
    """Play a net in virtual time with the real protocol: who has which alert when, airtime, collisions.

    \b
    Example: posko radio simulate --teams 30 --loss 0.3 --layout line --seed 7
             posko radio simulate --service lora_free --bursts 8,2,0.9 --json
             posko radio simulate --teams 5 --layout valley --relays 1,2,3,4
    """
    try:
        play = Play(_scenario(given))
    except CannotSend as why:
        raise click.UsageError(str(why)) from None
    play.run()
    if as_json:
        sys.stdout.write(json.dumps(play.story(), sort_keys=True) + "\n")
    else:
        for line in told(play):
            click.echo(line)


def _scenario(given: dict[str, Any]) -> Scenario:
    bursts, deaf_modems = _bursts(given.pop("bursts")), given.pop("deaf_modems")
    txdelay_ms, press_s = given.pop("txdelay"), given.pop("press")
    given["relays"] = _relays(given["relays"])
    return Scenario(bursts=bursts, senses=not deaf_modems, txdelay_ms=txdelay_ms, press_s=press_s, **given)


def told(play: Play) -> list[str]:
    """The story in lines of Bahasa Indonesia."""
    story = play.story()
    lines = ["jaring siaran  P  dikirim     perangkat (p50/p95)     dilihat (p50/p95)     belum"]
    lines += [_alert_line(one, play.scenario.teams) for one in story["alerts"]]
    channel, counts, airtimes = story["channel"], story["counts"], story["airtime_s"].values()
    lines.append(
        f"kanal: {channel['frames']} bingkai, terpakai {100 * channel['busy_share']:.1f} %,"
        f" {channel['collisions']} tabrakan; pemancar tersibuk {max(airtimes):.1f} s"
    )
    lines.append(f"laporan: {counts['reports_arrived']} dari {counts['reports']} tiba di pusat")
    return lines


def _alert_line(one: dict[str, Any], teams: int) -> str:
    missing = ",".join(map(str, one["missing"][:12])) + (",..." if len(one["missing"]) > 12 else "")
    heard, seen = _row(one["heard_after_s"], teams), _row(one["seen_after_s"], teams)
    return (
        f"{one['net']:>6} {one['uid']:<7} P{one['priority']} {one['at_s']:>8.1f} s   {heard}   {seen}  {missing or '-'}"
    )


def _row(after_s: dict[str, float], teams: int) -> str:
    """`20/20 (11.2/11.9 s)`."""
    ordered = sorted(after_s.values())
    times = f"{_at(ordered, 0.5):.1f}/{_at(ordered, 0.95):.1f} s" if ordered else "-"
    return f"{len(ordered):>3}/{teams:<3} {f'({times})':<14}"


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
