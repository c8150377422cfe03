"""A warm parent: it has imported everything once and forks `posko` commands, so that a start costs no imports.

Only for measurements and power cuts; what runs in the fork is the command itself. One JSON line asks for a process
(`args`, `env`, `log`), one line answers with its number. When the asker goes away, everything it started dies.
"""

import contextlib
import ctypes
import json
import os
import signal
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any, NoReturn

WARM = ("incident.cli", "incident.commands", "incident.app", "alerts.routes", "alerts.listeners", "alerts.sender")
WEB = (
    "gunicorn.app.base",
    "incident.unreadable",
    "incident.serve",
    "incident.pages",
    "engineio.async_drivers.gevent",
)
AIR = ("incident.relay", "radio_bridge.cli", "radio_bridge.devices.loopback", "radio_bridge.devices.kiss")
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def main(kind: str) -> None:
    """Warm up as `web` (the standard library patched first, as the server does) or `plain`, then fork on request."""
    if kind == "web":
        from gevent import monkey

        monkey.patch_all()
    for name in (*WARM, *(WEB if kind == "web" else AIR)):
        import_module(name)
    _say("ready")
    groups: list[int] = []
    for line in _lines():
        groups.append(_fork(json.loads(line), kind))
        _say(str(groups[-1]))
        _reap()
    for group in groups:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


def _lines() -> Iterator[bytes]:
    """Read without any buffer of Python's: a fork must not inherit half a line."""
    rest = b""
    while chunk := os.read(0, 65_536):
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines


def _say(words: str) -> None:
    os.write(1, words.encode() + b"\n")


def _fork(order: dict[str, Any], kind: str) -> int:
    pid = _fork_warm(kind)
    if pid == 0:
        _become(order)
    return pid


def _fork_warm(kind: str) -> int:
    if kind != "web":
        return os.fork()
    from gevent.os import fork_gevent  # the loop of the parent is not the child's

    return int(fork_gevent())


def _become(order: dict[str, Any]) -> NoReturn:
    os.setsid()
    die_with_parent()
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, nothing), (1, log), (2, log)):
        os.dup2(source, target)
    os.environ.update(order["env"])
    code: Any = 1
    try:
        code = _command(order["args"], order["env"].get("POSKO_FAILPOINT", ""))
    except SystemExit as ended:
        code = ended.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0)


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent is gone, however that went."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _command(args: list[str], failpoint: str) -> int:
    from incident import cli, failpoints

    failpoints.arm(failpoint)
    cli.main(args)
    return 0


def _reap() -> None:
    """Bury the dead; gevent's own waitpid would wait for a loop that never runs here."""
    waitpid = os.waitpid
    if "gevent.monkey" in sys.modules:
        from gevent import monkey

        waitpid = monkey.get_original("os", "waitpid")
    with contextlib.suppress(ChildProcessError):
        while waitpid(-1, os.WNOHANG)[0]:
            pass


if __name__ == "__main__":
    main(sys.argv[1])
