"""Questions about the keys: the newest epoch, the cards, and the counts a page may show."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from radio_bridge import queries
from radio_bridge.keyring import ANSWERS, Card, Keyring, mark_of
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


def ever_commanded(conn: Connection, root_mark: str, station: int) -> bool:
    """Whether a commander's card of this root was ever handed to the station."""
    mine = (_card.c.root_mark == root_mark) & (_card.c.station == station) & _card.c.commands
    return conn.execute(select(_card.c.id).where(mine).limit(1)).first() is not None


def cards(conn: Connection, root_mark: str) -> dict[int, Mapping[Any, Any]]:
    """station -> its newest card of this root."""
    rows = conn.execute(select(_card).where(_card.c.root_mark == root_mark).order_by(_card.c.id)).mappings()
    return {row["station"]: row for row in rows}


def heard_in(folder: Path) -> dict[int, int]:
    """station -> the epoch it was heard in last, as the radio's own spool knows; empty where no radio ran yet."""
    try:
        kept = peek_link(folder / FILE)
    except SpoolFault:
        return {}
    return {int(station): epoch for station, epoch in kept.state.get("epochs", {}).items()} if kept else {}


def overview(conn: Connection, root_hex: str, folder: Path) -> dict[str, Any]:
    """The register as people read it: {mark, epoch, out, commanders, stations: [...]}; nothing in it is secret."""
    root_mark, ring = mark_of(bytes.fromhex(root_hex)), centre_ring(conn, root_hex)
    handed, heard = cards(conn, root_mark), heard_in(folder)
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
    return {**facts, "stations": stations}


def counts(conn: Connection, root_hex: str, folder: Path) -> dict[str, int]:
    """For a page: {epoch, cards, out, behind}; behind: stations last heard in an older epoch."""
    told = overview(conn, root_hex, folder)
    inside = [one for one in told["stations"] if not one["out"]]
    behind = sum(one["heard_in"] is not None and one["heard_in"] < told["epoch"] for one in inside)
    return {
        "epoch": told["epoch"],
        "cards": sum(one["card"] is not None for one in inside),
        "out": len(told["out"]),
        "behind": behind,
    }
