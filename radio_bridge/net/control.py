"""Net control for voice: who checked in, who did not answer, orders to all; every line with who wrote it.

No frame goes out for any of this: people speak, and what they said is written down.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, update

from incident.errors import BadReport, NotFound, WrongState
from incident.post import Act
from radio_bridge.net import entries
from radio_bridge.net import queries as net
from radio_bridge.net.models import VoiceLine, VoiceNet

assert entries
LINES = ("check_in", "no_answer", "traffic", "emergency")
# order -> what it changes, and the words that stand in the log
ORDERS: dict[str, tuple[dict[str, Any], str]] = {
    "silence": ({"is_silent": True}, "Semua stasiun diam; hanya yang dipanggil berbicara."),
    "lift": ({"is_silent": False}, "Larangan bicara dicabut."),
    "emergency": ({"traffic": "emergency", "is_silent": True}, "Lalu lintas darurat: stasiun lain diam."),
    "routine": ({"traffic": "routine", "is_silent": False}, "Lalu lintas darurat selesai; jaring kembali biasa."),
}
EARLIEST = dt.timedelta(hours=24)
AHEAD = dt.timedelta(minutes=2)


def open_net(act: Act, name: str, channel: str) -> dict[str, Any]:
    """Open a net; one at a time stands in a room. Raises WrongState while another is open."""
    if earlier := act.earlier("net.opened"):
        return earlier.told()
    if standing := net.standing_net(act.conn):
        raise WrongState(f"Jaring {standing['name']} masih terbuka; tutup dahulu.", allowed=["close"])
    row = {"name": name, "channel": channel, "traffic": "routine", "is_silent": False}
    who = {"opened_by": act.by, "opened_at": act.now}
    net_id = act.conn.execute(insert(VoiceNet).returning(VoiceNet.id), row | who).scalar_one()
    return act.append("net.opened", {"net": net_id, "name": name, "channel": channel}).told()


def log_line(
    act: Act,
    net_id: int,
    kind: str,
    call_sign: str,
    report: str = "",
    signal: str = "",
    said_at: dt.datetime | None = None,
) -> dict[str, Any]:
    """Write down who checked in, who did not answer, or what was passed on; `said_at` when it was said earlier."""
    if earlier := act.earlier("net.logged"):
        return earlier.told()
    standing = _open(act, net_id)
    sign = " ".join(call_sign.upper().split())
    at = _moment(act, said_at, standing["opened_at"])
    line = _line(act, net_id, kind, sign, report, signal, at)
    return act.append("net.logged", {"net": net_id, "line": line, "kind": kind, "call_sign": sign}).told()


def _moment(act: Act, said_at: dt.datetime | None, opened_at: dt.datetime) -> dt.datetime:
    """When it was said: never before yesterday nor in the future."""
    if said_at is None:
        return act.now
    if not act.now - EARLIEST <= said_at <= act.now + AHEAD:
        raise BadReport("Waktu itu bukan waktu jaring ini; periksa jamnya.", "said_at")
    return min(said_at, act.now)


def order(act: Act, net_id: int, what: str) -> dict[str, Any]:
    """An order to all (ORDERS); the same twice is harmless."""
    if earlier := act.earlier("net.ordered"):
        return earlier.told()
    standing = _open(act, net_id)
    changes, words = ORDERS[what]
    if all(standing[name] == value for name, value in changes.items()):
        raise WrongState("Itu sudah berlaku di jaring ini.", allowed=[one for one in ORDERS if one != what])
    act.conn.execute(update(VoiceNet).where(VoiceNet.id == net_id).values(**changes))
    _line(act, net_id, "order", "", words, "", act.now)
    return act.append("net.ordered", {"net": net_id, "order": what}).told()


def strike(act: Act, line_id: int) -> dict[str, Any]:
    """Strike a line that was written wrongly; it stays readable."""
    if earlier := act.earlier("net.struck"):
        return earlier.told()
    line = net.find_line(act.conn, line_id)
    if line is None:
        raise NotFound("Baris itu tidak ada.")
    _open(act, line["net_id"])
    if line["struck_at"] is not None or line["kind"] == "order":
        raise WrongState("Baris itu tidak dapat dicoret.", allowed=[])
    struck = {"struck_by": act.by, "struck_at": act.now}
    act.conn.execute(update(VoiceLine).where(VoiceLine.id == line_id).values(**struck))
    return act.append("net.struck", {"net": line["net_id"], "line": line_id, "call_sign": line["call_sign"]}).told()


def close_net(act: Act, net_id: int) -> dict[str, Any]:
    """Close the net; its log stays. Raises WrongState when it is closed or emergency traffic goes on."""
    if earlier := act.earlier("net.closed"):
        return earlier.told()
    standing = _open(act, net_id)
    if standing["traffic"] == "emergency":
        raise WrongState("Lalu lintas darurat belum selesai; akhiri dahulu.", allowed=["routine"])
    closed = {"closed_by": act.by, "closed_at": act.now, "is_silent": False}
    act.conn.execute(update(VoiceNet).where(VoiceNet.id == net_id).values(**closed))
    signs = net.checked_in(net.lines_of(act.conn, net_id))
    return act.append("net.closed", {"net": net_id, "name": standing["name"], "checked_in": len(signs)}).told()


def _open(act: Act, net_id: int) -> Mapping[Any, Any]:
    standing = net.find_net(act.conn, net_id)
    if standing is None:
        raise NotFound("Jaring itu tidak ada.")
    if standing["closed_at"] is not None:
        raise WrongState("Jaring itu sudah ditutup.", allowed=[])
    return standing


def _line(act: Act, net_id: int, kind: str, call_sign: str, report: str, signal: str, at: dt.datetime) -> int:
    row = {"net_id": net_id, "kind": kind, "call_sign": call_sign, "report": report, "signal": signal, "said_at": at}
    written = {"written_by": act.by, "written_at": act.now}
    return int(act.conn.execute(insert(VoiceLine).returning(VoiceLine.id), row | written).scalar_one())
