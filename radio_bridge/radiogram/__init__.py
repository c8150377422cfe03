"""What is said on the air: alerts, acknowledgements, reports, and the codes that stand for words.

Here are the kinds of radiogram. `schema.py` packs each into the bits of a frame and reads it back (`fields.py` and
`bits.py` below it, `texts.py` for free words); `saying.py` puts it into words.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

ALL = 255
"""Destination: every station of the net."""

STATION_LAST, GROUP_FIRST = 200, 201
"""Stations are 0..200 (0 is the centre), groups 201..254, 255 is everybody."""

ACK_REF_BITS, ACK_REVISION_BITS = 11, 3
"""What an ack can quote in its two bytes: the low bits of the alert's reference and revision."""

SLOT_STEP_MS = 20
"""A roster answers in slots of a whole number of these."""

SLOT_MOST_MS = 255 * SLOT_STEP_MS
"""The longest slot that a round can name: it has eight bits for it."""

EXPIRES_MAX_MIN = 2047
"""Longest that an alert stays valid, in minutes."""

PARTS_MAX = 32
"""Parts of a long text are numbered 0 to 31."""

TYPES = {
    0: "lainnya", 1: "kebakaran", 2: "medis", 3: "kecelakaan lalu lintas", 4: "banjir", 5: "tanah longsor",
    6: "gempa", 7: "tsunami", 8: "angin kencang", 9: "pohon tumbang", 10: "penyelamatan/SAR", 11: "orang tenggelam",
    12: "hewan liar", 13: "gangguan keamanan", 14: "kerusuhan", 15: "KDRT/anak", 16: "ODGJ", 17: "kabel/PJU",
    18: "banjir bandang", 19: "lahar", 20: "letusan gunung api", 21: "gelombang pasang/abrasi",
    22: "kebakaran hutan dan lahan", 23: "kekeringan", 24: "kecelakaan kapal", 25: "bahan berbahaya",
    26: "jalan/jembatan putus", 27: "darurat petugas (mayday)",
}  # fmt: skip
"""Type code (0..63) -> the word on the screen. Codes are never reused; new ones go to the end."""

ACTIONS = {
    0: "untuk diketahui", 1: "siaga", 2: "menuju lokasi", 3: "evakuasi", 4: "kaji cepat", 5: "tahan di tempat",
    6: "kembali ke pos", 7: "jauhi lokasi", 8: "tutup jalan", 9: "bantu satuan lain", 10: "lapor keadaan",
    11: "pindah kanal", 12: "selesai",
}  # fmt: skip
"""Action code (0..31) -> what the station is asked to do."""

STATUSES = {
    0: "darurat (mayday)", 1: "siaga di pos", 2: "terima tugas", 3: "berangkat", 4: "tiba di lokasi",
    5: "membawa korban", 6: "tiba di rujukan", 7: "kembali/selesai", 8: "siaga di lapangan", 9: "terkendala",
}  # fmt: skip
"""Unit status digit -> words (the digit is what is spoken on the radio)."""


class Level(IntEnum):
    """How far an alert has come at one station. Only SEEN and READ_BACK speak of a person."""

    PRESENT = 0
    """Answer to a roll-call: the station is on the air."""
    HEARD = 1
    """The device has it. Nobody may have looked."""
    SEEN = 2
    """A person pressed the key."""
    READ_BACK = 3
    """A person repeated the content."""


LEVELS = {
    Level.PRESENT: "hadir", Level.HEARD: "diterima perangkat", Level.SEEN: "dilihat", Level.READ_BACK: "dibaca ulang",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """WGS 84 degrees. On the air rounded to 0.0001 degree (11 m cells, at most 8 m away), Indonesia only."""

    lon: float
    lat: float


@dataclass(frozen=True)
class Alert:
    """An alert to stations. `roster`, `slot_ms`, `again` and the remaining `expires_min` are filled in by the link.

    ref: 0..65535, the alert's number on the net. revision: 0..63. priority: 0 (P0) .. 3. type: key of TYPES.
    action: key of ACTIONS. expires_min: minutes it stays valid, counted from reception, 1..2047.
    """

    ref: int
    revision: int
    priority: int
    type: int
    action: int
    expires_min: int
    place: Place | None = None
    exercise: bool = False
    text: str = ""
    roster: tuple[int, ...] = ()
    slot_ms: int = 0
    again: bool = False
    """A second copy follows at once; the slots are counted from the end of that one."""


@dataclass(frozen=True)
class Cancel:
    """Alert `ref` no longer holds. `revision` is higher than that of the alert it ends; answered like an alert."""

    ref: int
    revision: int
    priority: int = 1
    expires_min: int = 60
    exercise: bool = False
    roster: tuple[int, ...] = ()
    slot_ms: int = 0
    again: bool = False


@dataclass(frozen=True)
class RollCall:
    """Pengecekan stasiun: every station of the roster answers in its slot with Ack(level=PRESENT)."""

    ref: int
    priority: int = 3
    roster: tuple[int, ...] = ()
    slot_ms: int = 0
    exercise: bool = False
    again: bool = False


@dataclass(frozen=True)
class Ack:
    """A station answers alert `ref`; from the centre, the echo that lets a station stop repeating itself.

    On the air only the low 11 bits of `ref` and the low 3 of `revision`; the link finds the alert they mean.
    also: stations known to have the alert too (overheard by a field station; confirmed by the centre).
    """

    ref: int
    revision: int
    level: Level
    also: tuple[int, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """The device of the addressee has message `number` (of a Status, Position or Text). 14 bytes on the air."""

    number: int


@dataclass(frozen=True)
class Status:
    """A unit's status digit 0..9, about alert `ref` if given. `number` is filled in by the link."""

    digit: int
    ref: int | None = None
    exercise: bool = False
    number: int = 0

    def outdates(self, older: Status) -> bool:
        """Whether `older`, not yet heard, must not be heard after this one: a mayday overtakes what waits.

        No other digit takes a mayday back that nobody heard. Ready (1, 8) says nothing of a task, so it closes none.
        """
        if self.digit == 0:
            return True
        return older.digit in (1, 8) or older.digit != 0 and self.digit not in (1, 8)


@dataclass(frozen=True)
class Position:
    """Where the station was, `age_min` minutes ago (0..255)."""

    place: Place
    age_min: int = 0
    exercise: bool = False
    number: int = 0


@dataclass(frozen=True)
class Text:
    """Free words, about alert `ref` if given. Names and telephone numbers do not belong on the air."""

    text: str
    ref: int | None = None
    exercise: bool = False
    number: int = 0


@dataclass(frozen=True)
class Time:
    """The centre's clock, whole seconds since 1970 UTC. Never used to judge a frame: field clocks are wrong."""

    utc_s: int


@dataclass(frozen=True)
class Key:
    """From now on the net speaks in epoch `epoch`. Nothing secret: each station reckons the new key (keyring.py).

    out: stations that are no longer of the net. commanders: who may give alerts, call the roll and change keys.
    signature: Ed25519 over all of it, 128 hexadecimal digits; only the holder of the net's root can write it.
    """

    epoch: int
    out: tuple[int, ...] = ()
    commanders: tuple[int, ...] = (0,)
    signature: str = ""


@dataclass(frozen=True)
class Fragment:
    """Part `part` (from 0) of a text too long for one frame; fragments.py takes apart and puts together.

    number: of the whole text, from its source's series. last: number of the last part. mark: 16 bits of a digest of
    the whole, so that two texts are never mixed. coded: whether the whole is in the word code.
    """

    number: int
    part: int
    last: int
    mark: int
    chunk: bytes
    coded: bool = False
    ref: int | None = None
    exercise: bool = False


@dataclass(frozen=True)
class Missing:
    """The addressee still lacks these parts of text `number`; when it lacks none it sends a Receipt instead."""

    number: int
    mark: int
    parts: tuple[int, ...]


Radiogram = Alert | Cancel | RollCall | Ack | Receipt | Status | Position | Text | Time | Key | Fragment | Missing
Asking = Alert | Cancel | RollCall
"""Radiograms answered in slots by a roster."""
Reporting = Status | Position | Text
"""Radiograms to one station, answered by its Receipt."""
