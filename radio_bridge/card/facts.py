"""What the field card needs, read from the settings and the tables as they stand now."""

import contextlib
import datetime as dt
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from gis.database import Database, DatabaseUnusable
from incident.config import ZONE_LABELS, BadSettings, Settings
from incident.post import utc_now
from radio_bridge import queries
from radio_bridge.bridge import CENTRE_CALLSIGN
from radio_bridge.card.pdf import CannotPrint, pdf_of
from radio_bridge.card.sheet import Channel, Net, Team, card
from radio_bridge.devices import take_apart
from radio_bridge.net.schedule import hours_of
from radio_bridge.profiles import UnknownService, get_profile, profile_of
from radio_bridge.rig import NET

__all__ = ["CannotPrint", "DatabaseUnusable", "card_pdf", "channels_of", "net_of"]
MAIN = "Radio utama"
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"]


def net_of(settings: Settings, conn: Connection, now: dt.datetime, own: str | None = None) -> Net:
    """The net as it stands. own: the call sign of the team whose card it is. Raises KeyError for one we do not have.

    Raises BadSettings where a channel names a service nobody knows.
    """
    teams = [team_of(row) for row in queries.stations(conn) if row["revoked_at"] is None]
    channels = channels_of(settings)
    zone = settings.site.zone
    return Net(
        site=settings.site.name,
        number=NET,
        centre=channels[0].call_sign or CENTRE_CALLSIGN,
        channels=channels,
        teams=teams,
        roll_call=hours_of(settings.roll_call),
        zone_label=ZONE_LABELS.get(zone, zone),
        printed=moment_words(now, zone),
        exercise=settings.exercise,
        own=_own(teams, own) if own else None,
    )


def card_pdf(settings: Settings, own: str | None, size: str) -> bytes:
    """The card from the command line. Raises as net_of() does, and CannotPrint and DatabaseUnusable."""
    with contextlib.closing(Database(settings.database)) as database, database.read() as conn:
        net = net_of(settings, conn, utc_now(), own)
    return pdf_of(card(net), size)


def team_of(row: queries.Row) -> Team:
    """A row of queries.stations()."""
    return Team(row["number"], row["call_sign"], row["unit"] or "")


def _own(teams: list[Team], call_sign: str) -> Team:
    """Raises KeyError."""
    return {team.call_sign: team for team in teams}[call_sign.upper()]


def channels_of(settings: Settings) -> list[Channel]:
    """The radio of Posko first, then those that POSKO_RADIO_CHANNELS names. Raises BadSettings."""
    address = take_apart(settings.radio)
    options = address.options
    main = Channel(MAIN, profile_of(settings.radio), options.get("freq", ""), options.get("callsign", "").upper())
    return [main, *(_channel(one) for one in settings.radio_channels.split(";") if one.strip())]


def _channel(words: str) -> Channel:
    """NAME|SERVICE|FREQUENCY|CALLSIGN; the last two may be missing."""
    name, service, frequency, call_sign = [*(part.strip() for part in words.split("|")), "", ""][:4]
    try:
        return Channel(name, get_profile(service), frequency, call_sign.upper())
    except UnknownService as fault:
        raise BadSettings(f"POSKO_RADIO_CHANNELS: {fault}") from None


def moment_words(now: dt.datetime, zone: str) -> str:
    """22 Nov 2026 17.20 WITA."""
    local = now.astimezone(ZoneInfo(zone))
    return f"{local.day} {_MONTHS[local.month - 1]} {local:%Y %H.%M} {ZONE_LABELS.get(zone, zone)}"
