"""A Meshtastic board on a serial cable: our frames travel on its private port, plain words on its text port.

The board keeps its own queue and listens before it sends, so slots are wider than on a modem of our own. Every frame is
sealed inside: what the cable or the mesh altered is refused by the link.
"""

import secrets
import time
from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from radio_bridge.devices import BAUD_LEAST, BAUD_MOST, Address, Figures, Quality, figures_of
from radio_bridge.devices.on_port import OnPort
from radio_bridge.framing import meshtastic
from radio_bridge.framing.meshtastic import PRIVATE_PORT, TEXT_PORT, Packet, Told
from radio_bridge.lora import Lora
from radio_bridge.ports import BadPort, LinkLost, open_port
from radio_bridge.profiles import get_profile

READY_WITHIN_S = 8.0
"""A board that was reset by being opened takes some seconds."""
HEARTBEAT_S = 60.0
"""The board forgets a cable that is silent for a quarter of an hour."""
ANSWER_S = 5.0
PARTIAL_S = 0.5
"""A message that does not go on for so long has lost a byte."""
HOPS_MAX = 7
GUARD_MS, HOP_MS = 400, 1500
USUAL = Figures(
    txdelay_ms=0,
    guard_ms=GUARD_MS,
    carrier="bare",
    service="lora_free",
    lora=Lora(11, 250_000, 5, 16),  # the preset LongFast
    around=meshtastic.AROUND,
    longest=meshtastic.PAYLOAD_MAX,
)


class Meshtastic(OnPort):
    """Frames inside packets to everybody on one channel of the board."""

    options: ClassVar[frozenset[str]] = frozenset(("baud", "lines", "channel", "hops", "ack"))

    def __init__(self, address: Address, folder: Path) -> None:
        if not address.place:
            raise BadPort("meshtastic: needs a port, such as meshtastic:/dev/serial/by-id/NAME or HOST:4403.")
        self._hops = int(address.number("hops", 0))
        self._channel = int(address.number("channel", 0))
        self._want_ack = bool(address.number("ack", 0))
        if not (0 <= self._hops <= HOPS_MAX and 0 <= self._channel <= 7):
            raise BadPort("meshtastic: hops and channel are 0 to 7.")
        self.figures = figures_of(address, replace(USUAL, guard_ms=GUARD_MS + HOP_MS * self._hops))
        # plain words can be read by everybody with a telephone and the usual program
        self._send_to = TEXT_PORT if get_profile(self.figures.service).content == "plain" else PRIVATE_PORT
        self._url = _port_of(address)
        self._forget()

    def _forget(self) -> None:
        self._stream = meshtastic.Stream()
        self._asked_for = 0
        self.is_ready = False
        self._node: int | None = None
        self._waiting: deque[bytes] = deque(maxlen=2)
        self._is_full = False
        self._asked_at = self._said_at = self._heard_at = time.monotonic()
        self._answers_heartbeats = False
        self.quality: Quality | None = None
        self.trouble = ""
        self.refused = 0
        self.acked: deque[int] = deque(maxlen=16)
        """Packets of ours that somebody else on the mesh was heard to have, where ?ack=1 asked for that."""

    def open(self) -> None:
        """Open and ask for what the board says first; frames that are written meanwhile wait."""
        self.close()
        self._forget()
        self._port = open_port(self._url)
        self._port.write_all(meshtastic.WAKE)
        self._begin()

    def _begin(self) -> None:
        self.is_ready = False
        self._asked_for = meshtastic.ONLY_CONFIG
        self._asked_at = time.monotonic()
        self._say(meshtastic.want_config(self._asked_for))

    def fileno(self) -> int:
        return self._opened().fileno()

    def read(self) -> list[bytes]:
        some = self._opened().read()
        if some:
            self._heard_at = time.monotonic()
        frames = [self._take(one) for one in self._stream.feed(some)]
        return [frame for frame in frames if frame]

    def write(self, frame: bytes) -> None:
        self._waiting.append(frame)
        self._hand_over()

    def check(self) -> None:
        """LinkLost when the port became another, or the board answers nothing any more."""
        self._opened().check()
        now = time.monotonic()
        if now - self._heard_at > PARTIAL_S:
            self._stream.give_up()
        if not self.is_ready and now - self._asked_at > READY_WITHIN_S:
            raise LinkLost(f"{self._opened().name}: no Meshtastic board answers")
        if self._answers_heartbeats and self._said_at > self._heard_at and now - self._said_at > ANSWER_S:
            raise LinkLost(f"{self._opened().name}: the board answers nothing")
        if now - self._said_at > HEARTBEAT_S:
            self._say(meshtastic.heartbeat())

    def _say(self, words: bytes) -> None:
        self._opened().write_all(words)
        self._said_at = time.monotonic()

    def _hand_over(self) -> None:
        port = self._opened()
        while self._waiting and self.is_ready and not self._is_full:
            id = secrets.randbelow(0xFFFF_FFFE) + 1
            frame = self._waiting.popleft()
            port.write_all(
                meshtastic.send(frame, self._send_to, id, self._channel, self._hops, self._want_ack),
            )

    def _take(self, one: Told) -> bytes | None:
        """A frame, or None for what the board says of itself."""
        if one.packet is not None:
            return self._take_packet(one.packet)
        if one.node is not None:
            self._node = one.node
        elif one.queue_free is not None:
            self._note_queue(one)
        elif one.rebooted:
            self._begin()
        elif one.config_done == self._asked_for:
            self.is_ready = True
        self._hand_over()
        return None

    def _note_queue(self, one: Told) -> None:
        self._answers_heartbeats = True
        self._is_full = one.queue_free == 0
        self.refused += one.queue_refusal != 0

    def _take_packet(self, packet: Packet) -> bytes | None:
        if packet.error is not None:
            self._note_answer(packet.request_id, packet.error)
            return None
        if packet.port not in (TEXT_PORT, PRIVATE_PORT) or packet.source == self._node:
            return None
        self.quality = Quality(packet.rssi_dbm, packet.snr_db) if packet.rssi_dbm else None
        return packet.payload

    def _note_answer(self, id: int, error: int) -> None:
        if error == 0:
            self.acked.append(id)
            self.trouble = ""
        elif error in meshtastic.REASONS:
            self.refused += 1
            self.trouble = f"papan menolak: {meshtastic.REASONS[error]}"


def _port_of(address: Address) -> str:
    """Boards with a USB of their own say nothing until DTR is up; both lines up is at rest for all of them."""
    if address.place.startswith("/"):
        baud, lines = address.whole("baud", 115_200, BAUD_LEAST, BAUD_MOST), address.options.get("lines", "up")
        return f"serial:{address.place}?baud={baud}&lines={lines}"
    return f"socket:{address.place}"
