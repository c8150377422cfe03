"""What a CAP message is made of, ours or somebody else's: its words, its tables, when it is over. Pure.

OASIS Common Alerting Protocol 1.2, section 3.2.
"""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from shapely.geometry.base import BaseGeometry

from alerts import cap_area
from alerts.cap_area import Circle

CAP_SPACE = "urn:oasis:names:tc:emergency:cap:1.2"
STATUSES = ("Actual", "Exercise", "System", "Test", "Draft")
MESSAGE_TYPES = ("Alert", "Update", "Cancel", "Ack", "Error")
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")
CATEGORIES = (
    *("Geo", "Met", "Safety", "Security", "Rescue", "Fire"),
    *("Health", "Env", "Transport", "Infra", "CBRNE", "Other"),
)
RESPONSES = ("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None")
# how long a message without <expires> stands, by its urgency (CAP 1.2, section 3.2.2: each recipient may decide)
LIFE_H = {"Immediate": 3, "Expected": 6, "Future": 24, "Past": 1, "Unknown": 6}


class CapReference(NamedTuple):
    """An earlier message, named as CAP names it."""

    sender: str
    identifier: str
    sent_at: dt.datetime


class CapArea(NamedTuple):
    """One area: its name, its polygons as one sound shape in lon, lat (None without), its circles, its codes."""

    words: str
    shape: BaseGeometry | None
    circles: tuple[Circle, ...]
    geocodes: tuple[tuple[str, str], ...]  # (name of the system, code)

    @property
    def ground(self) -> BaseGeometry | None:
        """Polygons and circles as one shape; None where there is only a point, a code or a name."""
        round_ones = [cap_area.round_shape(one) for one in self.circles]
        return cap_area.together(one for one in [self.shape, *round_ones] if one is not None)


class CapInfo(NamedTuple):
    """What is said in one language of one event; missing words are empty, missing times None."""

    language: str
    categories: tuple[str, ...]
    event: str
    responses: tuple[str, ...]
    urgency: str
    severity: str
    certainty: str
    audience: str
    event_codes: tuple[tuple[str, str], ...]
    effective_at: dt.datetime | None
    onset_at: dt.datetime | None
    expires_at: dt.datetime | None
    sender_name: str
    headline: str
    description: str
    instruction: str
    web: str  # http(s) only
    contact: str
    parameters: tuple[tuple[str, str], ...]
    areas: tuple[CapArea, ...]


class CapAlert(NamedTuple):
    """One CAP message; times are aware and in UTC."""

    identifier: str
    sender: str
    sent_at: dt.datetime
    status: str
    message_type: str
    source: str
    scope: str
    restriction: str
    addresses: str
    codes: tuple[str, ...]
    note: str
    references: tuple[CapReference, ...]
    incidents: str
    infos: tuple[CapInfo, ...]
    is_signed: bool  # it carries a signature; nobody checked it
    faults: tuple[str, ...]

    @property
    def key(self) -> CapReference:
        """What makes a message the same one (CAP 1.2, section 3.2.1, references)."""
        return CapReference(self.sender, self.identifier, self.sent_at)

    @property
    def is_real(self) -> bool:
        """Whether it is about the real world: no exercise, test, draft, receipt or error."""
        return self.status == "Actual" and self.message_type in ("Alert", "Update", "Cancel")

    @property
    def expires_at(self) -> dt.datetime:
        """When the last of its infos is over; without `expires`, after the time its urgency stands for."""
        ends = [one.expires_at or self._default_end(one) for one in self.infos]
        return max(ends, default=self.sent_at + dt.timedelta(hours=LIFE_H["Unknown"]))

    def _default_end(self, info: CapInfo) -> dt.datetime:
        begins = info.onset_at or info.effective_at or self.sent_at
        return begins + dt.timedelta(hours=LIFE_H[info.urgency])

    def info(self, language: str = "id") -> CapInfo | None:
        """The info in this language, else the first one."""
        wanted = [one for one in self.infos if one.language.lower().split("-")[0] == language]
        return next(iter([*wanted, *self.infos]), None)

    def shape(self, info: CapInfo | None = None) -> BaseGeometry | None:
        """All ground of one info (the first if none is named) as one sound shape; None without any."""
        told = info or self.info()
        areas = told.areas if told else ()
        return cap_area.together(one for one in (each.ground for each in areas) if one is not None)


def standing(alerts: Iterable[CapAlert], now: dt.datetime) -> list[CapAlert]:
    """Those that hold now, oldest first: each once, none that a later one updates or cancels, none that is over."""
    known = {one.key: one for one in sorted(alerts, key=lambda one: one.sent_at)}
    followed = {past for one in known.values() if one.message_type in ("Update", "Cancel") for past in one.references}
    left = [one for key, one in known.items() if key not in followed and one.message_type in ("Alert", "Update")]
    return [one for one in left if one.expires_at > now]
