"""The words of a Meshtastic board on a serial cable (Meshtastic, Client API; numbers of mesh.proto).

On the cable each message stands behind 94 C3 and its length in two bytes; whatever stands between is the board's log.
"""

from __future__ import annotations

from dataclasses import dataclass

from radio_bridge.framing import protobuf
from radio_bridge.framing.protobuf import BadMessage, bytes_of, content, fixed32, number_of, varint

START = b"\x94\xc3"
MESSAGE_MAX = 512
PAYLOAD_MAX = 233
BROADCAST = 0xFFFF_FFFF
TEXT_PORT, ROUTING_PORT, PRIVATE_PORT = 1, 5, 256
ONLY_CONFIG = 69420
"""A number with which the board leaves out its list of nodes; older ones send all they have."""
AROUND = 23
"""Bytes on the air around a payload: the header of 16, and the fields around it."""
WAKE = b"\xc3" * 32
"""Wakes a sleeping board and ends whatever message it was left with; it begins none."""

REASONS = {4: "tanpa radio", 6: "tanpa kanal", 7: "terlalu panjang", 9: "batas waktu udara", 38: "terlalu sering"}
"""Why a board does not send, by Routing.Error; others are told by their number."""


@dataclass(frozen=True)
class Packet:
    """Something from the air, or an answer of the board's."""

    source: int
    port: int
    payload: bytes
    id: int = 0
    request_id: int = 0
    rssi_dbm: int = 0
    snr_db: float = 0.0

    @property
    def error(self) -> int | None:
        """Why the packet `request_id` did not arrive, 0 when it did; None for what is no such answer."""
        if self.port != ROUTING_PORT or not self.request_id:
            return None
        try:
            return number_of(protobuf.read(self.payload), 3)
        except BadMessage:
            return None


@dataclass(frozen=True)
class Told:
    """What a board says. Each message holds one of these."""

    packet: Packet | None = None
    node: int | None = None
    """The board's own number."""
    config_done: int | None = None
    rebooted: bool = False
    queue_free: int | None = None
    queue_refusal: int = 0


def on_cable(message: bytes) -> bytes:
    """A message with its head."""
    return START + len(message).to_bytes(2, "big") + message


def want_config(number: int) -> bytes:
    """Ask for all the board has to say first; the number comes back when that is done."""
    return on_cable(varint(3, number))


def heartbeat() -> bytes:
    """Keeps the cable awake; the board answers with the state of its queue and sends nothing on the air."""
    return on_cable(content(7, b""))


def send(payload: bytes, port: int, id: int, channel: int = 0, hops: int = 0, want_ack: bool = False) -> bytes:
    """Put a payload of up to PAYLOAD_MAX bytes on the air, for everybody."""
    inside = varint(1, port) + content(2, payload)
    packet = fixed32(2, BROADCAST) + (varint(3, channel) if channel else b"") + content(4, inside) + fixed32(6, id)
    packet += (varint(9, hops) if hops else b"") + (varint(10, 1) if want_ack else b"")
    return on_cable(content(1, packet))


def told(message: bytes) -> Told:
    """What a board said. Raises BadMessage."""
    fields = protobuf.read(message)
    if 2 in fields:
        return Told(packet=_packet(bytes_of(fields, 2)))
    if 3 in fields:
        return Told(node=number_of(protobuf.read(bytes_of(fields, 3)), 1))
    if 11 in fields:
        queue = protobuf.read(bytes_of(fields, 11))
        return Told(queue_free=number_of(queue, 2), queue_refusal=protobuf.signed(queue.get(1)))
    return Told(config_done=number_of(fields, 7) or None, rebooted=bool(number_of(fields, 8)))


def _packet(message: bytes) -> Packet | None:
    """None for what the board could not decrypt."""
    fields = protobuf.read(message)
    if 4 not in fields:
        return None
    inside = protobuf.read(bytes_of(fields, 4))
    return Packet(
        source=number_of(fields, 1),
        port=number_of(inside, 1),
        payload=bytes_of(inside, 2),
        id=number_of(fields, 6),
        request_id=number_of(inside, 6),
        rssi_dbm=protobuf.signed(fields.get(12)),
        snr_db=protobuf.real(fields.get(8)),
    )


class Stream:
    """Finds messages in what the cable gives. A damaged one costs itself, not what stands behind it."""

    def __init__(self) -> None:
        self.skipped = 0
        self._pending = b""

    def feed(self, some: bytes) -> list[Told]:
        """What was said, completed by these bytes, in order."""
        self._pending += some
        found = []
        while (message := self._next()) is not None:
            try:
                found.append(told(message))
                self._pending = self._pending[4 + len(message) :]
            except BadMessage:
                self._skip()
        return found

    def _next(self) -> bytes | None:
        """The message that is whole; what stands before it is thrown away."""
        while True:
            start = self._pending.find(START)
            if start < 0:
                self._pending = self._pending[-1:] if self._pending.endswith(START[:1]) else b""
                return None
            self._pending = self._pending[start:]
            if len(self._pending) < 4:
                return None
            length = int.from_bytes(self._pending[2:4], "big")
            if length <= MESSAGE_MAX:
                return self._pending[4 : 4 + length] if len(self._pending) >= 4 + length else None
            self._skip()

    def _skip(self) -> None:
        """This was no beginning: look on behind it."""
        self.skipped += 1
        self._pending = self._pending[1:]

    def give_up(self) -> None:
        """What is not whole by now never will be; a message behind it may be."""
        if self._pending:
            self._skip()
