"""What our words are in CAP's: order and priority, type of incident, and the sentences for the public. Pure.

CAP 1.2, section 3.2.2, says what each value means; the choice is ours and stands here, for a fire chief to read.
"""

from typing import NamedTuple

LANGUAGES = ("id-ID", "en-US")  # each alert says the same in each of them


class Order(NamedTuple):
    """What an order of ours asks of people: CAP's word, and a sentence in each of our languages."""

    response: str
    title_id: str
    title_en: str
    instruction_id: str
    instruction_en: str


ORDERS = {
    "inform": Order(
        "Monitor",
        "pemberitahuan",
        "information",
        "Ikuti keterangan resmi dan tetap waspada.",
        "Follow official information and stay alert.",
    ),
    "stand_by": Order(
        "Prepare",
        "bersiap",
        "be prepared",
        "Bersiaplah: kumpulkan surat penting, obat, air minum, dan senter; pantau keterangan resmi.",
        "Be prepared: gather documents, medicine, drinking water and a torch; follow official information.",
    ),
    "go": Order(
        "Execute",
        "bertindak sekarang",
        "act now",
        "Lakukan yang diminta dalam keterangan ini sekarang.",
        "Do now what this message asks.",
    ),
    "evacuate": Order(
        "Evacuate",
        "mengungsi sekarang",
        "evacuate now",
        "Mengungsi sekarang ke tempat aman; bantu anak, orang tua, dan difabel; ikuti petugas.",
        "Evacuate now to a safe place; help children, the elderly and people with disabilities; follow officers.",
    ),
    "stand_down": Order(
        "AllClear",
        "keadaan aman",
        "all clear",
        "Keadaan aman. Tetap ikuti petunjuk petugas di lapangan.",
        "The danger is over. Keep following the officers on the spot.",
    ),
}

# order -> urgency; an information is as urgent as its priority
URGENCY_OF_ORDER = {"go": "Immediate", "evacuate": "Immediate", "stand_by": "Expected", "stand_down": "Past"}
URGENCY_OF_PRIORITY = {"P0": "Immediate", "P1": "Immediate", "P2": "Expected", "P3": "Future"}
SEVERITY_OF_PRIORITY = {"P0": "Extreme", "P1": "Severe", "P2": "Moderate", "P3": "Minor"}
CERTAINTY_OF_PRIORITY = {"P0": "Observed", "P1": "Observed", "P2": "Likely", "P3": "Possible"}


class Event(NamedTuple):
    """A kind of event: CAP's categories, and its name in each of our languages."""

    categories: tuple[str, ...]
    name_id: str
    name_en: str


UNKNOWN_EVENT = Event(("Safety",), "Peringatan", "Warning")
# type of incident -> event; a type that is not here is a warning for safety
EVENTS = {
    "banjir": Event(("Met", "Safety"), "Banjir", "Flood"),
    "kebakaran": Event(("Fire",), "Kebakaran", "Fire"),
    "medis": Event(("Health",), "Keadaan medis", "Medical emergency"),
    "laka": Event(("Transport",), "Kecelakaan lalu lintas", "Traffic accident"),
    "longsor": Event(("Geo", "Safety"), "Tanah longsor", "Landslide"),
    "gempa": Event(("Geo",), "Gempa bumi", "Earthquake"),
    "tsunami": Event(("Geo", "Met"), "Tsunami", "Tsunami"),
    "angin": Event(("Met",), "Angin kencang", "Strong wind"),
    "pohon": Event(("Safety", "Transport"), "Pohon tumbang", "Fallen tree"),
    "sar": Event(("Rescue",), "Pencarian dan pertolongan", "Search and rescue"),
    "tenggelam": Event(("Rescue",), "Orang tenggelam", "Drowning"),
    "hewan": Event(("Safety",), "Hewan liar", "Wild animal"),
    "keamanan": Event(("Security",), "Gangguan keamanan", "Security incident"),
    "kerusuhan": Event(("Security",), "Kerusuhan", "Civil unrest"),
    "kabel": Event(("Infra",), "Gangguan kabel", "Damaged cable"),
}


def event_of(kind: str | None) -> Event:
    return EVENTS.get(kind or "", UNKNOWN_EVENT)


def urgency_of(order: str, priority: str) -> str:
    return URGENCY_OF_ORDER.get(order) or URGENCY_OF_PRIORITY[priority]
