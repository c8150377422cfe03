"""Runs direwolf, the TNC program, for a radio of ours: starts it, says why it ended, starts it again, and ends it.

Nobody else does on a small machine at a field post. It ends when the sound card is pulled and has to be asked twice.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import structlog

from incident.supervisor import STEADY_S, wait_s
from radio_bridge import tether
from radio_bridge.ports import LinkLost

PROGRAM = "direwolf"
KISS_PORT = 8001
"""Where direwolf listens when its file does not say."""
STARTS_WITHIN_S = 15.0
GRACE_S = 2.0
"""Between asking it to end, so that it lets go of the transmitter, and ending it."""
LINES_KEPT = 30

READY = "Ready to accept KISS"
BUSY = "Waited too long for clear channel"
_WHY = {
    "Could not open audio device": "direwolf: kartu suara tidak ada",
    "audio input failure": "direwolf: kartu suara hilang",
    "retry count exceeded": "direwolf: kartu suara hilang",
    "already using port": "direwolf: port KISS dipakai program lain",
    "Could not open config file": "direwolf: berkas setelan tidak terbaca",
}
"""What direwolf 1.6 says -> what the lamp says."""
MISSING = "direwolf tidak terpasang di mesin ini"
ENDED = "direwolf berhenti, dinyalakan lagi"
SILENT = "direwolf tidak menjawab, dinyalakan lagi"

log = structlog.get_logger()


def kiss_port(config: Path) -> int:
    """The KISSPORT of a direwolf.conf. Raises LinkLost where the file cannot be read or forbids KISS."""
    try:
        lines = config.read_text(errors="replace").splitlines()
    except OSError as fault:
        raise LinkLost(f"direwolf's file: {fault}") from fault
    port = int(next(_values(lines, "KISSPORT"), KISS_PORT))
    if port == 0:
        raise LinkLost(f"{config} turns KISS off: it needs KISSPORT {KISS_PORT}")
    return port


def _values(lines: Sequence[str], name: str) -> Iterator[str]:
    parts = (line.split() for line in lines)
    return (one[1] for one in parts if len(one) > 1 and one[0].upper() == name and one[1].isdigit())


class Program:
    """One direwolf of ours in a process group of its own. Used by one thread; a second one reads what it says."""

    def __init__(self, config: Path, folder: Path) -> None:
        self.config, self._pid_file = config, folder / "direwolf.pid"
        self.trouble = ""
        """For the lamp; "" while it runs well."""
        self.starts = 0
        self.busy_at: float | None = None
        """When it last gave a frame up because the channel was never free."""
        self._said: deque[str] = deque(maxlen=LINES_KEPT)
        self._running: subprocess.Popen[str] | None = None
        self._started_at = self._due_at = 0.0
        self._falls = 0
        self._is_ready = False

    def require(self) -> None:
        """Start it when it is due; LinkLost until it takes KISS clients."""
        self._note_end()
        if self._running is None:
            self._start_when_due()
        if not self._is_ready:
            self._give_up_on_a_slow_start()
            raise LinkLost(self.trouble or "direwolf starts")
        self.trouble = ""

    def check(self) -> None:
        """LinkLost when it has ended."""
        self._note_end()
        if self._running is None:
            raise LinkLost(self.trouble)

    def end(self, trouble: str = "") -> None:
        """End it with all that it started; with a reason it counts as a fall and is started again."""
        if self._running is None:
            return
        _end_group(self._running.pid, self._running.poll)
        self._running.wait()
        if trouble:
            self._fall(trouble)
        self._forget()

    def _start_when_due(self) -> None:
        now = time.monotonic()
        if now < self._due_at:
            raise LinkLost(self.trouble)
        end_leftover(self._pid_file)
        self._started_at, self._is_ready = now, False
        self._said.clear()
        command = [sys.executable, "-I", "-S", tether.__file__, str(os.getpid()), PROGRAM]
        command += ["-c", str(self.config), "-t", "0", "-q", "hd"]
        self._running = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            process_group=0,
        )
        self._note_start(self._running)

    def _note_start(self, running: "subprocess.Popen[str]") -> None:
        self.starts += 1
        kept = {"pid": running.pid, "parent": os.getpid(), "began": _began(running.pid)}
        self._pid_file.write_text(json.dumps(kept))
        log.info("radio.direwolf", starts=self.starts)
        threading.Thread(target=self._read, args=(running,), name="direwolf", daemon=True).start()

    def _read(self, running: "subprocess.Popen[str]") -> None:
        """Its words, until it ends; what it decodes is not kept."""
        assert running.stdout
        with running.stdout as words:
            for line in words:
                self._hear(line.strip())

    def _hear(self, line: str) -> None:
        if READY in line:
            self._is_ready = True
        elif BUSY in line:
            self.busy_at = time.monotonic()
            log.warning("radio.direwolf.busy")
        elif any(word in line for word in _WHY):
            self._said.append(line)

    def _give_up_on_a_slow_start(self) -> None:
        """It lives on without KISS when another program holds its port."""
        late = time.monotonic() - self._started_at > STARTS_WITHIN_S
        if why := self._why() or (SILENT if late else ""):
            self.end(why)

    def _note_end(self) -> None:
        if self._running is None or self._running.poll() is None:
            return
        code = self._running.returncode
        self._fall(MISSING if code == tether.NOT_THERE else self._why() or ENDED)
        _end_group(self._running.pid, lambda: 0)
        self._forget()

    def _why(self) -> str:
        return next((why for line in list(self._said) for word, why in _WHY.items() if word in line), "")

    def _fall(self, trouble: str) -> None:
        now = time.monotonic()
        self._falls = 1 if now - self._started_at >= STEADY_S else self._falls + 1
        self._due_at, self.trouble = now + wait_s(self._falls), trouble
        log.error("radio.direwolf.ended", words=trouble, falls=self._falls)

    def _forget(self) -> None:
        self._running, self._is_ready = None, False
        self._pid_file.unlink(missing_ok=True)


def end_leftover(pid_file: Path) -> None:
    """End the direwolf that a killed process of ours left behind. LinkLost while a living one of ours uses it."""
    try:
        kept = json.loads(pid_file.read_text())
        pid, parent, began = int(kept["pid"]), int(kept["parent"]), kept["began"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    if _began(pid) != began or began == 0:
        return
    if _parent(pid) == parent != os.getpid():
        raise LinkLost(f"another process of ours (number {parent}) runs this direwolf")
    log.warning("radio.direwolf.leftover", pid=pid)
    _end_group(pid, lambda: None if _began(pid) == began else 0)


def _end_group(pid: int, ended: Callable[[], int | None]) -> None:
    """Ask, wait, end. `ended` answers None while it lives."""
    _signal_group(pid, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_S
    while ended() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    _signal_group(pid, signal.SIGKILL)


def _signal_group(pid: int, how: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, how)


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name, which may hold spaces; empty when there is no such process."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return []


def _parent(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[1]) if fields else 0


def _began(pid: int) -> int:
    """When a living process began, in ticks since boot (proc(5), field 22); 0 when it is gone or only a corpse."""
    fields = _stat(pid)
    return int(fields[19]) if fields and fields[0] not in "ZX" else 0
