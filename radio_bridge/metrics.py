"""What Prometheus may know of the air: counts and ages, nobody's words. Read from the radio's spool and the rows."""

from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from incident import pulse
from incident.health import Figure
from incident.post import Post
from radio_bridge.airtime import airtime_of
from radio_bridge.models import Station
from radio_bridge.profiles import profile_of
from radio_bridge.spool import FILE, SpoolFault, peek_counts

REFUSED = ("short", "version", "net", "mac", "replay", "carrier", "foreign", "own", "meaning", "stray", "callsign")
"""Why frames are refused, each with a figure from the start; other reasons have one once they were met."""


def figures(of: Post) -> list[Figure]:
    """Frames, queue, airtime, port, TNC and when the net was last heard."""
    return [*_counts(of.settings.data), *_airtime(of), *_last_heard(of)]


def _counts(folder: Path) -> list[Figure]:
    """Nothing where the spool cannot be read; zeros where the radio never ran."""
    try:
        told = peek_counts(folder / FILE)
    except SpoolFault:
        return []
    tallies: dict[str, int] = told["tallies"]
    return [
        ("posko_radio_frames_sent", "Frames handed to the modem", tallies.get("sent", 0)),
        ("posko_radio_frames_heard", "Genuine frames heard", tallies.get("heard", 0)),
        *_refused(tallies),
        ("posko_radio_queue", "Messages the radio was given and has not begun", told["waiting"]),
        ("posko_radio_unstored", "Happenings on the air not yet in the database", told["happenings"]),
        ("posko_radio_parked", "Happenings that could not be stored", told["parked"]),
        ("posko_radio_port_up", "1 while the radio's port is open", float(_is_up(folder, told["port"]))),
        ("posko_radio_tnc_starts", "How often a TNC program of ours was started", tallies.get("tnc.started", 0)),
        ("posko_radio_faults", "Faults the radio repaired by itself", tallies.get("fault", 0)),
    ]


def _refused(tallies: dict[str, int]) -> list[Figure]:
    counts = dict.fromkeys(REFUSED, 0) | {
        name.removeprefix("rejected."): n for name, n in tallies.items() if name.startswith("rejected.")
    }
    total: list[Figure] = [("posko_radio_frames_refused", "Frames heard and not believed", sum(counts.values()))]
    each = ((f"posko_radio_frames_refused_{kind}", f"Frames refused: {kind}", float(n)) for kind, n in counts.items())
    return [*total, *each]


def _is_up(folder: Path, port: dict[str, Any] | None) -> bool:
    """A radio that died cannot say that its port is gone."""
    age_s = pulse.age_s(folder, "radio")
    return bool(port and port["open"]) and age_s is not None and age_s < pulse.STILL_S


def _airtime(of: Post) -> list[Figure]:
    """Nothing where the service has no limit."""
    told = airtime_of(of.settings.data, profile_of(of.settings.radio))
    if told is None or told["limit_s"] is None:
        return []
    used_s = told["limit_s"] - told["left_s"]
    return [
        ("posko_radio_airtime_used_seconds", "Airtime used in this hour", used_s),
        ("posko_radio_airtime_left_seconds", "Airtime left in this hour", told["left_s"]),
        ("posko_radio_airtime_limit_seconds", "Airtime the law allows in an hour", told["limit_s"]),
    ]


def _last_heard(of: Post) -> list[Figure]:
    """Nothing before the first station was heard."""
    with of.database.read() as conn:
        at = conn.scalar(select(func.max(Station.last_heard_at)))
    if at is None:
        return []
    return [("posko_radio_last_heard_seconds", "Since any station was last heard", (of.clock() - at).total_seconds())]
