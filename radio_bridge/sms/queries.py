"""Questions about the GSM modem's rows: how many in which state, and what machines wrote to the SIM."""

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import RowMapping

from radio_bridge.sms.models import ShortHeard, ShortMessage


def counts(conn: Connection) -> dict[str, int]:
    """state -> messages out."""
    rows = select(ShortMessage.state, func.count()).group_by(ShortMessage.state).order_by(ShortMessage.state)
    return {row[0]: row[1] for row in conn.execute(rows)}


def kept(conn: Connection, limit: int = 20) -> list[RowMapping]:
    """What named senders wrote, and what was too old to be a call; the newest first."""
    rows = select(ShortHeard.sender, ShortHeard.text, ShortHeard.said_at).where(ShortHeard.state == "kept")
    return list(conn.execute(rows.order_by(ShortHeard.id.desc()).limit(limit)).mappings())
