"""What the air writes into the journal: its kinds, and the facts that every entry about a message holds."""

from typing import Any

from sqlalchemy import select

from alerts.models import Alert
from incident import journal
from incident.post import Act
from radio_bridge.queries import Row

journal.declare(
    {
        "station.added": "A radio station of ours joined the net, with its number.",
        "station.revoked": "A radio station is not believed any more: lost or stolen.",
        "transmission.queued": "A message waits for the radio.",
        "transmission.keyed": "A message was on the air for the first time.",
        "transmission.heard": "A station's device has a message that belongs to no alert.",
        "transmission.failed": "A message could not be sent, or a station never answered.",
        "transmission.expired": "A message's time was over; it is never sent late.",
        "radio.heard": "A genuine message came in by radio.",
        "radio.rejected": "Forged, replayed or damaged frames were counted; they are never shown as text.",
    }
)


def facts_of(row: Row, **more: Any) -> dict[str, Any]:
    """Which message, of what kind, of which alert."""
    return {"transmission": row["uid"], "kind": row["kind"], "alert": row.get("alert_id"), **more}


def incident_of(act: Act, row: Row) -> int | None:
    """The incident of the message's alert."""
    if row.get("alert_id") is None:
        return None
    return act.conn.scalar(select(Alert.incident_id).where(Alert.id == row["alert_id"]))
