"""Whom a message is for: the destination byte of its frames, and the stations that must have it. Pure."""

from __future__ import annotations

from radio_bridge.errors import CannotSend
from radio_bridge.radiogram import ALL, STATION_LAST, Ack, Radiogram, Receipt, Reporting, Time
from radio_bridge.traffic import LinkConfig, Outgoing


def addressees(config: LinkConfig, outgoing: Outgoing) -> tuple[int, tuple[int, ...]]:
    """(destination byte, stations that must have it). Raises CannotSend."""
    if isinstance(outgoing.radiogram, Time):
        return ALL, ()
    if isinstance(outgoing.to, int):
        destination, roster = outgoing.to, _group(config, outgoing.to)
    else:
        roster = tuple(sorted(set(outgoing.to)))
        destination = roster[0] if len(roster) == 1 else ALL
    roster = tuple(station for station in roster if station != config.station)
    _check_roster(outgoing.radiogram, roster)
    return destination, roster


def _group(config: LinkConfig, number: int) -> tuple[int, ...]:
    if number == ALL:
        return tuple(sorted({station for group in config.groups.values() for station in group}))
    if number not in config.groups:
        raise CannotSend(f"Group {number} is not on this net's list.")
    return tuple(sorted(config.groups[number]))


def _check_roster(radiogram: Radiogram, roster: tuple[int, ...]) -> None:
    if not roster:
        raise CannotSend("Nobody is named to receive this; choose at least one station.")
    if isinstance(radiogram, Ack | Receipt):
        raise CannotSend("Acknowledgements are written by the link itself.")
    if max(roster) > STATION_LAST or min(roster) < 0:
        raise CannotSend(f"Station numbers are 0 to {STATION_LAST}; check the list of receivers.")
    if isinstance(radiogram, Reporting) and len(roster) > 1:
        raise CannotSend("A status, position or text goes to one station; for several write an alert.")
