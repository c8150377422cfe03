"""A receiver built by a stranger: from docs/radio.md alone, with nothing of Posko's own code. Words and tables too are
read from that page. Only the standard library."""

import hashlib
import hmac
import re
from typing import Any


class Refused(Exception):
    """Not believed; the message is the kind of section 1."""


def book_of(page: str) -> tuple[list[str], list[str]]:
    """Section 6: (short list, long list)."""
    short, long = (block.split() for block in re.findall(r"```words\n(.*?)```", page, re.DOTALL))
    return short, long


# KISS and AX.25


def unkiss(stream: bytes) -> list[bytes]:
    """Data frames of a KISS stream; what is broken is dropped."""
    frames = []
    for part in stream.split(b"\xc0")[1:-1]:
        if not part or re.search(rb"\xdb(?![\xdc\xdd])", part):
            continue
        plain = part.replace(b"\xdb\xdc", b"\xc0").replace(b"\xdb\xdd", b"\xdb")
        if plain[0] & 0x0F == 0:
            frames.append(plain[1:])
    return frames


def unax25(frame: bytes) -> tuple[str, str, bytes]:
    """(source, destination, content) of a UI frame."""
    end = next((at for at in range(6, len(frame), 7) if frame[at] & 1), None)
    if end is None or end < 13 or frame[end + 1 : end + 3] != b"\x03\xf0":
        raise Refused("carrier")
    return _call(frame[7:14]), _call(frame[:7]), frame[end + 3 :]


def _call(address: bytes) -> str:
    letters = bytes(byte >> 1 for byte in address[:6]).decode().strip()
    number = address[6] >> 1 & 15
    return f"{letters}-{number}" if number else letters


# bits


class Bits:
    """The content of a radiogram, most significant bit first."""

    def __init__(self, content: bytes) -> None:
        self.bits = "".join(f"{byte:08b}" for byte in content)

    def take(self, count: int) -> int:
        if count > len(self.bits):
            raise Refused("meaning")
        taken, self.bits = self.bits[:count], self.bits[count:]
        return int(taken or "0", 2)

    def to_the_byte(self) -> bytes:
        """All that is left, from the next whole byte; the spare bits are zero."""
        if self.take(len(self.bits) % 8):
            raise Refused("meaning")
        rest, self.bits = self.bits, ""
        return bytes(int(rest[at : at + 8], 2) for at in range(0, len(rest), 8))


# section 1a


def derive(key: bytes, label: bytes, about: bytes = b"") -> bytes:
    """K(key, label, about)."""
    return hashlib.blake2s(about, key=key, person=label.ljust(8, b"\0"), digest_size=16).digest()


class Card:
    """What a technician handed us, and the epoch the net is in."""

    def __init__(self, text: str) -> None:
        raw = bytes.fromhex(text)
        assert len(raw) == 196 and raw[0] == 1
        self.net, self.station, self.base, self.public, self.own = raw[1], raw[2], raw[4:20], raw[20:52], raw[52:68]
        self.beside = [raw[68 + 16 * at : 84 + 16 * at] for at in range(8)]
        self.epoch, self.out, self.before, self.commanders = 1, list[int](), list[int](), [0]

    def leaf(self, station: int) -> bytes:
        """Down from where the other's number parts from ours."""
        mine, theirs = f"{self.station:08b}", f"{station:08b}"
        if mine == theirs:
            raise Refused("revoked")
        parts = next(at for at in range(8) if mine[at] != theirs[at])
        node = self.beside[parts]
        for bit in theirs[parts + 1 :]:
            node = derive(node, b"right" if bit == "1" else b"left")
        return node

    def shared(self, label: bytes, source: int, epoch: int, out: list[int]) -> bytes:
        """The key of a commander, or of an answer."""
        leaves = b"".join(self.leaf(station) for station in sorted(out))
        return derive(derive(self.base, b"epoch", epoch.to_bytes(4, "big") + leaves), label, bytes([source]))

    def keys(self, kind: int, source: int, content: bytes) -> list[tuple[int, bytes]]:
        """(epoch, key) of a frame that changes no keys."""
        if source in self.out:
            raise Refused("revoked")
        if source not in self.commanders and kind in (1, 2, 8, 9):
            raise Refused("command")
        if source not in self.commanders and not (kind == 3 and content[0] >> 6 <= 1):
            raise Refused("aside")
        label = b"command" if source in self.commanders else b"answer"
        epochs = [self.epoch, self.epoch + 1] + [self.epoch - 1] * (self.epoch > 1 and self.before == self.out)
        return [(epoch, self.shared(label, source, epoch, self.out)) for epoch in epochs]

    def turn(self, key: dict[str, Any]) -> None:
        """After a genuine change of keys; never back."""
        marks = [sum(1 << 207 - one for one in key[name]).to_bytes(26, "big") for name in ("commanders", "out")]
        words = b"POSKO KEY" + bytes([self.net]) + key["epoch"].to_bytes(2, "big") + b"".join(marks)
        if not ed25519(self.public, words, bytes.fromhex(key["signature"])):
            raise Refused("key")
        if key["epoch"] > self.epoch:
            self.before = self.out if key["epoch"] == self.epoch + 1 else []
            self.epoch, self.out, self.commanders = key["epoch"], key["out"], key["commanders"]


PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, -1, PRIME) % PRIME
Point = tuple[int, int]


def ed25519(public: bytes, words: bytes, signature: bytes) -> bool:
    """RFC 8032, section 5.1.7, in affine coordinates."""
    drawn, s = _point(signature[:32]), int.from_bytes(signature[32:], "little")
    key, base = _point(public), _point((4 * pow(5, -1, PRIME) % PRIME).to_bytes(32, "little"))
    if drawn is None or key is None or base is None or s >= ORDER:
        return False
    asked = int.from_bytes(hashlib.sha512(signature[:32] + public + words).digest(), "little") % ORDER
    return _times(s, base) == _plus(drawn, _times(asked, key))


def _point(packed: bytes) -> Point | None:
    sign, y = packed[31] >> 7, int.from_bytes(packed, "little") & 2**255 - 1
    square = (y * y - 1) * pow(CURVE * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if x * x % PRIME != square:
        x = x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    if x * x % PRIME != square or y >= PRIME:
        return None
    return (PRIME - x if x % 2 != sign else x, y)


def _plus(a: Point, b: Point) -> Point:
    shared = CURVE * a[0] * b[0] * a[1] * b[1]
    x = (a[0] * b[1] + a[1] * b[0]) * pow(1 + shared, -1, PRIME)
    return x % PRIME, (a[1] * b[1] + a[0] * b[0]) * pow(1 - shared, -1, PRIME) % PRIME


def _times(count: int, point: Point) -> Point:
    total = (0, 1)
    while count:
        total = _plus(total, point) if count & 1 else total
        point, count = _plus(point, point), count >> 1
    return total


class Receiver:
    """One net's receiver, with the replay window of section 1. key: one for all, or a card of section 1a."""

    def __init__(self, page: str, key: "bytes | Card", net: int = 1, epoch: int = 1) -> None:
        self.key, self.net, self.epoch = key, net, epoch
        self.short, self.long = book_of(page)
        self.last: dict[int, int] = {}
        self.used: dict[int, set[int]] = {}

    def hear(self, frame: bytes) -> tuple[int, int, int, dict[str, Any]]:
        """A Posko frame: (source, destination, full counter, radiogram). Raises Refused."""
        if len(frame) < 12:
            raise Refused("short")
        if frame[0] >> 4 != 1:
            raise Refused("version")
        if frame[1] != self.net:
            raise Refused("net")
        counter, series = self._counter(frame), self._series(frame)
        if series is not None:
            self._use(series, counter)
        return frame[2], frame[3], counter, self.read(frame[0] & 15, frame[6:-6])

    def _counter(self, frame: bytes) -> int:
        """The one under which the seal is right."""
        for epoch, key in self._keys(frame):
            for counter in self._candidates(self._series(frame), int.from_bytes(frame[4:6], "big")):
                sealed = epoch.to_bytes(4, "big") + counter.to_bytes(4, "big") + frame[:-6]
                if hmac.compare_digest(hashlib.blake2s(sealed, digest_size=6, key=key).digest(), frame[-6:]):
                    return counter
        raise Refused("mac")

    def _keys(self, frame: bytes) -> list[tuple[int, bytes]]:
        """(epoch, key) it may be sealed with."""
        if isinstance(self.key, bytes):
            return [(self.epoch, self.key)]
        kind, source = frame[0] & 15, frame[2]
        if kind == 10:
            told = self.read(10, frame[6:-6])
            return [(told["epoch"], self.key.shared(b"command", source, told["epoch"], told["out"]))]
        return self.key.keys(kind, source, frame[6:-6])

    def _series(self, frame: bytes) -> int | None:
        """Which window its counter is of: answers of devices count apart, changes of keys not at all."""
        if isinstance(self.key, bytes):
            return frame[2]
        is_answer = frame[0] & 15 == 3 and frame[6] >> 6 <= 1 and frame[2] not in self.key.commanders
        return None if frame[0] & 15 == 10 else frame[2] + 256 * is_answer

    def _candidates(self, source: int | None, low: int) -> list[int]:
        if source is None or source not in self.last:
            return [wrap * 65536 + low for wrap in range(256)]
        last = self.last[source]
        fitting = [wrap * 65536 + low for wrap in range(max(0, last // 65536 - 1), last // 65536 + 40)]
        nearest = min(fitting, key=lambda counter: abs(counter - last))
        return [counter for counter in fitting if nearest <= counter <= nearest + 32 * 65536]

    def _use(self, source: int, counter: int) -> None:
        used, last = self.used.setdefault(source, set()), self.last.get(source, -1)
        if counter in used or counter <= last - 64:
            raise Refused("replay")
        used.add(counter)
        self.last[source] = max(last, counter)

    # section 2

    def read(self, kind: int, content: bytes) -> dict[str, Any]:
        """The radiogram in the content of a genuine frame."""
        readers = {
            1: self._alert, 2: self._cancel, 3: self._ack, 4: self._receipt, 5: self._status, 6: self._position,
            7: self._text, 8: self._roll_call, 9: self._time, 10: self._key, 11: self._fragment, 12: self._missing,
        }  # fmt: skip
        if kind not in readers:
            raise Refused("meaning")
        bits = Bits(content)
        told = readers[kind](bits)
        if bits.to_the_byte():
            raise Refused("meaning")
        return told

    def _alert(self, bits: Bits) -> dict[str, Any]:
        names = [("ref", 16), ("revision", 6), ("priority", 2), ("type", 6), ("action", 5), ("expires_min", 11)]
        told: dict[str, Any] = {"is": "Alert"} | {name: bits.take(width) for name, width in names}
        told["slot_ms"] = 20 * bits.take(8)
        told["exercise"], told["again"], coded = (bool(bits.take(1)) for _ in range(3))
        length, has_place = bits.take(5), bits.take(1)
        told["place"] = self._place(bits) if has_place else None
        rest = bits.to_the_byte()
        whole = length + 1 if length else 0
        told["roster"], told["text"] = self._roster(rest[:whole]), self._words(bool(coded), rest[whole:])
        return told

    def _cancel(self, bits: Bits) -> dict[str, Any]:
        names = [("ref", 16), ("revision", 6), ("priority", 2), ("expires_min", 11)]
        told: dict[str, Any] = {"is": "Cancel"} | {name: bits.take(width) for name, width in names}
        told["slot_ms"] = 20 * bits.take(8)
        told["exercise"], told["again"] = bool(bits.take(1)), bool(bits.take(1))
        told["roster"] = self._roster(bits.to_the_byte())
        return told

    def _ack(self, bits: Bits) -> dict[str, Any]:
        told: dict[str, Any] = {"is": "Ack", "level": bits.take(2), "revision": bits.take(3), "ref": bits.take(11)}
        told["also"] = self._roster(bits.to_the_byte())
        return told

    def _receipt(self, bits: Bits) -> dict[str, Any]:
        return {"is": "Receipt", "number": bits.take(16)}

    def _status(self, bits: Bits) -> dict[str, Any]:
        told = {"is": "Status", "number": bits.take(16), "digit": bits.take(4), "exercise": bool(bits.take(1))}
        if int(str(told["digit"])) > 9:
            raise Refused("meaning")
        return told | {"ref": self._ref(bits)}

    def _position(self, bits: Bits) -> dict[str, Any]:
        told = {"is": "Position", "number": bits.take(16), "age_min": bits.take(8), "exercise": bool(bits.take(1))}
        return told | {"place": self._place(bits)}

    def _text(self, bits: Bits) -> dict[str, Any]:
        told = {"is": "Text", "number": bits.take(16), "exercise": bool(bits.take(1))}
        coded = bool(bits.take(1))
        told["ref"] = self._ref(bits)
        return told | {"text": self._words(coded, bits.to_the_byte())}

    def _roll_call(self, bits: Bits) -> dict[str, Any]:
        told: dict[str, Any] = {"is": "RollCall", "ref": bits.take(16), "priority": bits.take(2)}
        told["slot_ms"] = 20 * bits.take(8)
        told["exercise"], told["again"] = bool(bits.take(1)), bool(bits.take(1))
        return told | {"roster": self._roster(bits.to_the_byte())}

    def _time(self, bits: Bits) -> dict[str, Any]:
        return {"is": "Time", "utc_s": bits.take(32)}

    def _key(self, bits: Bits) -> dict[str, Any]:
        told: dict[str, Any] = {"is": "Key", "epoch": bits.take(16)}
        length = bits.take(5)
        rest = bits.to_the_byte()
        whole = 64 + (length + 1 if length else 0)
        told["signature"], told["commanders"] = rest[:64].hex(), self._roster(rest[64:whole])
        if len(rest) < whole:
            raise Refused("meaning")
        return told | {"out": self._roster(rest[whole:])}

    def _fragment(self, bits: Bits) -> dict[str, Any]:
        told: dict[str, Any] = {"is": "Fragment", "number": bits.take(16), "part": bits.take(5), "last": bits.take(5)}
        told["exercise"], told["coded"] = bool(bits.take(1)), bool(bits.take(1))
        told |= {"ref": self._ref(bits), "mark": bits.take(16), "chunk": bits.to_the_byte()}
        if told["part"] > told["last"] or not told["chunk"]:
            raise Refused("meaning")
        return told

    def _missing(self, bits: Bits) -> dict[str, Any]:
        told: dict[str, Any] = {"is": "Missing", "number": bits.take(16), "mark": bits.take(16)}
        told["parts"] = self._roster(bits.to_the_byte())
        if not told["parts"] or max(told["parts"]) > 31:
            raise Refused("meaning")
        return told

    def join(self, parts: list[dict[str, Any]]) -> str:
        """Section 4: the text of all its fragments, in whatever order they came."""
        chunks = {part["part"]: part["chunk"] for part in parts}
        whole = b"".join(chunks[part] for part in range(parts[0]["last"] + 1))
        if int.from_bytes(hashlib.blake2s(whole, digest_size=2).digest(), "big") != parts[0]["mark"]:
            raise Refused("meaning")
        return self._words(parts[0]["coded"], whole)

    def _place(self, bits: Bits) -> tuple[float, float]:
        return round(bits.take(19) / 10_000 + 94, 4), round(bits.take(18) / 10_000 - 12, 4)

    def _ref(self, bits: Bits) -> int | None:
        return bits.take(16) if bits.take(1) else None

    def _roster(self, packed: bytes) -> list[int]:
        if not packed:
            return []
        marks = "".join(f"{byte:08b}" for byte in packed[1:])
        if not marks.startswith("1") or packed[-1] == 0:
            raise Refused("meaning")
        return [packed[0] + at for at, mark in enumerate(marks) if mark == "1"]

    # section 6

    def _words(self, coded: bool, raw: bytes) -> str:
        try:
            text = self._spelled(raw) if coded else raw.decode()
        except (UnicodeDecodeError, IndexError):
            raise Refused("meaning") from None
        if not all(sign.isprintable() or sign == "\n" for sign in text):
            raise Refused("meaning")
        return text

    def _spelled(self, raw: bytes) -> str:
        if raw[:1] == b"\x03":
            return self._spelled(raw[1:]).upper()
        prefixes = ["di", "me", "mem", "men", "meng", "meny", "pe", "pem", "pen", "peng", "ber", "ter", "ke"]
        suffixes = ["nya", "kan", "an", "i", "lah", "kah", "ku", "mu"]
        text, mark, case, glued, after_word, at = "", 0, 0, False, False, 0
        while at < len(raw):
            byte = raw[at]
            at += 1
            if byte in (1, 2):
                mark = byte
                continue
            if 0x06 <= byte <= 0x12 or byte >= 0x80:  # a word begins, or goes on after its prefix
                piece = prefixes[byte - 6] if byte < 0x80 else self._word(raw, at - 1)
                at += byte >= 0xF8
                if not glued:
                    case, mark = mark, 0
                    text += " " if after_word else ""
                text += {0: piece, 1: piece.capitalize(), 2: piece.upper()}[case]
                case = 0 if case == 1 else case
                glued, after_word = byte < 0x80, byte >= 0x80
            elif 0x13 <= byte <= 0x1A:
                piece = suffixes[byte - 0x13]
                text += {0: piece, 1: piece.capitalize(), 2: piece.upper()}[case]
                case, glued, after_word = (0 if case == 1 else case), False, True
            else:
                sign, at = self._sign(raw, byte, at)
                text, glued, after_word, case = text + sign, False, False, (0 if case == 1 else case)
        return text

    def _word(self, raw: bytes, at: int) -> str:
        if raw[at] < 0xF8:
            return self.short[raw[at] - 0x80]
        return self.long[(raw[at] - 0xF8) * 256 + raw[at + 1]]

    def _sign(self, raw: bytes, byte: int, at: int) -> tuple[str, int]:
        if byte == 0:
            length = next(n for n in (1, 2, 3, 4) if raw[at] < (0xC0, 0xE0, 0xF0, 0x100)[n - 1])
            return raw[at : at + length].decode(), at + length
        if byte in (4, 5):
            return {4: ", ", 5: ". "}[byte], at
        if 0x20 <= byte <= 0x7E:
            return chr(byte), at
        raise Refused("meaning")

    # section 7

    def hear_line(self, content: bytes) -> tuple[int, int, int, list[str], str]:
        """A plain line behind its bulletin's head: (source, destination, counter, words, text). Raises Refused."""
        found = re.fullmatch(r":BLN1POSKO:(.*) =([A-Z2-9]{4})", content.decode())
        if not found:
            raise Refused("version")
        line, check = found[1], found[2]
        head, _, text = line.partition(" : ")
        *words, stations, low = head.split(" ")
        source, to = stations.split(">")
        counter = int(low, 16)
        if self._letters(line, counter) != check:
            raise Refused("mac")
        self._use(int(source), counter)
        text = re.sub("<(A|3C|7B|7C|7E)>", lambda sign: chr(int(sign[1], 16)), text)
        return int(source), 255 if to == "*" else int(to), counter, words, text

    def _letters(self, line: str, counter: int) -> str:
        assert isinstance(self.key, bytes)
        message = self.epoch.to_bytes(4, "big") + counter.to_bytes(4, "big") + bytes([self.net]) + line.encode()
        bits = f"{int.from_bytes(hashlib.blake2s(message, digest_size=3, key=self.key).digest(), 'big'):024b}"
        letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
        return "".join(letters[int(bits[at : at + 5], 2)] for at in (0, 5, 10, 15))


def stations_of(roster: str) -> list[int]:
    """`R1-3,9` or `R1/AAA` of section 7."""
    body = roster.removeprefix("R")
    if "/" in body:
        first, digits = body.split("/")
        marks = "".join(f"{int(digit, 16):04b}" for digit in digits)
        return [int(first) + at for at, mark in enumerate(marks) if mark == "1"]
    runs = [run.split("-") for run in body.split(",")]
    return [number for run in runs for number in range(int(run[0]), int(run[-1]) + 1)]
