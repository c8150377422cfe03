"""Who reads or writes at an incident now: kept in memory, told as an event of its own, never in the journal.

A screen says every five seconds that it is here; one that has not said so for `STAYS_S` is gone. What a restarted
server has forgotten it knows again after the next word of each screen.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

DOINGS = ("reading", "typing")
STAYS_S = 12.0
People = list[dict[str, str]]


@dataclass
class Presence:
    """The people at each incident; time is an argument, in seconds that only go forward."""

    tell: Callable[[int, People], None]
    here: dict[int, dict[str, tuple[str, float]]] = field(default_factory=dict)

    def come(self, incident_id: int, name: str, doing: str, now_s: float) -> None:
        """Somebody is here, reading or typing; told when that is new."""
        people = self.here.setdefault(incident_id, {})
        is_news = people.get(name, ("", 0.0))[0] != doing
        people[name] = (doing, now_s + STAYS_S)
        if is_news:
            self.tell(incident_id, self.at(incident_id))

    def leave(self, incident_id: int, name: str) -> None:
        """Somebody turned to something else."""
        if self.here.get(incident_id, {}).pop(name, None):
            self._settle(incident_id)

    def sweep(self, now_s: float) -> None:
        """Let go those who have not been heard of."""
        for incident_id, people in list(self.here.items()):
            late = [name for name, (_, until_s) in people.items() if until_s <= now_s]
            for name in late:
                del people[name]
            if late:
                self._settle(incident_id)

    def _settle(self, incident_id: int) -> None:
        if not self.here[incident_id]:
            del self.here[incident_id]
        self.tell(incident_id, self.at(incident_id))

    def at(self, incident_id: int) -> People:
        """The people at an incident, by name."""
        people = self.here.get(incident_id, {})
        return [{"name": name, "doing": doing} for name, (doing, _) in sorted(people.items())]

    def all(self) -> dict[str, People]:
        """incident -> people, for a screen that just came."""
        return {str(incident_id): self.at(incident_id) for incident_id in sorted(self.here)}


class Watchman:
    """Tells the screens of one web process, and lets go those who fell silent while anybody is there."""

    def __init__(self, live: Callable[[], Any], clock_s: Callable[[], float]):
        self.live, self.clock_s = live, clock_s
        self.presence = Presence(self._tell)
        self._walks = False

    def _tell(self, incident_id: int, people: People) -> None:
        """Names are told where the journal's are: to those who see everything."""
        live = self.live()
        for room, viewer in list(live.rooms.items()):
            if viewer.sees_all:
                live.socketio.emit("presence", {"incident": incident_id, "people": people}, to=room)

    def come(self, incident_id: int, name: str, doing: str) -> None:
        self.presence.come(incident_id, name, doing, self.clock_s())
        if not self._walks:
            self._walks = True
            self.live().socketio.start_background_task(self._walk)

    def _walk(self) -> None:
        live = self.live()
        while self.presence.here and not live._stopped:
            live.socketio.sleep(1)
            self.presence.sweep(self.clock_s())
        self._walks = False
