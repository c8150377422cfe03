"""The verbs of the keys: change the epoch, put a station out, hand out a card. No key is written down here."""

import json
from typing import Any

from sqlalchemy import insert, select, update

from incident.errors import BadReport, NotFound
from incident.models import Unit
from incident.post import Act
from radio_bridge import queries
from radio_bridge.errors import CannotSend
from radio_bridge.keyring import Keyring, mark_of
from radio_bridge.keys import entries
from radio_bridge.keys import queries as keys
from radio_bridge.keys.models import KeyCard, KeyEpoch
from radio_bridge.models import Station
from radio_bridge.net.stations import add_station, revoke_station
from radio_bridge.radiogram import Key
from radio_bridge.radiogram.schema import encode
from radio_bridge.rig import CENTRE, RELAYS

__all__ = ["change_keys", "entries", "hand_out", "join_unit", "put_out", "record_new_root"]


COUNTERS_AHEAD = 65_536
"""A new computer for an old station begins so far behind what was heard of it last."""


def change_keys(act: Act, out: tuple[int, ...] = ()) -> dict[str, Any]:
    """Begin the next epoch: signed here, said on the air by the radio. out: stations that are put out now.

    Raises BadReport when the last epoch is reached.
    """
    if earlier := act.earlier("radio.keys_changed"):
        return dict(earlier.body)
    ring, root_mark = _ring(act), _mark(act)
    command = [one["station"] for one in keys.cards(act.conn, root_mark).values() if one["commands"]]
    inside = {CENTRE, *command} - {*ring.out, *out}
    try:
        key = ring.change(out, inside)
    except CannotSend:
        raise BadReport("Masa kunci terakhir sudah tercapai; buat akar baru dengan `posko radio keys new`.") from None
    act.conn.execute(insert(KeyEpoch), _row(act, root_mark, key))
    facts = {"epoch": key.epoch, "out": list(key.out), "commanders": list(key.commanders), "mark": root_mark}
    return dict(act.append("radio.keys_changed", facts).body)


def _row(act: Act, root_mark: str, key: Key) -> dict[str, Any]:
    return {
        "root_mark": root_mark,
        "number": key.epoch,
        "out": json.dumps(key.out),
        "commanders": json.dumps(key.commanders),
        "signature": key.signature,
        "begun_at": act.now,
        "begun_by": act.by,
    }


def put_out(act: Act, call_sign: str) -> dict[str, Any]:
    """A radio is lost or stolen: nothing it says is believed, and the others go into an epoch it cannot reckon.

    Raises NotFound, and BadReport for a commander's radio: its card holds the voices of all, in every epoch to come.
    """
    number = _number_of(act, call_sign)
    if keys.ever_commanded(act.conn, _mark(act), number):
        raise BadReport(
            f"Stasiun {call_sign} pernah memegang kartu komando, yang tetap dapat meniru semua stasiun;"
            " buat akar baru dengan `posko radio keys new`, lalu bagikan kartu baru kepada semua.",
            "call_sign",
        )
    revoke_station(act, number)
    return change_keys(act, (number,))


def hand_out(act: Act, call_sign: str, commands: bool = False) -> str:
    """The card of a station, as its key file holds it: card, newest change of keys, where to count from, the relays.

    Raises NotFound, BadReport for a station that was put out: its number is burnt, give the radio a new one.
    """
    number, ring = _number_of(act, call_sign), _ring(act)
    if number in ring.out:
        raise BadReport(f"Stasiun {call_sign} sudah dicabut; daftarkan radionya dengan nomor baru.", "call_sign")
    relays = queries.relays(act.conn)
    row = {"root_mark": _mark(act), "station": number, "commands": commands, "relays": json.dumps(relays)}
    act.conn.execute(insert(KeyCard), {**row, "handed_at": act.now, "handed_by": act.by})
    act.append("radio.card_handed_out", {"station": number, "call_sign": call_sign.upper(), "commands": commands})
    newest = keys.newest(act.conn, _mark(act))
    lines = [ring.card.hand_out(number, commands).text(), *([encode(newest)[1].hex()] if newest else [])]
    if heard := keys.counter_of(act.post.settings.data, number):
        lines.append(f"@{heard + COUNTERS_AHEAD}")
    if relays:
        lines.append(RELAYS + ",".join(map(str, relays)))
    return "\n".join(lines) + "\n"


def join_unit(act: Act, call_sign: str, unit: str, number: int | None = None) -> dict[str, Any]:
    """Give a unit that exists a radio: its first, or another in the place of one that was put out.

    unit: its call sign. Raises NotFound, BadReport for a unit whose radio is still believed, and as add_station().
    """
    unit_id = act.conn.scalar(select(Unit.id).where(Unit.call_sign == unit.upper()))
    if unit_id is None:
        raise NotFound("Satuan itu tidak ada.", "unit")
    if queries.stations_of_units(act.conn, [unit_id]):
        raise BadReport(f"Satuan {unit} sudah punya radio; cabut dulu dengan `posko radio keys revoke`.", "unit")
    # the radio that was put out keeps its number, and belongs to nobody
    act.conn.execute(update(Station).where(Station.unit_id == unit_id).values(unit_id=None))
    return add_station(act, call_sign, unit_id, number)


def record_new_root(act: Act, root_mark: str) -> None:
    """Another root was written into POSKO_DATA."""
    act.append("radio.root_renewed", {"mark": root_mark})


def record_said(act: Act, epoch: int) -> None:
    """The change into this epoch was on the air."""
    if not act.earlier("radio.keys_said"):
        act.append("radio.keys_said", {"epoch": epoch})


def record_refused(act: Act, epoch: int, why: str) -> None:
    """The radio could not say it on its channel; said once, however often it tries."""
    if not act.earlier("radio.keys_refused"):
        act.append("radio.keys_refused", {"epoch": epoch, "reason": why[:200]})


def _ring(act: Act) -> Keyring:
    return keys.net_ring(act.conn, act.post.settings.radio_key, act.post.settings.data)


def _mark(act: Act) -> str:
    return mark_of(bytes.fromhex(act.post.settings.radio_key))


def _number_of(act: Act, call_sign: str) -> int:
    station = queries.find_station(act.conn, call_sign)
    if station is None:
        raise NotFound(f"Stasiun {call_sign} tidak terdaftar.", "call_sign")
    return int(station["number"])
