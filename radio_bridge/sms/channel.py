"""The alert channel `sms_modem`: an SMS to each address, written as rows; the radio process feeds the modem."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from alerts.channels.answers import plain_text
from incident.models import Lamp
from incident.post import Act
from radio_bridge.sms import actions as sms_actions

LAMP = "sms"
NOT_SET_UP = "modem SMS tidak diatur"
ANSWER = "Balas 1 bila sudah dibaca."
CANCEL_LASTS = dt.timedelta(hours=6)  # who was told to run must learn that they may come back


class SmsModemChannel:
    """SMS through a modem of our own: needs no internet, only one living mobile network."""

    name = sms_actions.CHANNEL

    def send(self, act: Act, alert: Mapping[str, Any], deliveries: list[Mapping[str, Any]]) -> str:
        """'queued': it waits for the modem, whose desk fails what can never be sent. 'failed' in an exercise."""
        if act.post.settings.exercise:
            return "failed"
        sms_actions.queue_deliveries(act, alert, deliveries, words_of(alert))
        return "queued"

    def cancel(self, act: Act, alert: Mapping[str, Any]) -> None:
        """Take back what waits; whoever was sent it gets the retraction that was written with the alert."""
        if not act.post.settings.exercise:
            sms_actions.take_back(act, alert, _retraction(alert), CANCEL_LASTS)

    def health(self, conn: Connection) -> tuple[str, str]:
        """(state, words) of the modem's lamp; unknown where no modem is set up."""
        row = conn.execute(select(Lamp.state, Lamp.words).where(Lamp.id == LAMP)).first()
        if row is None or row.words == NOT_SET_UP:
            return "unknown", NOT_SET_UP
        return row.state, row.words


def words_of(alert: Mapping[str, Any]) -> str:
    """The whole text, its headline where the text does not begin with it, and how to answer."""
    return f"{plain_text(alert['headline'], alert['text'], None)}\n{ANSWER}"


def cost_of_sms(alert: Mapping[str, Any]) -> dict[str, Any]:
    """{alphabet, characters, parts, left, fits} of an alert (a row, perhaps without headline) as it would go out."""
    return sms_actions.length_of(words_of({"headline": "", **alert}))


def _retraction(alert: Mapping[str, Any]) -> str:
    return str(alert["retraction"] or f"BATAL: {alert['headline']}")
