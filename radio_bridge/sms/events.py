"""What a modem for short messages tells: what left, what came, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from radio_bridge.sms.pdu import Deliver, StatusReport


@dataclass(frozen=True)
class Sent:
    """The network took a part; `reference` (0..255) is what its delivery report will quote."""

    key: str
    reference: int


@dataclass(frozen=True)
class NotSent:
    """A part did not leave; unless `is_sure`, nobody knows. again: whether a later try may succeed."""

    key: str
    words: str
    again: bool
    is_sure: bool = True


@dataclass(frozen=True)
class Arrived:
    """A message to us. index: where the modem keeps it until delete(index); None when it keeps none."""

    index: int | None
    deliver: Deliver


@dataclass(frozen=True)
class Reported:
    """A delivery report. index as for Arrived."""

    index: int | None
    report: StatusReport


@dataclass(frozen=True)
class Unreadable:
    """The modem keeps something that is no message for people."""

    index: int | None


@dataclass(frozen=True)
class PinRefused:
    """The SIM did not take our PIN. It is never tried again: the third wrong one locks the card."""


@dataclass(frozen=True)
class Hung:
    """The modem answers nothing any more: close the port and open it anew."""


Event = Sent | NotSent | Arrived | Reported | Unreadable | PinRefused | Hung
