"""How far the night is: kept after every step, so that a player that was killed goes on and doubles nothing."""

from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from incident.drill import folder as folders


@dataclass(slots=True)
class Progress:
    """The story's clock, the steps that are done, and the ids they were given."""

    run: str
    clock_s: float = 0.0
    at: float = 0.0  # seconds since 1970, when it was last kept
    is_over: bool = False
    done: list[str] = field(default_factory=list)
    incidents: dict[str, int] = field(default_factory=dict)
    alerts: dict[str, int] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    answered: dict[str, float] = field(default_factory=dict)  # team -> the story's second of its first answer

    def keep(self, folder: Path, now: float) -> None:
        """Write it down."""
        self.at = now
        folders.write(folder / folders.PROGRESS, asdict(self))


def found(folder: Path) -> Progress | None:
    """What was kept of the run in this folder, or None."""
    kept: dict[str, Any] = folders.read(folder / folders.PROGRESS)
    known = {one.name for one in fields(Progress)}
    return Progress(**{name: value for name, value in kept.items() if name in known}) if kept else None
