"""What sits on a serial port, found out within three seconds and without keying a transmitter.

Names first: a TNC that would take our questions for something else is known by its USB name and not opened. What is
opened is asked in words that do nothing: MeshCore's ping, Meshtastic's question for its settings, and AT. Before AT
stands Ctrl-C, which ends the mode in which an old TNC would send what is typed.
"""

import re
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from radio_bridge.errors import BadFrame
from radio_bridge.framing import ax25, kiss, meshcore, meshtastic
from radio_bridge.ports import BadPort, LinkLost, Plug, Port, PortTaken, holders, holders_of, open_port

WITHIN_S = 3.0
LISTEN_S = 0.9
ROUNDS = (115_200, 9_600)  # baud
PING, WANT = meshcore.ask(meshcore.PING), meshtastic.want_config(meshtastic.ONLY_CONFIG)
QUESTIONS = bytes((kiss.FEND, kiss.FEND)) + PING + WANT + bytes((kiss.FEND,)) + b"\x03\r\nAT\r\n"
LORA = "carrier=bare&service=lora_free"

KNOWN = {
    (0x04D8, 0x00DD): ("kiss+serial", "?baud=57600", "chip MCP2221, seperti pada NinoTNC"),
    (0x1209, 0x7388): ("ptt", "", "kabel AIOC: kartu suara dengan tombol pancar, untuk suara (ptt=dtr:...)"),
}
"""USB name -> (kind, what follows the path, why): these are not opened."""
KNOWN_WORDS = {"Mobilinkd": ("kiss+serial", "?baud=38400", "Mobilinkd menurut namanya")}


@dataclass(frozen=True)
class Found:
    """What sits on a port. kind: a device of the register, or sms, gps, ptt, tnc2; "" when nobody knows."""

    path: str
    kind: str
    why: str
    """In Bahasa Indonesia, for the technician."""
    url: str = ""
    """What to write into POSKO_RADIO; "" where there is nothing to write."""
    words: str = ""
    """What the port calls itself."""


def look_at_all(plugs: Iterable[Plug], ask: bool = True) -> list[Found]:
    """Every port at the same time, so that ten take no longer than one. ask=False opens none."""
    waiting = list(plugs)
    found: dict[str, Found] = {}
    users = holders_of(plug.path for plug in waiting) if ask else {}

    def look_at(plug: Plug) -> None:
        unasked = by_name(plug) or _unknown(plug, "tidak ditanya")
        found[plug.path] = look(plug, users[plug.path]) if ask else unasked

    threads = [threading.Thread(target=look_at, args=(plug,), daemon=True) for plug in waiting]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + WITHIN_S
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [found.get(plug.path) or _unknown(plug, "port tidak menjawab sama sekali") for plug in waiting]


def look(plug: Plug, users: list[str] | None = None) -> Found:
    """What sits on one port. users: the programs that have it, where somebody has just looked."""
    if named := by_name(plug):
        return named
    if who := holders(plug.path) if users is None else users:
        return _unknown(plug, f"sedang dipakai {', '.join(who)}")
    try:
        return _ask(plug)
    except PortTaken as taken:
        return _unknown(plug, str(taken))
    except (LinkLost, BadPort) as lost:
        return _unknown(plug, f"tidak dapat dibuka: {lost}")


def by_name(plug: Plug) -> Found | None:
    """What its name alone says."""
    said = KNOWN.get(plug.usb)
    said = said or next((known for word, known in KNOWN_WORDS.items() if word in plug.path + plug.words), None)
    if said is None:
        return None
    kind, query, why = said
    return Found(plug.path, kind, why, f"{kind}:{plug.path}{query}" if query else "", plug.words)


def _unknown(plug: Plug, why: str) -> Found:
    return Found(plug.path, "", why, "", plug.words)


def _ask(plug: Plug) -> Found:
    for baud in ROUNDS:
        port = open_port(f"serial:{plug.path}?baud={baud}&lines={_lines(plug)}&free=yes")
        try:
            found = _converse(port, plug, baud)
        finally:
            port.close()
        if found is not None:
            return found
    return _unknown(plug, "diam: mungkin TNC KISS (isi kecepatannya sendiri) atau bukan radio")


def _lines(plug: Plug) -> str:
    """A board with a USB of its own speaks only while DTR is up; RTS is what most cables key with."""
    return "dtr" if "ttyACM" in plug.device else "down"


def _converse(port: Port, plug: Plug, baud: int) -> Found | None:
    port.write_all(QUESTIONS)
    said, ends = b"", time.monotonic() + LISTEN_S
    while (left := ends - time.monotonic()) > 0:
        said += port.read(left)
        if recognised := recognise(said, baud):
            kind, query, why = recognised
            if kind == "kiss+serial" and LORA in query:
                query += _radio_of(port)
            return Found(plug.path, kind, why, f"{kind}:{plug.path}{query}" if query else "", plug.words)
    return None


def recognise(said: bytes, baud: int) -> tuple[str, str, str] | None:
    """(kind, what follows the path in the URL, why) of what a port said; None when it tells nothing."""
    said = _without_echo(said)
    if meshcore.PONG in said:
        return "kiss+serial", f"?baud={baud}&{LORA}", "menjawab ping MeshCore"
    if any(one.node is not None or one.config_done for one in meshtastic.Stream().feed(said)):
        return "meshtastic", f"?baud={baud}", "menjawab sebagai papan Meshtastic"
    if re.search(rb"\+(?:OK|READY|ERR=\d+)\r\n", said):
        return "rylr", f"?baud={baud}", "menjawab AT sebagai modul LoRa REYAX"
    if re.search(rb"(?:^|\n|\r)OK\r\n", said):
        return "sms", "", "menjawab AT: modem GSM, untuk SMS (POSKO_SMS_MODEM)"
    if re.search(rb"cmd:|EH\?", said):
        return "tnc2", "", "TNC dalam mode perintah: nyalakan KISS di TNC itu"
    if re.search(rb"\$G[A-Z]{4},", said):
        return "gps", "", "mengirim posisi (NMEA)"
    return _tnc(said, baud)


def _without_echo(said: bytes) -> bytes:
    """A GSM modem says back what it is told until that is switched off: our own question is nobody's answer."""
    return said.replace(PING, bytes((kiss.FEND,))).replace(WANT, b"")


def _tnc(said: bytes, baud: int) -> tuple[str, str, str] | None:
    """A TNC that heard somebody, or answers a word of KISS in its own way."""
    for number, content in kiss.KissDecoder().feed_all(said):
        if number == kiss.SETHARDWARE:
            return "kiss+serial", f"?baud={baud}&meshcore=no", "menjawab perintah KISS"
        if number == kiss.DATA and _is_ax25(content):
            return "kiss+serial", f"?baud={baud}&meshcore=no", "meneruskan bingkai AX.25 dari udara"
    return None


def _is_ax25(frame: bytes) -> bool:
    try:
        ax25.parse(frame)
    except BadFrame:
        return False
    return True


def _radio_of(port: Port) -> str:
    """How a MeshCore board is set, as our address wants it. It said who it is: now it may be asked."""
    port.write_all(meshcore.ask(meshcore.GET_RADIO))
    said, ends = b"", time.monotonic() + LISTEN_S / 2
    decoder = kiss.KissDecoder()
    while (left := ends - time.monotonic()) > 0:
        said = port.read(left)
        for number, content in decoder.feed_all(said):
            if number == kiss.SETHARDWARE and content[0] == meshcore.GET_RADIO | meshcore.ANSWER:
                radio = meshcore.radio_of(content[1:])
                return _settings_of(radio) if radio else ""
    return ""


def _settings_of(radio: meshcore.Radio) -> str:
    lora = radio.lora
    return f"&mhz={radio.hz / 1e6:g}&sf={lora.spreading}&bw={lora.bandwidth_hz / 1000:g}&cr={lora.coding}"
