"""Questions about the keys: the newest epoch, the cards, and the counts a page may show."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from incident.config import Settings
from radio_bridge import queries
from radio_bridge.keyring import ANSWERS, Card, Keyring, mark_of
from radio_bridge.keys import telling
from radio_bridge.keys.models import KeyCard, KeyEpoch
from radio_bridge.radiogram import Key
from radio_bridge.rig import CENTRE, NET
from radio_bridge.spool import FILE, SpoolFault, peek_link

_epoch = KeyEpoch.__table__
_card = KeyCard.__table__
_COUNTERS_TRUSTED = 1 << 31


def newest(conn: Connection, root_mark: str) -> Key | None:
    """The last change of keys of this root; None while it is in its first epoch."""
    mine = select(_epoch).where(_epoch.c.root_mark == root_mark).order_by(_epoch.c.number.desc()).limit(1)
    row = conn.execute(mine).mappings().first()
    return _key_of(row) if row else None


def _key_of(row: Mapping[Any, Any]) -> Key:
    return Key(row["number"], tuple(json.loads(row["out"])), tuple(json.loads(row["commanders"])), row["signature"])


def centre_ring(conn: Connection, root_hex: str) -> Keyring:
    """The keys of the centre in the newest epoch of the register."""
    root = bytes.fromhex(root_hex)
    ring, key = Keyring(Card.of_root(root, NET, CENTRE)), newest(conn, mark_of(root))
    return ring.turned(key) if key else ring


def net_ring(conn: Connection, root_hex: str, folder: Path) -> Keyring:
    """The keys the net is in: what the register does not know, because it was restored from a copy, the radio may."""
    ring, kept = centre_ring(conn, root_hex), kept_ring(folder)
    if kept.get("of") != ring.state()["of"]:
        return ring
    return replace(ring.at(kept), out=tuple(sorted({*ring.out, *kept["out"]})))


def kept_ring(folder: Path) -> Mapping[str, Any]:
    """The state of the ring in the radio's own spool; empty where no radio ran yet, or its file cannot be read."""
    try:
        kept = peek_link(folder / FILE)
    except SpoolFault:
        return {}
    return (kept.state.get("ring") if kept else None) or {}


def counter_of(folder: Path, station: int) -> int:
    """The last counter the radio heard of a station, 0 for none. A thief may have worn out that of its answers."""
    try:
        kept = peek_link(folder / FILE)
    except SpoolFault:
        return 0
    sources = kept.state.get("window", {}).get("sources", {}) if kept else {}
    last = (sources.get(str(series), [0])[0] for series in (station, station + ANSWERS))
    return max(counter for counter in (*last, 0) if counter < _COUNTERS_TRUSTED)


def old_cards(conn: Connection, root_mark: str, relays: tuple[int, ...]) -> list[int]:
    """Stations that do not know from their card that they are a relay, or no more, or in which order: hand out anew."""
    known = {station: json.loads(card["relays"] or "[]") for station, card in cards(conn, root_mark).items()}
    wrong = [station for station, listed in known.items() if listed != list(relays) and station in {*listed, *relays}]
    return sorted({*wrong, *(one for one in relays if one not in known)})


def ever_commanded(conn: Connection, root_mark: str, station: int) -> bool:
    """Whether a commander's card of this root was ever handed to the station."""
    mine = (_card.c.root_mark == root_mark) & (_card.c.station == station) & _card.c.commands
    return conn.execute(select(_card.c.id).where(mine).limit(1)).first() is not None


def cards(conn: Connection, root_mark: str) -> dict[int, Mapping[Any, Any]]:
    """station -> its newest card of this root."""
    rows = conn.execute(select(_card).where(_card.c.root_mark == root_mark).order_by(_card.c.id)).mappings()
    return {row["station"]: row for row in rows}


def heard_in(folder: Path, ring: Keyring) -> dict[int, int]:
    """station -> the epoch of this root it was heard in last, as the radio's own spool knows; empty before it ran."""
    try:
        kept = peek_link(folder / FILE)
    except SpoolFault:
        return {}
    if kept is None or (kept.state.get("ring") or {}).get("of") != ring.state()["of"]:
        return {}
    return {int(station): epoch for station, epoch in kept.state.get("epochs", {}).items()}


def overview(conn: Connection, root_hex: str, folder: Path) -> dict[str, Any]:
    """The register as people read it: {mark, epoch, out, commanders, is_told, stations}; nothing in it is secret."""
    root_mark, ring = mark_of(bytes.fromhex(root_hex)), centre_ring(conn, root_hex)
    handed, heard = cards(conn, root_mark), heard_in(folder, ring)
    stations = [
        {
            "station": row["number"],
            "call_sign": row["call_sign"],
            "card": queries.iso(handed[row["number"]]["handed_at"]) if row["number"] in handed else None,
            "commands": bool(handed.get(row["number"], {}).get("commands")),
            "out": row["number"] in ring.out,
            "heard_in": heard.get(row["number"]),
        }
        for row in queries.stations(conn)
    ]
    facts = {"mark": root_mark, "epoch": ring.epoch, "out": list(ring.out), "commanders": list(ring.commanders)}
    is_told = ring.epoch == 1 or _kept_epoch(folder, ring) >= ring.epoch
    return {**facts, "is_told": is_told, "stations": stations}


def _kept_epoch(folder: Path, ring: Keyring) -> int:
    """In which epoch of this root the radio is; 0 where it never ran with it."""
    kept = kept_ring(folder)
    return int(kept["epoch"]) if kept.get("of") == ring.state()["of"] else 0


def state(conn: Connection, settings: Settings) -> dict[str, Any]:
    """counts() for the radio's page, and `problem`: why the radio could not tell the net, None where it did or may."""
    told = counts(conn, settings.radio_key, settings.data)
    if told["is_told"]:
        return {**told, "problem": None}
    key = newest(conn, mark_of(bytes.fromhex(settings.radio_key)))
    why = telling.barred(settings.radio, key) if key else ""
    return {**told, "problem": why or telling.refused(settings.data, told["epoch"], settings.radio) or None}


def counts(conn: Connection, root_hex: str, folder: Path) -> dict[str, Any]:
    """For a page: {epoch, is_told, cards, newest, behind, unheard, out}, of the stations that are not out.

    newest, behind: last heard in this epoch, in an older one; unheard: never heard with the keys of this root. is_told:
    whether the radio was on the air with the change into this epoch.
    """
    told = overview(conn, root_hex, folder)
    inside = [one for one in told["stations"] if not one["out"]]
    heard = [one["heard_in"] for one in inside if one["heard_in"] is not None]
    newest = sum(epoch >= told["epoch"] for epoch in heard)
    return {
        "epoch": told["epoch"],
        "is_told": told["is_told"],
        "cards": sum(one["card"] is not None for one in inside),
        "newest": newest,
        "behind": len(heard) - newest,
        "unheard": len(inside) - len(heard),
        "out": len(told["out"]),
    }
