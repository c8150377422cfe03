"""The open page or terminal of the recipient: the journal entry itself carries the alert there."""

from typing import Any

from incident.post import Act


class ScreenChannel:
    """Nothing to send: the entry that says so is pushed to every open screen that may see it."""

    name = "screen"

    def send(self, act: Act, alert: Any, deliveries: list[Any]) -> str:
        """'sent' means it left us; only a person's acknowledgement makes it 'seen'."""
        return "sent"

    def cancel(self, act: Act, alert: Any) -> None:
        """The card leaves the screens with the entry."""
