"""Twenty field stations on the virtual channel: the real links behind real KISS ports, and people who press keys."""

import contextlib
import queue
import select
import threading
from pathlib import Path
from random import Random

from radio_bridge.airtime import boot_seconds
from radio_bridge.devices import Device, make_device
from radio_bridge.link import Event, Link, Received, Transmit
from radio_bridge.radiogram import Alert, Level
from radio_bridge.rig import link_config

LOOK_S = 0.05


class Stations:
    """Stations 1 to `count` on the channel of `url`; one thread serves them all, as an ether of its own would."""

    def __init__(self, url: str, key: str, folder: Path, names: dict[int, str]) -> None:
        """names: station number -> call sign."""
        self.devices: dict[int, Device] = {number: make_device(url, folder) for number in names}
        self.links = {
            number: Link(link_config(key, number, names[number], device), None, Random(number))
            for number, device in self.devices.items()
        }
        self.alarms: dict[int, str] = {}
        """station -> the alert that rang there."""
        self.mute: set[int] = set()
        """Stations whose radio is off: they neither hear nor speak."""
        self._presses: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="stations", daemon=True)

    def start(self) -> None:
        for device in self.devices.values():
            device.open()
        self._thread.start()

    def press(self, *numbers: int) -> None:
        """A person at each of these stations presses the key: I have seen it."""
        for number in numbers:
            self._presses.put(number)

    def stop(self) -> None:
        self._stopping = True
        self._thread.join(30)
        for device in self.devices.values():
            getattr(device, "end", device.close)()

    def _run(self) -> None:
        while not self._stopping:
            wake = min((self._wake_of(number) for number in self.links), default=LOOK_S)
            ears = {device.fileno(): number for number, device in self.devices.items()}
            ready, _, _ = select.select(list(ears), [], [], max(0.0, min(LOOK_S, wake)))
            for ear in ready:
                self._hear(ears[ear])
            self._press()
            for number in self.links:
                self._act(number, self.links[number].tick(boot_seconds()))

    def _wake_of(self, number: int) -> float:
        now = boot_seconds()
        wake = self.links[number].next_wake(now)
        return LOOK_S if wake is None else wake - now

    def _hear(self, number: int) -> None:
        for frame in self.devices[number].read():
            if number not in self.mute:
                self._act(number, self.links[number].heard(frame, boot_seconds()))

    def _press(self) -> None:
        while not self._presses.empty():
            number = self._presses.get()
            self._act(number, self.links[number].acknowledge(self.alarms[number], Level.SEEN, boot_seconds()))

    def _act(self, number: int, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, Received) and isinstance(event.radiogram, Alert):
                self.alarms[number] = event.key
            if isinstance(event, Transmit) and number not in self.mute:
                with contextlib.suppress(OSError):
                    self.devices[number].write(event.frame)
