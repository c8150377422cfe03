"""A command room in the middle of its work, with a clock that goes when it is told to."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import alerts.actions as alerting
from alerts import queries as alert_queries
from alerts.bulletins import queries as told_outside
from alerts.models import Delivery
from gis.zones import checked
from incident import actions, board, ground, ground_queries
from incident.post import Post
from incident.relay import Relay
from radio_bridge.net.stations import add_station
from tests.cast import Cast, assemble
from tests.factories import report, uid

SQUARE = {"type": "Polygon", "coordinates": [[[116.5, -8.5], [116.6, -8.5], [116.6, -8.6], [116.5, -8.5]]]}
START = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)


@dataclass
class Clock:
    """A clock that goes when it is told to."""

    now: dt.datetime = START

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(milliseconds=7)
        return self.now

    def on(self, seconds: float) -> None:
        self.now += dt.timedelta(seconds=seconds)


@dataclass
class Room:
    """A command room in the middle of its work, and what is known of it."""

    post: Post
    clock: Clock
    units: dict[str, int]
    known: dict[str, int] = field(default_factory=dict)

    def do(self, action: Callable[..., Any], *given: Any, by: str = "sari", **fields: Any) -> Any:
        return self.post.do(action, by, uid(), *given, **fields)

    def call(self, **said: Any) -> Any:
        told = report(self.post, **said)
        return self.post.do(actions.record_call, "sari", told.uid, told)

    def open(self, **said: Any) -> int:
        return int(self.call(**said)["incident"])

    def assign(self, incident: int, unit: str) -> int:
        entry = self.do(actions.create_assignment, incident, self.units[unit])
        return int(entry["body"]["assignment"])

    def alert(
        self, priority: str = "P1", order: str = "go", to: tuple[str, ...] = ("TRC-1", "PSC-1"), **more: Any
    ) -> int:
        units = [self.units[name] for name in to]
        words: dict[str, Any] = {"order": order, "text": "Ke Pringgabaya", "priority": priority, "expires_in_min": 60}
        return int(self.do(alerting.write_alert, unit_ids=units, by="dewi", **(words | more))["body"]["alert"])

    def zone(self, kind: str = "affected", shape: Any = SQUARE, **more: Any) -> int:
        return int(self.do(ground.draw_zone, kind, checked(kind, shape), by="komang", **more)["body"]["zone"])

    def standing(self) -> list[int]:
        """The zones on every board."""
        with self.post.database.read() as conn:
            return [card["id"] for card in ground_queries.zone_cards(conn)]

    def facility(self, **more: Any) -> int:
        said = {"kind": "shelter", "name": "Lapangan", "lon": 116.6, "lat": -8.5, "capacity": 400}
        return int(self.do(ground.add_facility, by="komang", **(said | more))["body"]["facility"])

    def deliveries(self, alert: int, channel: str) -> list[int]:
        with self.post.database.read() as conn:
            table = Delivery.__table__
            mine = [row["id"] for row in alert_queries.recipients_of(conn, alert)]
            rows = conn.execute(table.select().where(table.c.recipient_id.in_(mine), table.c.channel == channel))
            return [row.id for row in rows]

    def recipients(self, alert: int) -> list[int]:
        with self.post.database.read() as conn:
            return [row["id"] for row in alert_queries.recipients_of(conn, alert)]

    def relay(self) -> None:
        """What the relay does until there is nothing more to do."""
        carrier = Relay(self.post)
        while carrier.step():
            pass


def open_room(post: Post, clock: Clock | None = None) -> Room:
    """The cast, two units, a radio for TRC-1 alone, and a clock in our hand, put into an empty database."""
    clock = clock or Clock()
    return enter_room(post, furnish(post, clock), clock)


def enter_room(post: Post, cast: Cast, clock: Clock | None = None) -> Room:
    """The room that stands in the database already."""
    board.join(alert_queries.board_cards, alert_queries.incident_cards)
    board.join(told_outside.board_cards, told_outside.incident_cards)
    post.clock = clock = clock or Clock()
    return Room(post, clock, dict(cast.units))


def furnish(post: Post, clock: Clock) -> Cast:
    """Put the cast, their units and the radio into an empty database."""
    post.clock = clock
    cast = assemble(post)
    post.do(add_station, "ayu", None, "TRC-1", cast.units["TRC-1"], 11)
    return cast
