"""The words of an alert as a voice says them, in Bahasa Indonesia: signs spelled out, numbers of help apart. Pure."""

import re

_SPELLED = {
    "BPBD": "B P B D", "BNPB": "B N P B", "BMKG": "B M K G", "TRC": "T R C", "PMI": "P M I", "TNI": "T N I",
    "PSC": "P S C", "PLN": "P L N", "RT": "R T", "RW": "R W", "SD": "S D", "SMP": "S M P", "SMA": "S M A",
    "WIB": "waktu Indonesia barat", "WITA": "waktu Indonesia tengah", "WIT": "waktu Indonesia timur",
    "Ds.": "desa", "Kec.": "kecamatan", "Kab.": "kabupaten", "Jl.": "jalan", "Dsn.": "dusun", "Kel.": "kelurahan",
    "km": "kilometer", "cm": "sentimeter", "m": "meter", "dpl": "di atas permukaan laut", "s.d.": "sampai dengan",
}  # fmt: skip
_AFTER_A_NUMBER = {"km", "cm", "m"}
_WORD = re.compile(
    r"(?<!\w)(" + "|".join(re.escape(word) for word in sorted(_SPELLED, key=len, reverse=True)) + r")(?!\w)"
)
_CLOCK = re.compile(
    r"\b([01]?\d|2[0-3])[.:]([0-5]\d)\b(?!\d)(?=\s*(?:WIB|WITA|WIT\b)|\s*$|\s*[,.;)]|\s+(?:sampai|hingga))"
)
_AT = re.compile(r"\b(pukul|jam)\s+([01]?\d|2[0-3])[.:]([0-5]\d)\b", re.IGNORECASE)
_HELP = re.compile(r"\b(11[0-9]|129)\b")
_MAGNITUDE = re.compile(r"\bM\s?(\d+(?:[.,]\d+)?)\b")
_DECIMAL = re.compile(r"(?<=\d),(?=\d)")
_LINK = re.compile(r"\b(?:https?://|www\.)\S+")
_NOT_SAID = re.compile(r"[\[\]<>{}|\\^~_*#\"“”„«»'‘’]")
_NOUGHT = {"00": "tepat"}


def spoken(text: str) -> str:
    """One text as it is said: no sign that a voice engine would take for a command, no address of a page."""
    said = _LINK.sub("alamat ada di pesan tertulis", text)
    said = _NOT_SAID.sub(" ", said)
    said = _AT.sub(lambda found: f"{found[1]} {_clock(found[2], found[3])}", said)
    said = _CLOCK.sub(lambda found: f"pukul {_clock(found[1], found[2])}", said)
    said = _MAGNITUDE.sub(lambda found: f"magnitudo {found[1].replace('.', ',')}", said)
    said = _HELP.sub(lambda found: " ".join(found[1]), said)
    said = _DECIMAL.sub(" koma ", said)
    said = _WORD.sub(lambda found: _spelled(found, said), said)
    said = re.sub(r"\s*\.?\s*[\n\r]+\s*", ". ", said.strip())
    return " ".join(said.replace("/", " ").split())


def _clock(hour: str, minute: str) -> str:
    return f"{int(hour)} {_NOUGHT.get(minute) or f'lewat {int(minute)} menit'}"


def _spelled(found: re.Match[str], whole: str) -> str:
    if found[1] in _AFTER_A_NUMBER and not whole[: found.start()].rstrip().endswith(tuple("0123456789")):
        return found[1]
    return _SPELLED[found[1]]


def announcement(headline: str, text: str, is_cancel: bool = False) -> str:
    """What a loudspeaker says: a call for attention, the words, and the words again."""
    whole = text if text.startswith(headline.removesuffix(" …")) else f"{headline}. {text}"
    words = spoken(whole).rstrip(".")
    call = "Pengumuman" if is_cancel else "Perhatian. Perhatian"
    return f"{call}. {words}.\nKami ulangi.\n{words}.\nSekian.\n"
