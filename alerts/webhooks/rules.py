"""What a message from outside means: an answer, a stop, a report of what; and what is said back. Pure."""

import datetime as dt
import re
import unicodedata
from collections.abc import Collection

SEEN, STOP, START, WORDS, NOTHING = "seen", "stop", "start", "words", "nothing"
_MEANINGS = {
    SEEN: "1 ya y iya ok oke siap diterima dibaca sudah dimengerti paham",
    STOP: "stop berhenti unsubscribe",
    START: "start mulai",
}
MEANING = {word: meaning for meaning, words in _MEANINGS.items() for word in words.split()} | {"/start": START}

# type -> words that tell of it, the more pressing first where a message tells of several
TYPE_WORDS: tuple[tuple[str, str], ...] = (
    ("tsunami", "tsunami"),
    ("tenggelam", "tenggelam hanyut terseret"),
    ("kebakaran", "kebakaran terbakar api asap karhutla"),
    ("laka", "kecelakaan tabrakan tabrak laka terguling"),
    ("medis", "ambulans ambulan pingsan sesak melahirkan pendarahan sakit luka"),
    ("longsor", "longsor tanah-longsor ambles"),
    ("banjir", "banjir terendam meluap rob air-naik"),
    ("gempa", "gempa retak roboh"),
    ("angin", "angin puting-beliung badai"),
    ("pohon", "pohon tumbang"),
    ("sar", "hilang tersesat terjebak evakuasi"),
    ("hewan", "ular buaya tawon lebah"),
    ("kerusuhan", "kerusuhan tawuran bentrok"),
    ("keamanan", "pencurian maling perampokan begal"),
    ("kabel", "kabel listrik korslet"),
)
OTHER = "lainnya"
CRIES = frozenset(
    ("tolong", "tolonglah", "help", "sos", "darurat", "emergency", "bahaya", "gawat", "bantu", "bantuan", "selamatkan")
)
FEWEST_WORDS = 4  # of a message that names nothing we know and still tells something
FOLLOWS_S = 1800.0  # what the same person writes within this goes with what they wrote
WINDOW_S, MOST_IN_WINDOW = 600.0, 20  # messages of one sender that become calls
REPLY_WINDOW_S, MOST_REPLIES = 3600.0, 4  # words to one sender: a machine that answers us soon talks to itself
ECHO_S = 86_400.0
CALL_CHANNELS = {"sms_gateway": "sms", "sms_modem": "sms", "webhook": "web"}
CHANNEL_WORDS = {"whatsapp": "WhatsApp", "telegram": "Telegram", "sms": "SMS", "email": "surel", "web": "sistem lain"}
PHONES = ("whatsapp", "sms")  # channels whose address is a telephone number
REPLY = "reply"  # the order of words to one person who wrote: no alert
LONGEST = 4000  # characters of a narrative


def folded(text: str) -> str:
    """A text as it is compared: small, without marks and signs, one space between words."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return " ".join(re.findall(r"[^\W_]+", plain))


def meaning_of(text: str) -> str:
    """What a short message says by itself; words that say more are `words`."""
    said = text.strip().lower()
    bare = folded(said)
    if not bare:
        return NOTHING
    return MEANING.get(said) or MEANING.get(bare, WORDS)


def type_of(text: str) -> str:
    """The code of the type a message tells of, as far as a table of words can say; a person corrects it."""
    said = f" {folded(text)} "
    for code, words in TYPE_WORDS:
        if any(f" {word.replace('-', ' ')} " in said for word in words.split()):
            return code
    return OTHER


def is_report(text: str, has_place: bool, has_files: bool) -> bool:
    """Whether it tells of something: a place, a picture, a cry, a word we know, or a few words that are no greeting."""
    said = folded(text).split()
    return has_place or has_files or not CRIES.isdisjoint(said) or type_of(text) != OTHER or len(said) >= FEWEST_WORDS


def is_echo(text: str, said_by_us: Collection[str]) -> bool:
    """Whether it is our own words coming back: a machine that repeats, or another room like this one.

    Somebody who begins with "Posko, tolong" is a person.
    """
    said = folded(text)
    is_of_a_room = said.startswith("posko ") and any(mark in said for mark in MARKS)
    return bool(said) and (is_of_a_room or any(said == folded(one) for one in said_by_us))


def window_of(first_at: dt.datetime, now: dt.datetime) -> dt.datetime:
    """When the window began in which a sender is now, counted from the first message of theirs."""
    return now - (now - first_at) % dt.timedelta(seconds=WINDOW_S)


def call_channel(channel: str) -> str:
    """The channel of a call as statistics know it."""
    return CALL_CHANNELS.get(channel, channel)


def place_words(channel: str, village: str | None) -> str:
    """Where, for every screen: never the words of the sender, who may write a name there."""
    if village:
        return f"Dekat {village}"[:200]
    return f"Tempat belum jelas (laporan {CHANNEL_WORDS.get(channel, channel)})"


# what is said back; each begins with "Posko" and holds one of these, by which two rooms know each other

TAKEN, PLACED = "laporan Anda kami terima dengan nomor", "kami terima. Terima kasih."
ASKED, SILENT = "ini layanan laporan darurat.", "Anda tidak akan kami kirimi pesan lagi."
MARKS = tuple(folded(words) for words in (TAKEN, PLACED, ASKED, SILENT))


def received(site: str, number: str, has_place: bool) -> str:
    """The code of the report, and what is still missing."""
    more = "" if has_place else " Kirim juga lokasi Anda, dan foto bila aman."
    return f"{name_of(site)}: {TAKEN} {number}.{more} Keadaan mengancam jiwa: telepon 112."


def place_received(site: str, number: str) -> str:
    """That the position came."""
    return f"{name_of(site)}: lokasi untuk laporan {number} {PLACED}"


def guidance(site: str) -> str:
    """What to write, to somebody who only greets."""
    words = "Tulis apa yang terjadi dan di mana, lalu kirim lokasi Anda. Keadaan mengancam jiwa: telepon 112."
    return f"{name_of(site)}: {ASKED} {words}"


def stopped(site: str) -> str:
    """That we shall be quiet."""
    return f"{name_of(site)}: {SILENT} Balas MULAI untuk menerima kembali."


def name_of(site: str) -> str:
    """The room's own name, beginning with Posko."""
    return site if site.lower().startswith("posko") else f"Posko {site}"
