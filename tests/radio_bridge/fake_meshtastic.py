"""A Meshtastic board made from the words of its client API, with any number of cables: what one sends, others hear."""

import struct
import threading
from pathlib import Path

from radio_bridge.framing import protobuf
from radio_bridge.framing.protobuf import bytes_of, content, fixed32, number_of, varint
from tests.radio_bridge.far_ends import OnCable

NODE = 0x0A0B0C0D
SOMEBODY = 0x12345678


class MeshtasticBoard(OnCable):
    """Answers want_config, heartbeats and packets; says its log between."""

    options = "?service=lora_free"

    def __init__(self, name: str, folder: Path) -> None:
        self.packets: list[dict[str, object]] = []
        self.free = 16
        self.is_hung = False
        self.configs_asked: list[int] = []
        self.heartbeats = 0
        self.heard_by: list[MeshtasticBoard] = []
        self.pending = b""
        self._ids = 0
        self._lock = threading.Lock()
        super().__init__(name, folder)

    def plug(self) -> None:
        self.pending = b""
        super().plug()

    def heard(self, some: bytes) -> None:
        if self.is_hung:
            return
        self.pending += some
        while (start := self.pending.find(b"\x94\xc3")) >= 0 and len(self.pending) >= start + 4:
            length = int.from_bytes(self.pending[start + 2 : start + 4], "big")
            if len(self.pending) < start + 4 + length:
                return
            message = self.pending[start + 4 : start + 4 + length]
            self.pending = self.pending[start + 4 + length :]
            self._obey(protobuf.read(message))

    def _obey(self, fields: dict[int, int | bytes]) -> None:
        if 3 in fields:
            self.configs_asked.append(number_of(fields, 3))
            self.tell(content(3, varint(1, NODE)))
            self.give(b"INFO  | ??:??:?? 7 [SerialConsole] want config\r\n")
            self.tell(varint(7, number_of(fields, 3)))
        elif 7 in fields:
            self.heartbeats += 1
            self.tell_queue()
        elif 1 in fields:
            self._transmit(protobuf.read(bytes_of(fields, 1)))

    def _transmit(self, packet: dict[int, int | bytes]) -> None:
        inside = protobuf.read(bytes_of(packet, 4))
        sent = {
            "to": number_of(packet, 2),
            "channel": number_of(packet, 3),
            "port": number_of(inside, 1),
            "payload": bytes_of(inside, 2),
            "id": number_of(packet, 6),
            "hop_limit": number_of(packet, 9),
            "want_ack": bool(number_of(packet, 10)),
        }
        self.packets.append(sent)
        self.tell_queue(int(sent["id"]))  # type: ignore[call-overload]
        for other in self.heard_by:
            other.hear(bytes_of(inside, 2), number_of(inside, 1), source=NODE + 1)

    def tell(self, message: bytes) -> None:
        """FromRadio."""
        self.give(self.framed(message))

    def framed(self, message: bytes) -> bytes:
        return b"\x94\xc3" + len(message).to_bytes(2, "big") + message

    def tell_queue(self, id: int = 0) -> None:
        self.tell(content(11, varint(2, self.free) + varint(3, 16) + varint(4, id)))

    def packet_of(self, payload: bytes, port: int = 256, source: int = SOMEBODY, more: bytes = b"") -> bytes:
        with self._lock:
            self._ids += 1
            id = self._ids
        inside = varint(1, port) + content(2, payload) + more
        radio = struct.pack("<f", 6.25)
        packet = fixed32(1, source) + fixed32(2, 0xFFFF_FFFF) + content(4, inside) + fixed32(6, id)
        packet += fixed32(7, 1_700_000_000) + b"\x45" + radio + varint(12, -87 & 0xFFFF_FFFF_FFFF_FFFF)
        return self.framed(varint(1, id) + content(2, packet))

    def hear(self, payload: bytes, port: int = 256, source: int = SOMEBODY) -> None:
        self.give(self.packet_of(payload, port, source))

    def answer(self, id: int, error: int) -> None:
        """The routing says of a packet of ours that it arrived (0) or why it did not."""
        self.give(self.packet_of(varint(3, error) if error else b"", 5, NODE, fixed32(6, id)))

    def reboot(self) -> None:
        self.tell(varint(8, 1))

    def keyed(self) -> list[bytes]:
        return [packet["payload"] for packet in self.packets]  # type: ignore[misc]

    def say(self, *frames: bytes) -> list[bytes]:
        return [b"DEBUG | (some log) \xc2\xb5 [Router]\r\n" + self.packet_of(frame) for frame in frames]
