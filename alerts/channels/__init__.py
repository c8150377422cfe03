"""The registers of channels: short name -> dotted path, imported on demand. One file and one line each.

An inside channel writes rows in the relay's transaction and touches no network. An outside channel is run by
the process `posko sender`, one thread each, and may wait for the network as long as it likes.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from incident.post import Act

if TYPE_CHECKING:
    from pydantic import BaseModel

    from alerts.wire import Wire

INSIDE = {
    "screen": "alerts.channels.screen:ScreenChannel",
    "radio": "radio_bridge.channel:RadioChannel",
    "sms_modem": "radio_bridge.sms.channel:SmsModemChannel",
}
REGISTER: dict[str, str] = {  # outside channels, in the order of the settings page
    "telegram": "alerts.channels.telegram:TelegramChannel",
    "whatsapp": "alerts.channels.whatsapp:WhatsappChannel",
    "sms_gateway": "alerts.channels.sms_gateway:SmsGatewayChannel",
    "email": "alerts.channels.email:EmailChannel",
    "web_push": "alerts.channels.web_push:WebPushChannel",
    "webhook": "alerts.channels.webhook:WebhookChannel",
    "voice": "alerts.channels.voice:VoiceChannel",
    "siren": "alerts.channels.siren:SirenChannel",
    "console": "alerts.channels.console:ConsoleChannel",
}
EXERCISE: dict[str, str] = {"console": "alerts.channels.console:ConsoleChannel"}  # all an exercise may load


class Channel(Protocol):
    """An inside way out. `send` runs in the relay's transaction and only writes rows: no network, no port."""

    name: str

    def send(self, act: Act, alert: Any, deliveries: list[Any]) -> str:
        """Take the deliveries (rows with id, recipient_id, unit_id, address, uid) over; return their state now."""

    def cancel(self, act: Act, alert: Any) -> None:
        """Follow an alert that was taken back, by the same way."""


class Message(NamedTuple):
    """One alert for one address; the text is whole and frozen, LATIHAN first and last in an exercise."""

    uid: str  # the delivery's key: given to the far end where it can deduplicate
    address: str
    headline: str
    text: str
    priority: str
    order: str
    alert_id: int
    revision: int
    expires_at: dt.datetime
    exercise: bool
    link: str | None = None  # https://…/t/CODE; None when the site has no public address
    is_cancel: bool = False


class Receipt(NamedTuple):
    """What is true of a message after it was given to the far end."""

    state: str  # sent: left us | heard: the person's device has it | seen | failed: for good | again: try later
    foreign_id: str | None = None  # the far end's name for it, for later reports
    reason: str = ""  # a sentence without personal words, never a secret
    retry_s: float | None = None  # not before so many seconds
    is_lost: bool = False  # of `again`: the far end may have it all the same, its answer never came


class Health(NamedTuple):
    state: str  # ok | warn | down | off
    words: str


class Incoming(NamedTuple):
    """Words that came in by a channel: an answer to an alert, or somebody's report."""

    channel: str
    foreign_id: str
    sender: str  # the address it came from
    text: str
    at: dt.datetime
    lon: float | None = None
    lat: float | None = None
    files: tuple[str, ...] = ()  # the channel's own names of files
    answers: str | None = None  # the foreign_id it replies to


class Report(NamedTuple):
    """The far end says what became of a message."""

    foreign_id: str
    state: str  # heard | seen | failed
    at: dt.datetime
    reason: str = ""


class Batch(list["Incoming | Report"]):
    """What was polled, and a word to the channel once all of it stands: only then may the far end forget it."""

    def __init__(self, items: Iterable["Incoming | Report"], kept: Callable[[], None]) -> None:
        super().__init__(items)
        self.kept = kept


class BadSignature(ValueError):
    """A webhook's body was not signed by whom it says it is from."""


class OutsideChannel(Protocol):
    """A way out over a network. One object lives in one thread; a method may raise alerts.wire's errors.

    A channel with a webhook has also, as a static method,
    webhook(settings, headers, body: bytes) -> list[Incoming | Report], which raises BadSignature.
    """

    name: ClassVar[str]
    Settings: ClassVar[type["BaseModel"]]  # the settings form is made from it; SecretStr fields are never shown
    pace: ClassVar[float]  # messages a second, at most

    def __init__(self, settings: Any, wire: "Wire") -> None: ...

    def check(self) -> Health:
        """Look whether the far end would take a message now, without sending one."""

    def deliver(self, message: Message) -> Receipt:
        """Give one message to the far end."""

    def poll(self) -> list[Incoming | Report]:
        """What came in since the last time; [] when there is nothing to ask."""

    def close(self) -> None: ...


_loaded: dict[str, Channel] = {}


def get_channel(name: str) -> Channel:
    """The inside channel by its short name; raises LookupError for one that is not listed."""
    if name not in _loaded:
        _loaded[name] = _load(INSIDE[name])()
    return _loaded[name]


def outside(exercise: bool) -> Mapping[str, str]:
    """The register that counts here: an exercise has its own, so that no live way out is even imported."""
    return EXERCISE if exercise else REGISTER


def outside_class(name: str, exercise: bool) -> type[OutsideChannel]:
    """The class of an outside channel; raises LookupError for one that is not listed here."""
    made: type[OutsideChannel] = _load(outside(exercise)[name])
    return made


def _load(path: str) -> Any:
    module, _, maker = path.partition(":")
    return getattr(import_module(module), maker)
