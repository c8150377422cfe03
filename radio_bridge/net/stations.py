"""The stations of the net: who is let in, who is not believed any more, when and where each was heard."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, update

from incident.errors import BadReport
from incident.post import Act
from radio_bridge import entries, queries
from radio_bridge.errors import CannotSend
from radio_bridge.framing.ax25 import check_callsign
from radio_bridge.models import Station
from radio_bridge.radiogram import STATION_LAST, Position
from radio_bridge.wording import number_of

assert entries


def add_station(act: Act, call_sign: str, unit_id: int | None = None, number: int | None = None) -> dict[str, Any]:
    """Let a radio join the net. Without `number` it gets number_of(call_sign), or the next free one.

    Raises BadReport for a call sign or number that is taken or not possible on the air.
    """
    if earlier := act.earlier("station.added"):
        return dict(earlier.body)
    name = _air_name(call_sign)
    taken = {row["number"]: row for row in queries.stations(act.conn)}
    if any(row["call_sign"] == name for row in taken.values()):
        raise BadReport(f"Nama panggilan {name} sudah dipakai.", "call_sign")
    chosen = _free_number(name, taken) if number is None else number
    if chosen in taken or not 1 <= chosen <= STATION_LAST:
        raise BadReport(f"Nomor stasiun {chosen} tidak dapat dipakai; pilih 1 sampai 200 yang masih bebas.", "number")
    act.conn.execute(insert(Station), {"number": chosen, "call_sign": name, "unit_id": unit_id})
    return dict(act.append("station.added", {"station": chosen, "call_sign": name, "unit_id": unit_id}).body)


def _air_name(call_sign: str) -> str:
    try:
        return check_callsign(call_sign)
    except CannotSend:
        sentence = f"{call_sign} tidak dapat dipakai di udara: paling banyak 6 huruf atau angka, lalu -0 sampai -15."
        raise BadReport(sentence, "call_sign") from None


def _free_number(call_sign: str, taken: Mapping[int, object]) -> int:
    first = number_of(call_sign) - 1
    numbers = ((first + step) % STATION_LAST + 1 for step in range(STATION_LAST))
    free = next((number for number in numbers if number not in taken), None)
    if free is None:
        raise BadReport("Jaringan radio penuh: 200 stasiun.", "number")
    return free


def revoke_station(act: Act, number: int) -> None:
    """Stop believing a station: what it sends from now on is only counted, and it repeats for nobody."""
    believed = update(Station).where(Station.number == number, Station.revoked_at.is_(None))
    if act.conn.execute(believed.values(revoked_at=act.now, relay_place=None)).rowcount:
        act.append("station.revoked", {"station": number})


def was_heard(act: Act, number: int, at: dt.datetime) -> None:
    """A station was on the air then."""
    later = Station.last_heard_at.is_(None) | (Station.last_heard_at < at)
    act.conn.execute(update(Station).where(Station.number == number, later).values(last_heard_at=at))


def located(act: Act, number: int, words: Position, at: dt.datetime) -> None:
    """Where a station said it was; an older word never takes the place of a newer one."""
    was_at = at - dt.timedelta(minutes=words.age_min)
    newer = Station.located_at.is_(None) | (Station.located_at < was_at)
    told = {"lon": words.place.lon, "lat": words.place.lat, "located_at": was_at}
    act.conn.execute(update(Station).where(Station.number == number, newer).values(**told))
