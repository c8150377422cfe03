"""The register of channels: short name -> dotted path, imported on demand. One file and one line each."""

from importlib import import_module
from typing import Any, Protocol

from incident.post import Act


class Channel(Protocol):
    """A way out. `send` runs in the relay's transaction and only writes rows: no network, no port."""

    name: str

    def send(self, act: Act, alert: Any, deliveries: list[Any]) -> str:
        """Take the deliveries (rows with id, recipient_id, unit_id, uid) over; return their state now."""

    def cancel(self, act: Act, alert: Any) -> None:
        """Follow an alert that was taken back, by the same way."""


REGISTER = {
    "screen": "alerts.channels.screen:ScreenChannel",
    "radio": "radio_bridge.channel:RadioChannel",
}
_loaded: dict[str, Channel] = {}


def get_channel(name: str) -> Channel:
    """The channel by its short name; raises LookupError for one that is not listed."""
    if name not in _loaded:
        module, _, maker = REGISTER[name].partition(":")
        _loaded[name] = getattr(import_module(module), maker)()
    return _loaded[name]
