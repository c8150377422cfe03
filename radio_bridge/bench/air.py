"""Two or more real TNC programs on one simulated half-duplex channel, without a sound card: for rigs and tests.

ALSA's `file` plugin writes what a TNC plays into a FIFO; a mixer takes 20 ms of each at a time, adds noise, and sends
the sum as UDP audio to all who do not transmit.
"""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

RATE = 22_050
TICK_S = 0.02
LATE_S = 0.1
"""Behind its time by more, the channel is no measure of who spoke when."""
SAMPLES = int(RATE * TICK_S)
LEVEL = 0.5
NOISE = 300.0  # of 32,767

ASOUND = 'pcm.tx{n} {{ type file slave.pcm "null" file "{fifo}" format "raw" }}\n'
CONFIG = """
ADEVICE UDP:{udp} tx{n}
ARATE {rate}
ACHANNELS 1
CHANNEL 0
MYCALL TNC-{n}
MODEM 1200
TXDELAY 20
SLOTTIME 1
PERSIST 255
AGWPORT 0
KISSPORT {kiss}
"""


def find_direwolf() -> str | None:
    return shutil.which("direwolf")


_given: set[int] = set()


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    """Never the same twice, and below the range the kernel hands out by itself: direwolf takes none above 49151."""
    while True:
        port = random.randrange(20_000, 32_000)
        if port in _given:
            continue
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, kind) as probe:
            probe.bind(("127.0.0.1", port))
            _given.add(port)
            return port


@dataclass
class Tnc:
    """One direwolf on the channel; whoever keeps the program running, its file is written here."""

    number: int
    folder: Path
    kiss: int = field(default_factory=free_port)
    udp: int = field(default_factory=lambda: free_port(socket.SOCK_DGRAM))
    waiting: bytearray = field(default_factory=bytearray)
    keyed_s: float = 0.0
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def fifo(self) -> Path:
        return self.folder / f"tx{self.number}.fifo"

    @property
    def config(self) -> Path:
        return self.folder / f"tnc{self.number}.conf"

    def write_config(self) -> None:
        """Where a sound card would stand, the channel stands."""
        self.config.write_text(CONFIG.format(n=self.number, udp=self.udp, kiss=self.kiss, rate=RATE))

    def start(self, asound: Path) -> None:
        """Run it ourselves."""
        self.write_config()
        environment = {**os.environ, "ALSA_CONFIG_PATH": str(asound)}
        self.log = open(self.folder / f"tnc{self.number}.log", "w")  # noqa: SIM115 closed in stop()
        command = ["direwolf", "-c", str(self.config), "-t", "0", "-q", "hd"]
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, cwd=self.folder
        )

    def is_up(self) -> bool:
        """By its own words: it has three places for KISS clients, and a probe would take one for a while."""
        return "Ready to accept KISS" in self._words()

    def has_lost_its_port(self) -> bool:
        """Another program was quicker: it is to be started again with other ports."""
        return "already using port" in self._words()

    def _words(self) -> str:
        return (self.folder / f"tnc{self.number}.log").read_text(errors="replace")

    def cpu_s(self) -> float:
        """Seconds of a processor it has used, if we run it (proc(5), fields 14 and 15)."""
        if self.process is None:
            return 0.0
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(") ")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return 0.0

    def stop(self) -> None:
        """Harmless when we do not run it."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(5)
        self.process = None
        self.log.close()


class LiveAir:
    """The channel. `url(n)` is what a station of ours opens."""

    def __init__(self, folder: Path, stations: int = 2, deaf: frozenset[tuple[int, int]] = frozenset()) -> None:
        """deaf: pairs (speaker, listener) between which a hill stands."""
        self.tncs = [Tnc(number, folder) for number in range(stations)]
        self.deaf = deaf
        self.folder = folder
        self.collided_s = self.busy_s = self.late_s = 0.0
        self.tape: BinaryIO | None = None
        """What a listener on the channel hears, as samples of 16 bits, is written here too."""
        self._random = np.random.default_rng(1)
        self._stopping = False

    def start(self, kept_by_others: tuple[int, ...] = ()) -> None:
        """`kept_by_others`: numbers whose program somebody else runs, with `asound` as ALSA_CONFIG_PATH."""
        lines = [ASOUND.format(n=tnc.number, fifo=tnc.fifo) for tnc in self.tncs]
        self.asound.write_text("</usr/share/alsa/alsa.conf>\n" + "".join(lines))
        for tnc in self.tncs:
            os.mkfifo(tnc.fifo)
        # read-write, or opening waits for the other end
        self._ears = {tnc.number: os.open(tnc.fifo, os.O_RDWR | os.O_NONBLOCK) for tnc in self.tncs}
        self._mouth = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._thread = threading.Thread(target=self._mix, daemon=True)
        self._thread.start()
        for tnc in self.tncs:
            tnc.write_config() if tnc.number in kept_by_others else tnc.start(self.asound)

    def are_up(self) -> bool:
        """Whether all that we run take KISS clients; who lost its ports to another program gets new ones."""
        for tnc in self.tncs:
            if tnc.process and tnc.has_lost_its_port():
                tnc.stop()
                tnc.kiss, tnc.udp = free_port(), free_port(socket.SOCK_DGRAM)
                tnc.start(self.asound)
        return all(tnc.is_up() for tnc in self.tncs if tnc.process)

    @property
    def is_late(self) -> bool:
        """Whether this machine was too busy to keep the channel's time: what collided then is its own fault."""
        return self.late_s > LATE_S

    @property
    def asound(self) -> Path:
        """ALSA's file that names the channel's sound cards."""
        return self.folder / "asound.conf"

    def url(self, number: int, options: str = "") -> str:
        return f"kiss+socket:127.0.0.1:{self.tncs[number].kiss}{options}"

    def cpu_s(self) -> float:
        """Seconds of a processor that the TNC programs have used."""
        return sum(tnc.cpu_s() for tnc in self.tncs)

    def _mix(self) -> None:
        due = time.monotonic()
        while not self._stopping:
            self._tick()
            due += TICK_S
            self.late_s = max(self.late_s, time.monotonic() - due)
            time.sleep(max(0.0, due - time.monotonic()))

    def _tick(self) -> None:
        spoken = {tnc.number: self._take(tnc) for tnc in self.tncs}
        on_air = [number for number, sound in spoken.items() if sound is not None]
        self.collided_s += TICK_S * (len(on_air) > 1)
        self.busy_s += TICK_S * bool(on_air)
        for tnc in self.tncs:
            heard = [number for number in on_air if number != tnc.number and (number, tnc.number) not in self.deaf]
            self._play(tnc, [spoken[number] for number in heard], tnc.number in on_air)
        if self.tape is not None:
            self.tape.write(self._sum([spoken[number] for number in on_air]))

    def _take(self, tnc: Tnc) -> np.ndarray | None:
        with contextlib.suppress(BlockingIOError):
            tnc.waiting += os.read(self._ears[tnc.number], 1 << 20)
        if not tnc.waiting:
            return None
        raw, tnc.waiting = bytes(tnc.waiting[: 2 * SAMPLES]), tnc.waiting[2 * SAMPLES :]
        tnc.keyed_s += TICK_S
        sound = np.frombuffer(raw[: len(raw) // 2 * 2], dtype="<i2").astype(float)
        return np.pad(sound, (0, SAMPLES - len(sound)))

    def _play(self, tnc: Tnc, sounds: list[Any], is_muted: bool) -> None:
        """Who transmits hears nothing of the others: half-duplex."""
        packet = self._sum([] if is_muted else sounds)
        with contextlib.suppress(OSError):
            self._mouth.sendto(packet, ("127.0.0.1", tnc.udp))

    def _sum(self, sounds: list[Any]) -> bytes:
        """All at once, with noise, no louder than a sound card can say."""
        total = self._random.normal(0, NOISE, SAMPLES)
        for sound in sounds:
            total += LEVEL * sound
        return np.clip(total, -32_768, 32_767).astype("<i2").tobytes()

    def stop(self) -> None:
        """End what we run, and the channel."""
        for tnc in self.tncs:
            tnc.stop()
        self._stopping = True
        self._thread.join(2)
        self._mouth.close()
        for ear in self._ears.values():
            os.close(ear)
