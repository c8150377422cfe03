"""The command `posko drill`: runs all of Posko on the exercise's own database, plays the night, and steers it."""

import json
import os
import subprocess
import time
from pathlib import Path

import click

from incident.drill import folder as folders
from incident.drill import progress as kept
from incident.drill import steering
from incident.supervisor import CannotRun, is_up, posko_command, run_post, say, whole_post

QUICK = 50.0
STALE_S = 3600.0  # a run that lay longer than this is not gone on with
OUTLINE = Path(__file__).with_name("outline.json")


@click.command()
@click.option("--speed", type=click.FloatRange(0.1, 200), help="How many seconds of the story pass in one. Usually 1.")
@click.option("--quick", is_flag=True, help=f"Speed {QUICK:g}: the whole night in under a minute.")
@click.option("--once", is_flag=True, help="Stop everything when the script is over.")
@click.option("--loop", is_flag=True, help="Begin anew whenever the script is over.")
@click.option("--fresh", is_flag=True, help="Throw away a run that was not finished instead of going on with it.")
@click.option("--valley", is_flag=True, help="PMI-1 stands behind a hill: only TRC-1 hears it, and repeats for it.")
@click.option("--pause", "change", flag_value="paused", help="Pause the running exercise.")
@click.option("--resume", "change", flag_value="resumed", help="Let a paused exercise go on.")
@click.option("--restart", "change", flag_value="restarted", help="Begin the running exercise anew.")
@click.option("--control", is_flag=True, help="With --speed: change the speed of the running exercise.")
@click.option("--part", type=click.Choice(["prepare", "play"]), hidden=True)
def drill(
    speed: float | None,
    quick: bool,
    once: bool,
    loop: bool,
    fresh: bool,
    valley: bool,
    change: str | None,
    control: bool,
    part: str | None,
) -> None:
    """Run the built-in exercise: a flood night in Lombok Timur, in a database of its own (POSKO_DATA, else var/drill).

    \b
    Example: posko drill --speed 4
             posko drill --valley
             posko drill --pause
             posko drill --control --speed 10
    """
    speed = QUICK if quick else speed
    after = "end" if once else "restart" if loop else None
    try:
        if part:
            _prepare() if part == "prepare" else _play(after)
        elif change or control:
            _steer(change, speed)
        else:
            _run(speed, fresh, after, valley)
    except (folders.NotAnExercise, CannotRun) as refusal:
        raise click.ClickException(str(refusal)) from refusal


# run


def _run(speed: float | None, fresh: bool, after: str | None, in_valley: bool) -> None:
    """The whole post with the player beside it, again and again while a restart is asked for."""
    folder = folders.enter(os.environ, speed or 1.0, in_valley)
    folders.claim(folder)
    if is_up(folder):
        raise CannotRun(
            f"Latihan sudah berjalan di {folder}. Kendalikan dengan posko drill --pause, --resume, --restart."
        )
    is_new = fresh or not _can_go_on(folder)
    while True:
        _run_once(folder, speed, is_new, after)
        if _take_asked(folder) != "restart":
            return
        is_new = True


def _run_once(folder: Path, speed: float | None, is_new: bool, after: str | None) -> None:
    from incident.config import load_settings

    if is_new:
        speed = speed or folders.read(folder / folders.STEERING).get("speed")
        folders.begin_anew(folder)
        if subprocess.run(posko_command("drill", "--part", "prepare"), check=False).returncode:
            raise CannotRun("Latihan tidak dapat disiapkan; sebabnya ada di baris di atas.")
    steering.begin(folder, speed)
    say(f"LATIHAN di {folder}. Tidak ada yang nyata di sini, dan tidak ada yang keluar dari sini.")
    flags = {"end": ["--once"], "restart": ["--loop"]}.get(after or "", [])
    run_post(load_settings(), {**whole_post(), "drill": posko_command("drill", "--part", "play", *flags)})


def _can_go_on(folder: Path) -> bool:
    """Whether a run stands here that was broken off not long ago."""
    before = kept.found(folder)
    if before is None or before.run != folders.find_run(folder) or not (folder / folders.CAST).exists():
        return False
    return not before.is_over and time.time() - before.at < STALE_S


def _take_asked(folder: Path) -> str:
    path = folder / folders.ASKED
    asked = path.read_text() if path.exists() else ""
    path.unlink(missing_ok=True)
    return asked


# the parts, each a process of its own: the watch stays small


def _prepare() -> None:
    from gis import outline
    from gis.database import Database
    from gis.gazetteer_cli import bring_with_bar
    from incident.config import load_settings
    from incident.drill.cast import assemble
    from incident.post import Post
    from incident.upgrade import upgrade

    settings = load_settings()
    drawn = json.loads(OUTLINE.read_text())
    lons, lats = zip(*drawn["coordinates"][0], strict=True)
    shape = {name: drawn[name] for name in ("type", "coordinates")}
    bounds = (min(lons), min(lats), max(lons), max(lats))
    outline.keep(settings.data, shape, None, bounds, approximate=True, about=drawn["about"])
    database = Database(settings.database)
    upgrade(database)
    bring_with_bar(database)
    assemble(Post(settings, database), folders.find_run(settings.data) or "")  # last: its file says that all is ready
    database.close()


def _play(after: str | None) -> None:
    from incident.config import load_settings
    from incident.drill.player import Player

    Player(load_settings(), after).run()


# steer


def _steer(change: str | None, speed: float | None) -> None:
    folder = Path(folders.environment(os.environ, 1.0)["POSKO_DATA"])
    folders.require_ours(folder)
    if not is_up(folder):
        raise CannotRun(f"Tidak ada latihan yang berjalan di {folder}. Mulai dengan: posko drill")
    if change is None and speed is None:
        raise click.UsageError("--control perlu --speed, misalnya: posko drill --control --speed 4")
    steering.steer(folder, change or "sped", speed)
    said = {"paused": "dijeda", "resumed": "diteruskan", "restarted": "dimulai lagi dari awal"}
    click.echo(f"Latihan {said.get(change or '', f'berjalan dengan kecepatan {speed}')}.")
