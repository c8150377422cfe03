"""Works off the rows: hands due deliveries to their channels, moves the ladder, ends what is over.

Runs in the relay, never in a web request.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from alerts import actions, queries
from alerts.channels import get_channel
from incident.post import Act, Post

BY = "relay"
PART = 500


def step(post: Post) -> bool:
    """Do what is due now; answers whether anything was done."""
    now = post.clock()
    with post.database.read() as conn:
        over, due, climbing = (
            queries.expired_alerts(conn, now),
            queries.due_deliveries(conn, now),
            queries.due_to_climb(conn, now),
        )
    for alert_id in over:
        post.do(actions.expire_alert, BY, None, alert_id)
    for alert_id, recipient_ids in climbing.items():
        for part in _parts(recipient_ids):  # a call that is saved meanwhile does not wait for ten thousand
            post.do(actions.climb, BY, None, alert_id, part)
    for (alert_id, channel), rows in groupby(due, key=lambda row: (row["alert_id"], row["channel"])):
        post.do(_send, BY, None, alert_id, channel, [dict(row) for row in rows])
    return bool(over or due or climbing)


def _parts(ids: Sequence[int]) -> Iterator[list[int]]:
    for begin in range(0, len(ids), PART):
        yield list(ids[begin : begin + PART])


def _send(act: Act, alert_id: int, channel: str, deliveries: list[dict[str, Any]]) -> None:
    """Hand deliveries over in one transaction; what was sent or ended meanwhile is left out."""
    alert = queries.find_alert(act.conn, alert_id)
    fresh = [one for one in deliveries if _still_waits(act, one["id"])]
    if not fresh or alert is None or alert["state"] != "active" or alert["expires_at"] <= act.now:
        return
    state = get_channel(channel).send(act, alert, fresh)
    actions.hand_over(act, alert_id, channel, [one["id"] for one in fresh], state)


def _still_waits(act: Act, delivery_id: int) -> bool:
    row = queries.find_delivery(act.conn, delivery_id)
    return row is not None and row["state"] == "waiting"
