"""The controls of a running exercise: a small file that `posko drill --pause` writes and the player reads."""

from pathlib import Path
from typing import Any

from incident.drill import folder as folders


class Steering:
    """Speed and pause as they were last asked for."""

    def __init__(self, folder: Path):
        self.path = folder / folders.STEERING
        self._read_at = 0
        self.speed, self.is_paused, self.number = 1.0, False, 0
        self.look()

    def look(self) -> str | None:
        """What was asked since the last look: paused, resumed, sped, restarted; None for nothing new."""
        try:
            written_at = self.path.stat().st_mtime_ns
        except FileNotFoundError:
            return None
        if written_at == self._read_at:
            return None
        self._read_at = written_at
        return self._follow(folders.read(self.path))

    def _follow(self, asked: dict[str, Any]) -> str | None:
        if asked.get("number", 0) == self.number:
            self.speed, self.is_paused = asked.get("speed", self.speed), asked.get("is_paused", self.is_paused)
            return None
        self.number = asked["number"]
        self.speed, self.is_paused = asked["speed"], asked["is_paused"]
        return str(asked["change"])


def begin(folder: Path, speed: float | None) -> None:
    """Set the speed of a run that begins or goes on; a run that was paused goes on paused."""
    asked = folders.read(folder / folders.STEERING)
    usual = {"number": 0, "speed": 1.0, "is_paused": False, "change": "started"}
    folders.write(folder / folders.STEERING, usual | asked | ({"speed": speed} if speed else {}))


def steer(folder: Path, change: str, speed: float | None = None) -> None:
    """Ask the running player for a change."""
    asked = folders.read(folder / folders.STEERING)
    asked |= {"change": change, "number": asked.get("number", 0) + 1}
    if change in ("paused", "resumed"):
        asked["is_paused"] = change == "paused"
    if speed:
        asked["speed"] = speed
    folders.write(folder / folders.STEERING, {"speed": 1.0, "is_paused": False} | asked)
