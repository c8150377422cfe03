"""Closes a relay for so many seconds and opens it again, whatever becomes of the process that asked for it."""

import signal
import sys
import time
from pathlib import Path

SWITCH = {True: "1", False: "0"}


def hold(path: Path, seconds: float) -> None:
    """Close, wait, open; a signal to end opens at once."""
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, _end)
    try:
        path.write_text(SWITCH[True])
        time.sleep(seconds)
    finally:
        path.write_text(SWITCH[False])


def _end(*_: object) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    hold(Path(sys.argv[1]), float(sys.argv[2]))
