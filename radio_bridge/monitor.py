"""Every frame in words for the technician: who says he sent it, to whom, what kind, whether its seal is right. Pure.

A frame that is not genuine is named by its fault; what it says of itself is told as a claim, and its text never.
"""

from collections import OrderedDict
from hashlib import blake2s
from typing import Any

from radio_bridge import wire
from radio_bridge.errors import BadFrame
from radio_bridge.framing import ax25, posko
from radio_bridge.link import LinkConfig
from radio_bridge.radiogram import ALL
from radio_bridge.radiogram.saying import say
from radio_bridge.radiogram.schema import TYPE_NUMBERS

KINDS = {number: kind.__name__.upper() for kind, number in TYPE_NUMBERS.items()}
# kind of bad frame -> what is wrong with it, in words
FAULTS = {
    "short": "terlalu pendek untuk bersegel",
    "version": "versi lain",
    "net": "jaringan lain; kuncinya tidak ada di sini",
    "mac": "segel (MAC) salah: bukan kunci jaringan ini, atau bingkai rusak",
    "replay": "pernah didengar; putaran ulang atau rekaman",
    "carrier": "bukan AX.25",
    "foreign": "AX.25 lain, bukan untuk jaringan ini",
    "own": "bingkai kita sendiri yang kembali",
    "meaning": "segel benar, isinya tidak dikenal versi ini",
    "revoked": "stasiun yang sudah dicabut",
    "epoch": "zaman kunci yang sudah lewat",
}


REMEMBERED = 256
"""Genuine frames whose copies are still known for copies."""
PATHS_MOST = 16
"""Ways of one frame that are believed: a path is not sealed."""

Path = tuple[str, ...]


class Monitor:
    """Reads frames as the centre of this net would, with a memory of counters of its own: it disturbs nobody."""

    def __init__(self, config: LinkConfig) -> None:
        self.config = config
        self._windows = {"in": posko.ReplayWindow(config.epoch), "out": posko.ReplayWindow(config.epoch)}
        self._genuine: OrderedDict[bytes, tuple[set[Path], dict[str, Any]]] = OrderedDict()
        """Digest of a genuine frame -> the paths it came by, and what was told of it."""

    def read(self, frame: bytes, way: str = "in") -> dict[str, Any]:
        """{way, bytes, carrier, kind, from, to, counter, genuine, copy, fault, words}; None is what nobody can know.

        A copy is a genuine frame that was heard before and now comes by a digipeater or relay it had not come by.
        """
        told: dict[str, Any] = {
            "way": way,
            "bytes": len(frame),
            "carrier": None,
            "kind": None,
            "from": None,
            "to": None,
        }
        told |= {"counter": None, "genuine": False, "copy": False, "fault": None, "words": None}
        try:
            content = self._carried(frame, told)
            if content is not None:
                told |= self._claim(content)
                told |= self._copy(content, told["carrier"]) or self._opened(content, told["carrier"], way)
        except BadFrame as bad:
            told["fault"] = bad.kind
        return told

    def _copy(self, content: bytes, carrier: dict[str, Any] | None) -> dict[str, Any] | None:
        """What was told of the same frame; None when it is not known, or came by this path already."""
        path = _repeated_by(carrier)
        paths, known = self._genuine.get(_digest(content), ({path}, {}))
        if path in paths or not path or len(paths) >= PATHS_MOST:
            return None
        paths.add(path)
        return {**known, "copy": True}

    def _carried(self, frame: bytes, told: dict[str, Any]) -> bytes | None:
        """What is in the carrier; None when the carrier already says all."""
        if self.config.carrier != "ax25":
            return frame
        carrier = ax25.parse(frame)
        told["carrier"] = {"source": carrier.source, "destination": carrier.destination, "path": list(carrier.path)}
        if carrier.destination == wire.IDENTITY_DESTINATION:
            told |= {"kind": "IDENTITY", "genuine": None, "words": f"identitas {carrier.source}"}
            return None
        if carrier.destination != ax25.DESTINATION:
            raise BadFrame("foreign", f"A frame to {carrier.destination}.")
        return carrier.content

    def _claim(self, content: bytes) -> dict[str, Any]:
        """What a packed frame says of itself before its seal is looked at."""
        if self.config.profile.content == "plain":
            return {}
        header = posko.header_of(content)
        return {"kind": KINDS.get(header.type, f"TYPE {header.type}"), "from": header.source, "to": header.destination}

    def _opened(self, content: bytes, carrier: dict[str, Any] | None, way: str) -> dict[str, Any]:
        window = self._windows[way]
        opened, radiogram = wire.open_frame(self.config.profile, content, self.config.key_ring, window)
        header = opened.header
        told = {"kind": type(radiogram).__name__.upper(), "from": header.source, "to": header.destination}
        told |= {"counter": opened.counter, "genuine": True, "words": say(radiogram)}
        self._genuine[_digest(content)] = {_repeated_by(carrier)}, told
        if len(self._genuine) > REMEMBERED:
            self._genuine.popitem(last=False)
        return told


def _digest(content: bytes) -> bytes:
    return blake2s(content, digest_size=8).digest()


def _repeated_by(carrier: dict[str, Any] | None) -> Path:
    """The stations that have repeated a frame, in their order."""
    return tuple(name for name in carrier["path"] if name.endswith("*")) if carrier else ()


def sentence(told: dict[str, Any]) -> str:
    """One line in Bahasa Indonesia about a frame that Monitor.read() told."""
    carrier = told["carrier"]
    way = "keluar" if told["way"] == "out" else "masuk "
    via = f" lewat {','.join(carrier['path'])}" if carrier and carrier["path"] else ""
    path = f"{carrier['source']}>{carrier['destination']}{via}" if carrier else "tanpa AX.25"
    parts = [way, path, f"{told['bytes']} bita", told["kind"] or "?"]
    if told["from"] is not None:
        parts.append(f"{told['from']}>{'semua' if told['to'] == ALL else told['to']}")
    if told["counter"] is not None:
        parts.append(f"pencacah {told['counter']}")
    if told["fault"]:
        return "  ".join([*parts, f"TIDAK SAH: {FAULTS.get(told['fault'], told['fault'])}"])
    seal = [word for word, is_so in (("MAC sah", told["genuine"]), ("salinan", told["copy"])) if is_so]
    return "  ".join([*parts, *seal, told["words"] or ""]).rstrip()
