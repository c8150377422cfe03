"""The key of a transmitter that we press ourselves (push to talk), with a watchdog in a process apart.

Nothing here can hold a transmitter keyed: the process that presses lets go after the time it was given, after the
longest time in any case, and when we die. Should that process die, the kernel lowers RTS, DTR and GPIO pins by itself,
and the next one begins by letting go.
"""

import contextlib
import select
import subprocess
import sys
import time

from radio_bridge import ptt_hold
from radio_bridge.ports import BadPort, LinkLost

LINES = ("rts", "dtr", "cm108", "gpio", "file")
LONGEST_S = 30.0
"""However long somebody wants to speak: whoever speaks longer keeps everybody else off the channel."""
ANSWER_S = 1.0
PATIENCE_S = 5.0
"""For the watchdog to begin and to end: on a busy machine a process takes its time."""


class KeyedTooLong(Exception):
    """The longest time was reached and the key was let go; unkey() first, then key() again."""


class Ptt:
    """key() and unkey() a transmitter.

    port: the serial port (rts, dtr), /dev/hidrawN (cm108), /dev/gpiochip0:17 (gpio) or a file that takes 1 and 0.
    Every call but close() may raise LinkLost. The port is opened by the first key() and stays open until close():
    opening raises both lines for a moment on most cables.
    """

    def __init__(self, port: str, line: str = "rts", longest_s: float = LONGEST_S) -> None:
        if line not in LINES or not port:
            raise BadPort(
                f"{line}:{port} is no key: use one of {', '.join(LINES)}, such as rts:/dev/serial/by-id/NAME."
            )
        self.port, self.line, self.longest_s = port, line, longest_s
        self._holder: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Take the line and make sure that it is not keyed."""
        if self._holder is None or self._holder.poll() is not None:
            self._start()

    def key(self, at_most_s: float | None = None) -> None:
        """Press, for at most so many seconds; pressed already, the time is counted anew, up to longest_s in all.

        Raises KeyedTooLong when longest_s is over and nobody let go since.
        """
        self.open()
        wanted_s = self.longest_s if at_most_s is None else min(at_most_s, self.longest_s)
        if self._ask(f"key {wanted_s:.3f}") == "limit":
            raise KeyedTooLong(f"The transmitter was keyed for {self.longest_s:.0f} s and let go.")

    def unkey(self) -> None:
        """Let go; harmless when nothing is pressed."""
        self.open()
        self._ask("unkey")

    def close(self) -> None:
        """Let go and give the line back; harmless when that was done already."""
        holder, self._holder = self._holder, None
        if holder is None:
            return
        for pipe in (holder.stdin, holder.stdout):
            assert pipe is not None
            with contextlib.suppress(OSError):
                pipe.close()  # the end of its input: it lets go and ends
        with contextlib.suppress(subprocess.TimeoutExpired):
            holder.wait(PATIENCE_S)
        if holder.poll() is None:
            holder.kill()
            holder.wait()

    def _start(self) -> None:
        self.close()
        command = [sys.executable, "-I", "-S", ptt_hold.__file__, self.port, self.line, str(self.longest_s)]
        # a session of its own: who ends our whole group does not end the watchdog with it
        self._holder = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, start_new_session=True
        )
        self._answer(PATIENCE_S)

    def _ask(self, words: str) -> str:
        assert self._holder is not None and self._holder.stdin is not None
        try:
            self._holder.stdin.write(words.encode() + b"\n")
        except OSError as fault:
            self.close()
            raise LinkLost(f"{self.port}: {fault}") from fault
        return self._answer()

    def _answer(self, within_s: float = ANSWER_S) -> str:
        """Its next line. One that does not answer is ended: the kernel lowers the lines it held."""
        said = self._line(within_s)
        if not said or said.startswith("lost"):
            if self._holder is not None:
                self._holder.kill()
            self.close()
            raise LinkLost(f"{self.port}: {said.removeprefix('lost ') or 'the keying process does not answer'}")
        return said

    def _line(self, within_s: float) -> str:
        assert self._holder is not None and self._holder.stdout is not None
        said, ends = b"", time.monotonic() + within_s
        while not said.endswith(b"\n"):
            if not select.select([self._holder.stdout], [], [], max(0.0, ends - time.monotonic()))[0]:
                return ""
            piece = self._holder.stdout.read(256)
            if not piece:
                return said.decode(errors="replace").strip()
            said += piece
        return said.decode(errors="replace").strip()

    def __enter__(self) -> "Ptt":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def ptt_of(url: str, longest_s: float = LONGEST_S) -> Ptt:
    """The key that `rts:/dev/serial/by-id/NAME` or `gpio:/dev/gpiochip0:17` names. Raises BadPort."""
    line, _, port = url.partition(":")
    return Ptt(port, line, longest_s)
