"""What the alert room writes into the journal: its kinds, and one way to say each.

Screens hold a card of each unit that must have an alert. Contacts may be ten thousand: the alert's own card counts
them by state, and no entry names one.
"""

from collections.abc import Collection
from typing import Any

from alerts import queries
from incident import journal
from incident.post import Act

journal.declare(
    {
        "alert.written": "An alert was written; where the table asks for it, it waits for a second person.",
        "alert.approved": "A person approved the frozen text; the ladder began.",
        "alert.cancelled": "An alert was taken back.",
        "alert.superseded": "A newer revision of an alert began; this one is over.",
        "alert.expired": "An alert's time was over; it is never sent late.",
        "alert.ended": "An alert ended with its incident.",
        "alert.begun": "A part of very many people was put on the first rung.",
        "alert.climbed": "No person had answered in time; the next rung of the ladder began.",
        "alert.runner": "The last rung is over without a person: somebody must go there.",
        "alert.seen": "A person acknowledged an alert.",
        "alert.read_back": "A person read an alert back; their words stand with the recipient.",
        "alert.resent": "An alert was sent again to those who are missing.",
        "alert.missing_shown": "Somebody had the numbers of those shown who have not answered.",
        "delivery.handed": "Deliveries were handed to their channel.",
        "delivery.keyed": "The radio put an alert on the air.",
        "delivery.heard": "A device has an alert; no person has seen it yet.",
        "delivery.failed": "A way out failed for a recipient.",
        "contact.added": "Somebody was put into the phone book.",
        "contact.changed": "An entry of the phone book changed.",
        "contact.removed": "Somebody left the phone book.",
        "contact.stopped": "A contact asked not to be written to any more by a channel.",
        "contact.imported": "Contacts came in from a file: how many.",
        "contact.unmasked": "Somebody had the whole address of a contact shown.",
        "group.changed": "A group of the phone book was made, changed or removed.",
        "channel.set": "A channel was set up, switched on or switched off.",
        "channel.down": "A channel fell silent; it is skipped and tried again.",
        "channel.up": "A channel that had fallen is well again.",
        "channel.tried": "The channels were tried with messages of our own: how many came home.",
    }
)


def tell(
    act: Act, kind: str, alert_id: int, touched: Collection[int] | None, facts: dict[str, Any] | None = None
) -> journal.Line:
    """Append an entry with the alert's card and the cards of its units among `touched` (None: all of them)."""
    alert = queries.find_alert(act.conn, alert_id)
    assert alert is not None
    units = queries.unit_cards(act.conn, alert_id, touched)
    cards = {"alerts": [queries.counted_card(act.conn, alert)], "recipients": units}
    body = {"alert": alert_id, "priority": alert["priority"], **(facts or {}), "cards": cards}
    return act.append(kind, body, alert["incident_id"])
