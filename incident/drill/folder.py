"""The exercise's own folder: marked, so that nothing real is ever thrown away, and its settings, so that nothing real
is ever reached."""

import contextlib
import json
import os
import shutil
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from incident.config import HOME
from incident.drill import valley
from incident.drill.scenario import load

MARK = "EXERCISE"
KEPT = {MARK, "up.pid"}  # what a fresh start leaves: the mark, and the lock of the watch that holds the folder
RUN, PROGRESS, STEERING, CAST, ASKED = "run.json", "progress.json", "steering.json", "cast.json", "asked"
SITE = "Kabupaten Lombok Timur, 52.03, Asia/Makassar"
LADDER_S = 20.0
QUICK_FROM = 8.0  # above this speed the air keeps up only with a faster modem
QUICK_AIR = "air=9600&txdelay=30&guard=30"
WORDS = "Folder latihan Posko. Semua isinya dibuang pada setiap latihan baru; jangan menyimpan apa pun di sini.\n"


class NotAnExercise(RuntimeError):
    """The folder holds something that is not ours; the message says what to do."""


def claim(folder: Path) -> None:
    """Mark an empty or new folder as ours; raises NotAnExercise for one that holds anything else."""
    if (folder / MARK).is_file():
        return
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotAnExercise(
            f"{folder} bukan folder latihan (tidak ada berkas {MARK} di dalamnya), jadi tidak disentuh. "
            "Pilih folder lain dengan POSKO_DATA, misalnya POSKO_DATA=var/drill."
        )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text(WORDS)


def require_ours(folder: Path) -> None:
    """Raises NotAnExercise unless the folder carries the mark."""
    if not (folder / MARK).is_file():
        raise NotAnExercise(f"{folder} bukan folder latihan; tidak ada latihan yang dapat dikendalikan di sana.")


def begin_anew(folder: Path) -> str:
    """Throw the last exercise away and name a new run. Only ever in a marked folder."""
    require_ours(folder)
    for path in folder.iterdir():
        if path.name not in KEPT:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    run = uuid4().hex[:12]
    write(folder / RUN, {"run": run})
    return run


def find_run(folder: Path) -> str | None:
    """The run that was begun here, or None."""
    found = read(folder / RUN)
    return str(found["run"]) if found else None


def environment(environ: Mapping[str, str], speed: float, in_valley: bool = False) -> dict[str, str]:
    """The settings of an exercise: its own database, key and virtual radio whatever the environment says."""
    folder = Path(environ.get("POSKO_DATA") or HOME / "var" / "drill").absolute()
    quick = speed > QUICK_FROM
    air = [*([QUICK_AIR] if quick else []), *([valley.options_of_centre(load())] if in_valley else [])]
    ladder_s = max(0.5, LADDER_S / max(1.0, speed))
    return {
        "POSKO_DATA": str(folder),
        "POSKO_DATABASE": "",
        "POSKO_EXERCISE": "true",
        "POSKO_RADIO": "loopback:" + (f"?{'&'.join(air)}" if air else ""),
        "POSKO_RADIO_KEY": "",
        "POSKO_SECRET_KEY": "",
        "POSKO_SITE": environ.get("POSKO_SITE") or SITE,
        "POSKO_LADDER_S": environ.get("POSKO_LADDER_S") or str(round(ladder_s, 2)),
    }


def enter(environ: MutableMapping[str, str], speed: float, in_valley: bool = False) -> Path:
    """Put the exercise's settings in force for this process and its children; the folder."""
    environ.update(environment(environ, speed, in_valley))
    return Path(environ["POSKO_DATA"])


def read(path: Path) -> dict[str, Any]:
    """A small JSON file of ours; empty when it is not there."""
    try:
        found = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write(path: Path, facts: Mapping[str, Any]) -> None:
    """Whole or not at all, and for nobody else's eyes: the cast's log-ins are among them."""
    draft = path.with_name(path.name + ".new")
    with contextlib.suppress(FileNotFoundError):
        draft.unlink()
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(facts, file, indent=1)
    draft.replace(path)
