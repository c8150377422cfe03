"""What the alert room does when the journal says something happened: the whole table on one screen."""

from alerts import actions, ladder, notes, queries
from alerts.channels import INSIDE, get_channel
from incident.journal import Line
from incident.post import Act


def end_alerts_of_incident(act: Act, line: Line) -> None:
    """A closed incident needs no alert any more."""
    for alert_id in queries.active_of_incident(act.conn, line.incident_id or 0):
        actions.end_alert(act, alert_id)


def follow_with_cancel(act: Act, line: Line) -> None:
    """What went out by a channel is taken back by the same channel."""
    alert = queries.find_alert(act.conn, line.body["alert"])
    for name in INSIDE:
        get_channel(name).cancel(act, alert)
    if alert is not None:
        notes.queue_cancels(act, alert)


def follow_with_newer(act: Act, line: Line) -> None:
    """What a newer revision does not itself replace is taken back: its words hold no more."""
    alert = queries.find_alert(act.conn, line.body["alert"])
    for name in INSIDE:
        get_channel(name).cancel(act, alert)


def leave_dead_channel(act: Act, line: Line) -> None:
    """Nobody waits for the clock of a channel that is known to be dead."""
    ladder.leave_dead(act, line.body["channel"])


LISTENERS = {
    "channel.down": (leave_dead_channel,),
    "incident.closed": (end_alerts_of_incident,),
    "alert.cancelled": (follow_with_cancel,),
    "alert.ended": (follow_with_cancel,),
    "alert.superseded": (follow_with_newer,),
}
