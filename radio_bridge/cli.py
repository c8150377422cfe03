"""The `posko radio` commands: run the radio, listen, say, list ports and stations."""

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any

import click

from gis.database import Database
from incident import hints, journal
from incident.config import BadSettings, Settings, load_settings
from incident.errors import Refused
from incident.logs import set_up_logs
from incident.post import Post, uid_from, utc_now
from radio_bridge import actions, queries, wire
from radio_bridge.airtime import airtime_left_s
from radio_bridge.bridge import AlreadyRuns, rejected, run_bridge
from radio_bridge.devices import make_device
from radio_bridge.errors import BadFrame, CannotSend
from radio_bridge.framing import ax25, posko
from radio_bridge.keys.cli import keys
from radio_bridge.link import LinkConfig
from radio_bridge.monitor_cli import monitor
from radio_bridge.net import meter
from radio_bridge.net.relays import numbers_of, relays_card, set_relays
from radio_bridge.ports import BadPort, LinkLost
from radio_bridge.ports_cli import list_ports
from radio_bridge.profiles import UnknownService, get_profile
from radio_bridge.radiogram.saying import say
from radio_bridge.rig import CENTRE, EPOCH, link_config
from radio_bridge.simulate_cli import simulate
from radio_bridge.sms import queries as sms_queries
from radio_bridge.sms.channel import SmsModemChannel
from radio_bridge.spool import FILE, Spool, SpoolFault

ON_AIR_KINDS = ("radio.", "transmission.", "station.", "roll_call.", "net.")


@contextlib.contextmanager
def _in_sentences() -> Iterator[None]:
    """What goes wrong is told in a sentence: 2 for a wrong call, 1 for a run that failed."""
    try:
        yield
    except (BadPort, BadSettings, CannotSend) as fault:
        raise click.UsageError(str(fault)) from fault
    except (AlreadyRuns, LinkLost) as fault:
        raise click.ClickException(str(fault)) from fault
    except SpoolFault as fault:
        sentence = f"The radio's spool ({FILE} in POSKO_DATA) cannot be read: {fault}. Move it away and start again."
        raise click.ClickException(sentence) from fault
    except Refused as fault:
        raise click.ClickException(fault.sentence) from fault


@contextlib.contextmanager
def _post() -> Iterator[Post]:
    settings = load_settings()
    with contextlib.closing(Database(settings.database)) as database:
        yield Post(settings, database)


@click.group(invoke_without_command=True)
@click.pass_context
def radio(context: click.Context) -> None:
    """The radio: without a word after it, run the process that owns the serial port.

    \b
    Example: POSKO_RADIO=kiss+socket:127.0.0.1:8001 posko radio
    """
    if context.invoked_subcommand is None:
        set_up_logs()
        with _in_sentences():
            settings = load_settings()
            _require_services(settings)
            run_bridge(settings)


def _require_services(settings: Settings) -> None:
    """Said now, not when the field card is printed."""
    for channel in filter(str.strip, settings.radio_channels.split(";")):
        try:
            get_profile(channel.split("|")[1].strip())
        except UnknownService as fault:
            raise BadSettings(f"POSKO_RADIO_CHANNELS is wrong: {fault}") from None


@radio.command()
@click.option("--port", metavar="URL", help="Listen on this radio directly instead of following the running one.")
@click.option("--seconds", type=click.FloatRange(min=0), help="Stop after this time.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for scripts.")
def listen(port: str | None, seconds: float | None, as_json: bool) -> None:
    """Print what comes in, as it comes. Never transmits. For every frame with its seal: posko radio monitor.

    \b
    Example: posko radio listen
             posko radio listen --json --seconds 60
             posko radio listen --port kiss+socket:127.0.0.1:8001
    """
    until = None if seconds is None else time.monotonic() + seconds
    with _in_sentences(), contextlib.suppress(KeyboardInterrupt):
        if port:
            _listen_directly(load_settings(), port, until, as_json)
        else:
            _follow(until, as_json)


def _is_over(until: float | None) -> bool:
    return until is not None and time.monotonic() >= until


def _follow(until: float | None, as_json: bool) -> None:
    with _post() as post:
        with post.database.read() as conn:
            seq = journal.head(conn)
        click.echo("Mendengarkan; Ctrl-C mengakhiri.", err=as_json)
        while not _is_over(until):
            seq = _print_since(post.database, seq, as_json)
            time.sleep(0.3)


def _print_since(database: Database, seq: int, as_json: bool) -> int:
    """Print what came after `seq` of the air; answers the newest number seen."""
    with database.read() as conn:
        lines = journal.after(conn, seq)
    for line in lines:
        if line.kind.startswith(ON_AIR_KINDS) and as_json:
            click.echo(json.dumps(line.told()))
        elif line.kind.startswith(ON_AIR_KINDS):
            click.echo(f"{line.at:%H:%M:%S} {line.kind} {line.by} {_facts(line.body)}")
    return lines[-1].seq if lines else seq


def _facts(body: dict[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in body.items() if name != "cards" and value is not None)


def _listen_directly(settings: Settings, port: str, until: float | None, as_json: bool) -> None:
    device = make_device(port, settings.data)
    config = link_config(settings.radio_key, CENTRE, "LISTEN", device)
    window = posko.ReplayWindow(EPOCH)
    with contextlib.closing(device):
        device.open()
        while not _is_over(until):
            time.sleep(0.05)
            for frame in device.read():
                words = _what(frame, config, window)
                said = json.dumps({"at": utc_now().isoformat(), "words": words})
                click.echo(said if as_json else f"{utc_now():%H:%M:%S} {words}")


def _what(frame: bytes, config: LinkConfig, window: posko.ReplayWindow) -> str:
    """One line about a frame. What is not genuine is named by its fault only."""
    try:
        carrier = ax25.parse(frame)
        opened, radiogram = wire.open_frame(config.profile, carrier.content, config.key_ring, window)
        words = say(radiogram)
    except BadFrame as bad:
        return f"({bad.kind}, {len(frame)} bytes)"
    return f"{carrier.source} {opened.header.source}>{opened.header.destination} {words}"


@radio.command("say")
@click.argument("text")
@click.option("--to", metavar="CALLSIGN", help="One station; without it all stations hear it and answer.")
@click.option("--dry-run", is_flag=True, help="Only say what it would cost on the air, or why it cannot go.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def say_text(text: str, to: str | None, dry_run: bool, as_json: bool) -> None:
    """Queue words for the air and print their key. Names and telephone numbers do not belong there.

    \b
    Example: posko radio say "Jembatan Dasan Lekong putus, putar lewat Selong" --to TRC-1
             posko radio say --dry-run "Kembali ke pos"
    """
    with _in_sentences(), _post() as post:
        if dry_run:
            _say_cost(post, text, to, as_json)
            return
        said = post.do(actions.queue_text, "cli", uid_from("say", utc_now(), text), text, to)
        hints.tell(post.settings.data)
    click.echo(json.dumps(said) if as_json else said["uid"])


def _say_cost(post: Post, text: str, to: str | None, as_json: bool) -> None:
    """What words would cost; exit code 1 where they cannot go."""
    with post.database.read() as conn:
        told = meter.measure(post.settings, text, queries.addressed(conn, to), to_one=to is not None)
    if as_json:
        click.echo(json.dumps(told))
    elif told["problem"] is None:
        click.echo(f"{told['bytes']} bita, {told['seconds']} s di udara, lalu {told['answers_s']} s untuk jawaban")
    if told["problem"]:
        raise click.ClickException(told["problem"])


@radio.command()
@click.option("--relays", metavar="CALLSIGNS", help="Name the relays of the net, in the order in which they speak;"
              " - for none.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def stations(relays: str | None, as_json: bool) -> None:
    """List the stations of the net with when they were last heard, its relays, and the counters of the air.

    \b
    Example: posko radio stations --json
             posko radio stations --relays TRC-3,TRC-7
    """
    with _in_sentences(), _post() as post:
        if relays is not None:
            _set_relays(post, [] if relays == "-" else relays.split(","))
        with post.database.read() as conn:
            cards, relaying = queries.station_cards(conn), relays_card(conn, post.settings)
        with contextlib.closing(Spool(post.settings.data / FILE)) as spool:
            tallies, parked = spool.tallies(), spool.parked()
            figures = make_device(post.settings.radio, post.settings.data).figures
            left = airtime_left_s(spool, get_profile(figures.service))
    if as_json:
        told = {"stations": cards, "counters": tallies, "parked": parked, "airtime_left_s": left, "relays": relaying}
        click.echo(json.dumps(told))
        return
    for card in cards:
        heard = card["last_heard_at"] or "belum terdengar"
        state = ("dicabut" if card["revoked_at"] else heard) + _relay_words(card, relaying)
        click.echo(f"{card['number']:>3}  {card['call_sign']:<10} {card['unit'] or '-':<12} {state}")
    if relaying["said_by"] == "address":
        click.echo(f"relai menurut alamat radio: {', '.join(map(str, relaying['order'])) or 'tidak ada'}")
    bad = sum(rejected(tallies).values())
    click.echo(
        f"terkirim {tallies.get('sent', 0)}, terdengar {tallies.get('heard', 0)}, ditolak {bad}, diparkir {parked}"
    )
    click.echo(f"sisa waktu udara jam ini {left['usual']:.0f} s, untuk P0 {left['urgent']:.0f} s")


def _set_relays(post: Post, call_signs: list[str]) -> None:
    with post.database.read() as conn:
        numbers = numbers_of(conn, [name.strip() for name in call_signs])
    post.do(set_relays, "cli", uid_from("relays", utc_now(), *numbers), numbers)
    hints.tell(post.settings.data)


def _relay_words(card: dict[str, Any], relaying: dict[str, Any]) -> str:
    """Which relay it is, and whether its card says so."""
    place = f"  relai {card['relay']}" if card["relay"] else ""
    return place + ("  butuh kartu baru" if card["number"] in relaying["old_cards"] else "")


@radio.command()
def sms() -> None:
    """Say how the GSM modem is, what waits for it, and show what operators wrote to its SIM card.

    \b
    Example: posko radio sms
    """
    with _in_sentences(), _post() as post, post.database.read() as conn:
        state, words = SmsModemChannel().health(conn)
        counts, kept = sms_queries.counts(conn), sms_queries.kept(conn)
    click.echo(f"{state}: {words}")
    click.echo(", ".join(f"{name} {count}" for name, count in counts.items()) or "Belum ada SMS.")
    for one in kept:
        click.echo(f"{one['said_at']:%d-%m %H:%M} {one['sender']}: {one['text']}")


radio.add_command(keys)
radio.add_command(list_ports)
radio.add_command(monitor)
radio.add_command(simulate)
