"""Whether the other processes are alive: each touches a file with a clock that nobody can set."""

import time
from pathlib import Path

FOLDER = "pulse"
STILL_S = 15.0  # without a pulse for so long a process is not believed to work


def beat(folder: Path, name: str) -> None:
    """Say that this process is alive now."""
    path = folder / FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(repr(_boot_s()))


def age_s(folder: Path, name: str) -> float | None:
    """Seconds since the process last said so, or None when it never did since the machine started."""
    try:
        said = float((folder / FOLDER / name).read_text())
    except (FileNotFoundError, ValueError):
        return None
    age = _boot_s() - said
    return age if age >= 0 else None


def _boot_s() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)
