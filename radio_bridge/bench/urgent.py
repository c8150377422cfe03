"""For `posko bench radio urgent`: how soon a mayday keys up behind five hundred messages, on a channel in real time."""

import time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from incident.bench.figures import Sheet, percentile
from radio_bridge import wire
from radio_bridge.bench.frames import quietly
from radio_bridge.devices import make_device
from radio_bridge.framing import ax25, posko
from radio_bridge.link import Outgoing
from radio_bridge.radiogram import Alert, Text
from radio_bridge.rig import Rig, link_config
from radio_bridge.spool import Spool

KEY = bytes(range(16)).hex()
WAITING = 500
VALID_S = 3000.0
MAYDAY_VALID_S = 1.2
"""So short that each has one round."""
PATIENCE_S = 30.0
PAUSES_S = (2.4, 5.4)
"""Between two maydays, by chance, so that each falls into another moment of a frame. More than a frame and its three
slots (2.2 s): the answers to one mayday are not talked down by the next."""
ROUNDING_S = 0.005


class Watched:
    """A rig on a channel of its own, and when each frame was handed to the modem."""

    def __init__(self, folder: Path) -> None:
        self.device = make_device("loopback:", folder)
        self.spool = Spool(folder / "spool.db")
        self.config = link_config(KEY, 0, "POSKO", self.device)
        self.rig = Rig(self.device, self.config, self.spool)
        self.keyed: list[tuple[float, float, int]] = []
        """(when, for how long in s, number of the mayday or -1)"""
        self.overtaken = 0
        """Of the frames that waited, the most that were keyed between the order of a mayday and its key-up."""
        self._write, self.device.write = self.device.write, self._note  # type: ignore[method-assign]

    def _note(self, frame: bytes) -> None:
        content = ax25.parse(frame).content
        _, words = wire.open_frame(self.config.profile, content, self.config.key_ring, posko.ReplayWindow(1))
        number = words.ref if isinstance(words, Alert) else -1
        self.keyed.append((time.monotonic(), self.config.airtime_s(len(content)), number))
        self._write(frame)

    def order(self, uid: str, words: Alert | Text, to: tuple[int, ...], priority: int, valid_s: float) -> None:
        """Into the spool, as the bridge's desk does."""
        self.spool.order(Outgoing(uid, words, to, priority, time.time() + valid_s), time.time())
        self.rig.wake()

    def mayday(self, number: int) -> float:
        """Seconds to its key-up from the end of our frame that was on the air, or from the order if there was none.

        On the air is also what was keyed while the order was being written: nobody knew of it yet.
        """
        asked = time.monotonic()
        self.order(f"p0-{number}", Alert(number, 0, 0, 27, 3, 30, text="Tolong"), (1, 2, 3), 0, MAYDAY_VALID_S)
        ordered = time.monotonic()
        while not (keyed := [one for one in self.keyed if one[2] == number]):
            if time.monotonic() - ordered > PATIENCE_S:
                raise TimeoutError("The mayday was never keyed.")
            time.sleep(0.005)
        between = [what for when, _, what in self.keyed if ordered <= when < keyed[0][0] and what < 0]
        self.overtaken = max(self.overtaken, len(between))
        before = [when + lasts for when, lasts, what in self.keyed if when < ordered and what != number]
        return keyed[0][0] - max([asked, *before[-1:]])

    def most_in_modem(self) -> int:
        """Frames handed over and not yet off the air, at the worst moment."""
        ends = [(when, when + lasts - ROUNDING_S) for when, lasts, _ in self.keyed]
        return max(sum(end > when for _, end in ends[: at + 1]) for at, (when, _) in enumerate(ends))


def measure_urgent(sheet: Sheet, long: bool) -> None:
    """Goal 5."""
    with quietly(), TemporaryDirectory(prefix="posko-bench-") as name:
        watched = Watched(Path(name))
        thread = watched.rig.start()
        try:
            late = _maydays(watched, 30 if long else 4)
        finally:
            watched.rig.stop()
            thread.join(5)
            getattr(watched.device, "end", watched.device.close)()
            watched.spool.close()
    sheet.add(f"P0 keys after the frame on the air, {WAITING} waiting, p50", 1000 * percentile(late, 0.5), "ms")
    sheet.add("the same, worst", 1000 * max(late), "ms", goal="<= 100 ms")
    sheet.add("frames that waited, keyed between the order and P0, most", watched.overtaken, "", goal="<= 1")
    sheet.add("frames inside the modem at once, most", watched.most_in_modem(), "", goal="1")
    sheet.raw["late_s"] = late


def _maydays(watched: Watched, count: int) -> list[float]:
    """One while the heap is still being taken, the others later."""
    for number in range(WAITING):
        watched.order(f"t{number}", Text(f"Pesan nomor {number} untuk satuan"), (1,), 3, VALID_S)
    late, random = [], Random(1)
    for number in range(count):
        late.append(watched.mayday(number))
        time.sleep(random.uniform(*PAUSES_S))
    return late
