"""The command `posko field`: the field team's terminal on a screen, or as lines for programs and tests."""

import contextlib
import fcntl
import json
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO, cast

import click
import structlog

from incident.config import BadSettings, Settings, load_settings
from radio_bridge.bridge import NET_CARD
from radio_bridge.devices import Device, make_device
from radio_bridge.errors import CannotSend
from radio_bridge.field.aloud import Reader
from radio_bridge.field.terminal import Terminal
from radio_bridge.link import LinkConfig
from radio_bridge.ports import BadPort
from radio_bridge.rig import link_config
from radio_bridge.spool import Spool, SpoolFault
from radio_bridge.team import MAYDAY, Told
from radio_bridge.wording import number_of

SPOOL = "field_spool.db"
LOG_MOST = 1_000_000
"""Bytes of the log, twice: a terminal runs for weeks from one memory card."""


@contextlib.contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "field.lock", "a") as file:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise click.ClickException(f"Terminal lain sudah memakai {folder}; tutup dulu yang itu.") from None
        yield


class BoundedLog:
    """A file of at most LOG_MOST bytes; what was before stands in one older file beside it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("a")

    def write(self, words: str) -> int:
        if self._file.tell() + len(words) > LOG_MOST:
            self._file.close()
            self._path.replace(self._path.with_suffix(".log.1"))
            self._file = self._path.open("a")
        return self._file.write(words)

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()


@contextlib.contextmanager
def _log_apart(folder: Path) -> Iterator[None]:
    """The log goes to a file: the screen belongs to the alerts, the output to programs."""
    with contextlib.closing(BoundedLog(folder / "field.log")) as file:
        structlog.configure(logger_factory=structlog.WriteLoggerFactory(cast("TextIO", file)))
        try:
            yield
        finally:
            structlog.reset_defaults()


def _key_of(given: str | None, settings: Settings) -> str:
    """The key of the net: given, set, or kept in POSKO_DATA; never made here, or nobody would be heard."""
    kept = settings.data / "radio_key"
    key = given or settings.radio_key or (kept.read_text(errors="replace").strip() if kept.exists() else "")
    behind_a_card = r"(\s+[0-9a-f]+)?(\s+@\d{1,10})?(\s+relays=\d{1,3}(,\d{1,3})*)?"
    if not re.fullmatch(rf"[0-9a-fA-F]{{32}}|[0-9a-f]{{392,424}}{behind_a_card}", key):
        raise click.UsageError("Kunci jaringan (32 digit heksadesimal) belum ada: beri --key atau POSKO_RADIO_KEY.")
    return key


def _number_of(given: int | None, callsign: str, settings: Settings) -> int:
    """Given; or from the centre's net card when it was copied here; or what the call sign means everywhere."""
    card = settings.data / NET_CARD
    try:
        numbers = json.loads(card.read_text()) if card.exists() else {}
    except ValueError:
        raise click.UsageError(f"{card} rusak: salin lagi dari pusat, atau hapus.") from None
    return given or numbers.get(callsign.upper()) or number_of(callsign)


def _station_on(key: str) -> int | None:
    """The number on a station's own card; None for the root of the net, which makes any station."""
    return None if len(key) == 32 else int(key[4:6], 16)


def _settings() -> Settings:
    given: dict[str, Any] = {}
    try:
        return Settings(**given)
    except ValueError as fault:
        raise BadSettings(str(fault)) from None


@click.group(invoke_without_command=True)
@click.option("--port", metavar="URL", help="The radio: kiss+serial:/dev/serial/by-id/...?baud=9600, "
              "kiss+socket:127.0.0.1:8001 or loopback:PATH.")  # fmt: skip
@click.option("--callsign", metavar="NAME", help="Who we are on the air, such as TRC-1.")
@click.option("--number", type=click.IntRange(1, 200), help="Station number; usually known from the call sign.")
@click.option("--key", envvar="POSKO_RADIO_KEY", help="Key of the net, 32 hex digits (or POSKO_RADIO_KEY).")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of this terminal's outbox.")
@click.option("--gps", default="", metavar="URL", help="GPS receiver: serial:/dev/serial/by-id/...?baud=9600.")
@click.option("--speaker", default="default", metavar="CARD", help="Sound card that reads alerts aloud (aplay -L).")
@click.option("--silent", is_flag=True, help="Reads nothing aloud; on the screen the key s does the same.")
@click.option("--headless", is_flag=True, help="No screen: JSON lines out, commands in (for programs and tests).")
@click.pass_context
def field(
    context: click.Context,
    port: str | None,
    callsign: str | None,
    number: int | None,
    key: str | None,
    data: Path | None,
    gps: str,
    speaker: str,
    silent: bool,
    headless: bool,
) -> None:
    """The field team's terminal: shows alerts, acknowledges as a person, reports, keeps an outbox.

    \b
    Example: posko field --port kiss+serial:/dev/serial/by-id/usb-TNC?baud=9600 --callsign TRC-1
             posko field ... --gps serial:/dev/serial/by-id/usb-GPS?baud=9600 --speaker plughw:1,0
    Without a screen it reads: ack [KEY], status N, mayday, help, text WORDS, position LON LAT, list, quit.
    """
    if context.invoked_subcommand is not None:
        return
    if not port or not callsign:
        raise click.UsageError("--port dan --callsign harus disebut: radio yang dipakai dan nama panggilan kita.")
    settings = _settings()
    folder = data or settings.data.absolute() / "field" / callsign.upper()
    try:
        with _only_one(folder), _log_apart(folder):
            device = make_device(port, settings.data.absolute())
            if hasattr(device, "speaks"):
                raise BadPort("A handheld needs no terminal: listen, and answer with its keys (docs/field.md).")
            secret = _key_of(key, settings)
            station = _number_of(number or _station_on(secret), callsign, settings)
            config = link_config(secret, station, callsign, device)
            spool = Spool(folder / SPOOL)
            if headless:
                _run_headless(device, config, spool)
            else:
                reader = Reader(folder / "speech", speaker)
                reader.is_on = reader.is_on and not silent
                _run_screen(device, config, spool, settings.site.zone, reader, gps)
    except (BadPort, CannotSend, BadSettings) as fault:
        raise click.UsageError(str(fault)) from fault
    except SpoolFault as fault:
        sentence = f"{folder / SPOOL} tidak terbaca ({fault}). Pindahkan berkas itu, lalu mulai lagi."
        raise click.ClickException(sentence) from fault
    except OSError as fault:
        raise click.ClickException(f"{folder} tidak dapat dipakai: {fault}") from fault


@field.command("card")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--station", metavar="NAME", help="For this team, by its call sign; without it blanks are printed.")
@click.option("--size", type=click.Choice(["a5", "a4"]), default="a5", help="a4 holds two pages side by side.")
def write_card(file: Path, station: str | None, size: str) -> None:
    """Write the field card (kartu lapangan) as a PDF, from the tables of the centre as they stand now.

    \b
    Example: posko field card kartu.pdf --station TRC-1
    """
    from radio_bridge.card.facts import CannotPrint, DatabaseUnusable, card_pdf  # no terminal has a database

    try:
        file.write_bytes(card_pdf(load_settings(), station, size))
    except KeyError:
        raise click.ClickException(f"Stasiun {station} tidak terdaftar: lihat posko radio stations.") from None
    except (BadSettings, CannotPrint, OSError, DatabaseUnusable) as fault:
        raise click.ClickException(str(fault)) from fault
    click.echo(str(file))


def _run_screen(device: Device, config: LinkConfig, spool: Spool, zone: str, reader: Reader, gps: str) -> None:
    from radio_bridge.field.app import FieldApp  # only who needs a screen loads Textual

    with contextlib.closing(spool):
        FieldApp(device, config, spool, zone, reader, gps).run()


# without a screen


def _run_headless(device: Device, config: LinkConfig, spool: Spool) -> None:
    lines = threading.Lock()

    def tell(event: dict[str, Any]) -> None:
        with lines:
            click.echo(json.dumps(event))
            sys.stdout.flush()

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    station = Terminal(device, config, spool, tell)
    tell({"event": "ready", "station": config.station, "callsign": config.callsign})
    station.start()
    try:
        for line in sys.stdin:
            if line.strip() == "quit":
                break
            _obey(station, line.split(), tell)
    finally:
        station.stop()
        spool.close()


def _obey(station: Terminal, words: list[str], tell: Told) -> None:
    """One command of a program; what cannot be done is told as an error, nothing stops."""
    verb = words[0] if words else ""
    try:
        _COMMANDS.get(verb, _unknown)(station, words[1:], tell)
    except (ValueError, IndexError, KeyError):
        tell({"event": "error", "words": f"{' '.join(words)!r} is not complete or not a number."})
    except CannotSend as fault:
        tell({"event": "error", "words": str(fault)})


def _ack(station: Terminal, words: list[str], tell: Told) -> None:
    newest = station.newest_unseen()
    key = words[0] if words else newest["key"] if newest else ""
    done = station.acknowledge(key)
    tell({"event": "acknowledged", "key": key} if done else {"event": "error", "words": "Tidak ada siaran baru."})


def _status(station: Terminal, words: list[str], tell: Told) -> None:
    tell({"event": "queued", "uid": station.report(int(words[0])), "kind": "status"})


def _mayday(station: Terminal, words: list[str], tell: Told) -> None:
    tell({"event": "queued", "uid": station.report(MAYDAY), "kind": "status"})


def _help(station: Terminal, words: list[str], tell: Told) -> None:
    tell({"event": "queued", "uid": station.ask_for_help(), "kind": "text"})


def _text(station: Terminal, words: list[str], tell: Told) -> None:
    tell({"event": "queued", "uid": station.say(" ".join(words)), "kind": "text"})


def _position(station: Terminal, words: list[str], tell: Told) -> None:
    tell({"event": "queued", "uid": station.move(float(words[0]), float(words[1])), "kind": "position"})


def _list(station: Terminal, words: list[str], tell: Told) -> None:
    tell({"event": "list", "alerts": station.alerts(), "texts": station.texts(), "outbox": station.outbox()})


def _unknown(station: Terminal, words: list[str], tell: Told) -> None:
    tell({"event": "error", "words": f"Known: {', '.join(_COMMANDS)}, quit."})


_COMMANDS: dict[str, Callable[[Terminal, list[str], Told], None]] = {
    "ack": _ack,
    "status": _status,
    "mayday": _mayday,
    "help": _help,
    "text": _text,
    "position": _position,
    "list": _list,
}
