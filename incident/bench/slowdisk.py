"""An old office disk: every commit takes some milliseconds longer, as its fsync does. For measuring alone.

As a program it runs a command of Posko on such a disk: `python -m incident.bench.slowdisk 8 serve`.
"""

import sys
import types
from collections.abc import Callable
from typing import Any


def slow_driver(driver: Any, disk_ms: float, sleep: Callable[[float], None]) -> Any:
    """The SQLite module, with connections whose commit waits `disk_ms` milliseconds more, off the GIL."""

    class Connection(driver.Connection):
        def commit(self) -> None:
            sleep(disk_ms / 1000)
            super().commit()

    slow = types.ModuleType(driver.__name__)
    slow.__dict__.update(vars(driver))
    slow.connect = lambda *given, **more: driver.connect(*given, **(more | {"factory": Connection}))  # type: ignore[attr-defined]
    return slow


def slow_down(disk_ms: float, sleep: Callable[[float], None]) -> None:
    """From now on every database this process opens lies on a slow disk."""
    import gis.database

    made = slow_driver(gis.database.sqlite_driver(), disk_ms, sleep)
    gis.database.sqlite_driver = lambda: made


def _run(disk_ms: float, command: list[str]) -> None:
    from gevent import monkey

    sleep = monkey.get_original("time", "sleep")  # a disk does not let the others go on in its thread
    monkey.patch_all()
    slow_down(disk_ms, sleep)
    from incident.cli import main

    main(command)


if __name__ == "__main__":
    _run(float(sys.argv[1]), sys.argv[2:])
