"""The alert channel `radio`: one broadcast for all who must have it, written as rows; the bridge does the rest."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from incident.models import Lamp
from incident.post import Act
from radio_bridge import actions
from radio_bridge.cost import channel_of, cost_on_air
from radio_bridge.wording import alert_on_air


def alert_cost(alert: Mapping[str, Any], radio: str = "") -> dict[str, Any]:
    """What one broadcast of an alert costs on the channel of the radio at this address (bytes, seconds), and what of
    its words would not go with it."""
    channel = channel_of(radio)
    words, short_of = alert_on_air(alert, "", channel=channel)
    cost = cost_on_air(words, channel)
    return {"bytes": cost.bytes, "seconds": round(cost.seconds, 1), "short_of": short_of}


class RadioChannel:
    """The way out for when every other channel is silent."""

    name = "radio"

    def send(self, act: Act, alert: Mapping[str, Any], deliveries: list[Mapping[str, Any]]) -> str:
        """'queued': it waits for the radio. A unit without a station is failed by the bridge's desk, which sees it."""
        actions.queue_alert(act, alert, deliveries)
        return "queued"

    def cancel(self, act: Act, alert: Mapping[str, Any]) -> None:
        """Follow on the air an alert that was taken back."""
        actions.queue_cancel(act, alert)

    def health(self, conn: Connection) -> tuple[str, str]:
        """(state, words) of the radio's lamp; unknown while the radio has never run."""
        row = conn.execute(select(Lamp.state, Lamp.words).where(Lamp.id == self.name)).first()
        return (row.state, row.words) if row else ("unknown", "radio belum pernah berjalan")
