"""What the field terminal adds to a station: where we are, the way there, the centre's clock, and bounds for days."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from gis.coordinates import BadPosition, Position, is_in_indonesia, position
from gis.readings import read_positions
from radio_bridge.devices import Device
from radio_bridge.field.bearing import age_words, way_words
from radio_bridge.link import LinkConfig
from radio_bridge.radiogram import STATUSES, Place, Radiogram, Status, Text, Time
from radio_bridge.radiogram import Position as WhereWeAre
from radio_bridge.radiogram.saying import say
from radio_bridge.spool import Card, Spool
from radio_bridge.team import MAYDAY, STATUS_VALID_S, TEXT_VALID_S, Changes, FieldStation, Told

KEPT = 50
"""Alerts, words from the centre and reports of ours that stay readable, of each kind."""
OPEN = {"alert": ("new", "acknowledged"), "outbox": ("waiting", "keyed"), "text": ()}
"""kind of card -> states in which it is never forgotten, however many there are."""
TRIM_EVERY_S = 60.0
LATE = ("expired", "failed", "refused")
"""States of a report that a person may send once more."""
HELP = "BUTUH BANTUAN"
MAYDAY_VALID_S = 6 * 3600.0
"""A mayday is said until the centre has it; every other report is soon worth nothing."""
WRONG_CLOCK_S = 120.0
"""From here on the centre's time is shown instead of our own: a Raspberry Pi keeps no time while it is off."""


class Terminal(FieldStation):
    """A field station with a person before it."""

    def __init__(
        self, device: Device, config: LinkConfig, spool: Spool, told: Told, wall: Callable[[], float] = time.time
    ):
        super().__init__(device, config, spool, told, wall)
        self._trimmed_at = 0.0

    # where we are

    def here(self) -> dict[str, Any] | None:
        """{lon, lat, at, by: "gps" or "hand"}; None as long as nobody said."""
        return self._spool.card("own", "place")

    def stand_at(self, lon: float, lat: float, by: str = "hand") -> None:
        """We are here, WGS 84 degrees. Raises BadPosition off the globe."""
        where = position(lon, lat)
        self._spool.put(Card("own", "place", {"lon": where.lon, "lat": where.lat, "at": self._wall(), "by": by}))

    def read_here(self, words: str) -> Position:
        """Take a typed position (`-8,65 116,32`, `8°39'S 116°19'E`, a Plus Code). Raises BadPosition."""
        known = self.here()
        near = Position(known["lon"], known["lat"]) if known else None
        found = [one for one in read_positions(words, near) if is_in_indonesia(Position(one.lon, one.lat))]
        if not found:
            raise BadPosition("Posisi tidak terbaca. Contoh: -8,6529 116,3249 (lintang dulu).")
        self.stand_at(found[0].lon, found[0].lat)
        return Position(found[0].lon, found[0].lat)

    def way_to(self, place: Mapping[str, float] | None) -> str:
        """The way to a place of an alert, and how old our own position is; empty when either is unknown."""
        here = self.here()
        if here is None or place is None:
            return ""
        way = way_words(Position(here["lon"], here["lat"]), Position(place["lon"], place["lat"]))
        age_s = self._wall() - here["at"]
        return way if age_s < 300 else f"{way} (posisi kita {age_words(age_s)})"

    def tell_place(self) -> str | None:
        """Send our position home; its uid, None when it is not known or no number on the air says it."""
        here = self.here()
        if here is None or not is_in_indonesia(Position(here["lon"], here["lat"])):
            return None
        age_min = min(255, int(max(0.0, self._wall() - here["at"]) // 60))
        words = WhereWeAre(Place(here["lon"], here["lat"]), age_min)
        return self._send(words, say(words), "position", 3, STATUS_VALID_S)

    # reports beside the digits

    def report(self, digit: int) -> str:
        """As every station; a mayday stays valid until it is heard."""
        if digit != MAYDAY:
            return super().report(digit)
        return self._send(Status(digit), f"{digit} {STATUSES[digit]}", "status", 0, MAYDAY_VALID_S)

    def ask_for_help(self) -> str:
        """One key: we need help where we are. No mayday: nobody of ours is in danger."""
        here = self.here()
        where = f" @ {here['lat']:.4f},{here['lon']:.4f}" if here else ""
        words = Text(HELP + where)
        return self._send(words, words.text, "text", 1, TEXT_VALID_S)

    def late(self) -> list[dict[str, Any]]:
        """Words of ours that never got through and were not sent once more, oldest first."""
        mine = (card for card in self.outbox() if card["kind"] == "text" and not card.get("again"))
        return [card for card in mine if card["state"] in LATE]

    def send_late_again(self) -> int:
        """What the centre never got goes out once more and says how old it is; how many. Raises CannotSend."""
        late = self.late()
        for card in late:
            self.say(f"({age_words(self._wall() - card['at'])}) {card['text']}")
            self._spool.put(Card("outbox", card["uid"], {**card, "again": True}))
        return len(late)

    # the clock, and bounds

    def clock_offset_s(self) -> float:
        """What must be added to our clock; 0 as long as the centre did not say that it is wrong."""
        told = float((self._spool.card("own", "clock") or {"offset_s": 0.0})["offset_s"])
        return told if abs(told) >= WRONG_CLOCK_S else 0.0

    def now(self) -> float:
        """Seconds since 1970, by the centre's clock where it told us that ours is wrong."""
        return self._wall() + self.clock_offset_s()

    def _received(self, words: Radiogram, body: Mapping[str, Any], at: float) -> Changes:
        cards, events = super()._received(words, body, at)
        if isinstance(words, Time) and body["source"] == 0:
            cards = [*cards, Card("own", "clock", {"offset_s": words.utc_s - at})]
        return cards, events

    def _catch_up(self) -> None:
        super()._catch_up()
        if self._wall() - self._trimmed_at >= TRIM_EVERY_S or self._wall() < self._trimmed_at:
            self._trimmed_at = self._wall()
            self.trim()

    def trim(self) -> None:
        """Only so much is kept: a terminal runs for weeks from one memory card."""
        for kind, states in OPEN.items():
            self._spool.trim(kind, KEPT, states)
