"""What Posko says with a voice on a channel of people: plain Indonesian, in overs of some seconds each. Pure."""

from collections.abc import Sequence

from alerts.spoken import spoken
from radio_bridge.errors import CannotSend
from radio_bridge.field.spoken_words import DIGITS, number_words, spelled
from radio_bridge.radiogram import ACTIONS, TYPES, Alert, Cancel, Radiogram, RollCall, Text
from radio_bridge.voice.dtmf import keys_of

URGENCY = {0: "Darurat. Darurat", 1: "Segera", 2: "Perhatian", 3: "Untuk diketahui"}
NAMED_MOST = 8
"""More teams than this are called together: to name them all would take longer than the message."""


def overs(
    words: Radiogram, code: int, teams: Sequence[int], call_sign: str, everybody: bool, about: str = ""
) -> list[str]:
    """What is said of a radiogram, one entry for each time the key is pressed.

    code: what to answer with, see dtmf.keys_of(); teams: who has not answered yet; everybody: they are all teams of
    the net; about: what a cancel takes back. Raises CannotSend for what has no words.
    """
    exercise = "Latihan, latihan, latihan. " if getattr(words, "exercise", False) else ""
    end = " Latihan." if exercise else ""
    call = f"{exercise}{_called(teams, everybody)}, di sini {spelled(call_sign)}."
    said, how = message(words, about), f"Jawab dengan tombol: bintang, nomor regu, pagar, {_code(code)}."
    first = f"{call} {said} {how}{end} Ganti."
    again = f"{exercise}Saya ulangi. {said} {how} Di sini {spelled(call_sign)}.{end} Ganti."
    return [first, again]


def _code(code: int) -> str:
    """`satu`; of two keys or three it is said how many they are: who left out a nought would answer another message."""
    keys = keys_of(code)
    spoken_keys = " ".join(DIGITS[int(key)] for key in keys)
    return spoken_keys if len(keys) == 1 else f"{spoken_keys}, {DIGITS[len(keys)]} tombol"


def _called(teams: Sequence[int], everybody: bool) -> str:
    if everybody and len(teams) > 1 or len(teams) > NAMED_MOST:
        return "Semua regu"
    return teams_words(teams)


def teams_words(teams: Sequence[int]) -> str:
    """`Regu satu dua, regu tujuh`."""
    names = ", ".join(f"regu {number_words(team)}" for team in teams)
    return names[:1].upper() + names[1:]


def message(words: Radiogram, about: str = "") -> str:
    """The heart of it, said twice. Raises CannotSend."""
    if isinstance(words, Alert):
        return _alert(words)
    if isinstance(words, Cancel):
        return f"Batal. {about or 'Siaran sebelumnya'} tidak berlaku lagi."
    if isinstance(words, RollCall):
        return "Pengecekan stasiun. Yang mendengar, jawab hadir."
    if isinstance(words, Text):
        return f"Pesan. {_sentence(words.text)}"
    raise CannotSend("On this channel only alerts, words and roll-calls are spoken.")


def _alert(alert: Alert) -> str:
    what = TYPES.get(alert.type, "") if alert.type else ""
    order = ACTIONS.get(alert.action, "") if alert.action else ""
    parts = [URGENCY.get(alert.priority, URGENCY[3]), what.capitalize(), order.capitalize()]
    return " ".join(f"{part}." for part in parts if part) + f" {_sentence(alert.text or _where(alert))}"


def _where(alert: Alert) -> str:
    """Only where there are no better words: degrees are hard to write down by ear."""
    if alert.place is None:
        return "Tunggu perintah berikut"
    side = "selatan" if alert.place.lat < 0 else "utara"
    return f"Lintang {side} {_degrees(alert.place.lat)}, bujur timur {_degrees(alert.place.lon)}"


def _degrees(value: float) -> str:
    """Digit by digit, to a hundred metres."""
    whole, _, rest = f"{abs(value):.3f}".partition(".")
    return " koma ".join(" ".join(DIGITS[int(digit)] for digit in part) for part in (whole, rest))


def _sentence(text: str) -> str:
    """Without signs that a voice engine trips over."""
    return spoken(text.replace(" @ ", ", di ")).rstrip(". ") + "."


def confirmation(teams: Sequence[int]) -> str:
    """Said to those whose keys were heard."""
    return f"{teams_words(teams)}, diterima."


def identity(call_sign: str) -> str:
    """The station names itself."""
    return f"Di sini {spelled(call_sign)}."
