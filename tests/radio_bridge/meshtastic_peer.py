"""The meshtastic library as a program of its own: it is GPL, and no part of Posko or of its tests imports it.

`codec` turns lines of JSON into the library's bytes and back; `client PORT` is somebody's telephone on a board.
"""

import json
import sys
import threading
from typing import Any

from google.protobuf.json_format import MessageToDict
from meshtastic.protobuf import mesh_pb2
from meshtastic.serial_interface import SerialInterface
from pubsub import pub

_SAYING = threading.Lock()


def say(**facts: Any) -> None:
    with _SAYING:
        print(json.dumps(facts), flush=True)


def codec() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        if "to_radio" in asked:
            message = mesh_pb2.ToRadio.FromString(bytes.fromhex(asked["to_radio"]))
            say(
                kind=message.WhichOneof("payload_variant"),
                said=MessageToDict(message, preserving_proto_field_name=True),
            )
        else:
            say(hex=from_radio(asked["from_radio"]).SerializeToString().hex())


def from_radio(asked: dict[str, Any]) -> mesh_pb2.FromRadio:
    message = mesh_pb2.FromRadio(id=7)
    if "my_node_num" in asked:
        message.my_info.my_node_num = asked["my_node_num"]
    elif "free" in asked:
        message.queueStatus.free, message.queueStatus.res = asked["free"], asked["res"]
    elif "rebooted" in asked:
        message.rebooted = True
    else:
        packet = message.packet
        setattr(packet, "from", asked["from"])
        packet.to, packet.id, packet.rx_rssi, packet.rx_snr = 0xFFFFFFFF, asked["id"], asked["rssi"], asked["snr"]
        packet.rx_time, packet.hop_limit = 1_700_000_000, 3
        packet.decoded.portnum, packet.decoded.payload = asked["port"], bytes.fromhex(asked["payload"])
        packet.decoded.request_id, packet.decoded.bitfield = asked.get("request_id", 0), 1
        if "error" in asked:
            packet.decoded.payload = mesh_pb2.Routing(error_reason=asked["error"]).SerializeToString()
    return message


def client(port: str) -> None:
    pub.subscribe(heard, "meshtastic.receive")
    interface = SerialInterface(port, connectNow=False)
    interface.connect()
    say(connected=interface.myInfo.my_node_num)
    for line in sys.stdin:
        asked = json.loads(line)
        sent = interface.sendData(bytes.fromhex(asked["payload"]), portNum=asked["port"], hopLimit=3)
        say(sent=sent.id)


def heard(packet: dict[str, Any], interface: Any) -> None:
    raw = packet["raw"]
    say(heard=raw.decoded.payload.hex(), port=raw.decoded.portnum, source=getattr(raw, "from"))


if __name__ == "__main__":
    codec() if sys.argv[1] == "codec" else client(sys.argv[2])
