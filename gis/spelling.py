"""Spellings of places as people write them: folding, local abbreviations, RT and RW. Pure."""

import re
import unicodedata
from typing import NamedTuple

# Marks that turn the words around them; no language of ours is written with them, and one would reverse a whole line.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
LONGEST = 400  # characters of a query that are read; a place has fewer
MOST_WORDS = 18
LIGHT = 0.25  # how much a word counts that is seldom part of the name: "depan", "masjid", a number, a hamlet
MIDDLING = 0.6  # and the last word after a hamlet's: it may be the village again
FOLDING = 1  # raise it when a rule below changes how names are folded: the names are then loaded anew

VILLAGE, DISTRICT, REGENCY, PROVINCE = "village", "district", "regency", "province"
HAMLET = "hamlet"  # dusun, blok, jalan...: what follows is below a village, and no name of the gazetteer
ROLES = {
    **dict.fromkeys(("desa", "ds", "dess", "dsa", "kelurahan", "kel", "klurahan"), VILLAGE),
    **dict.fromkeys(("kecamatan", "kec", "kc", "kecmatan", "distrik"), DISTRICT),
    **dict.fromkeys(("kabupaten", "kab", "kbpt"), REGENCY),
    **dict.fromkeys(("provinsi", "propinsi", "prov", "prop"), PROVINCE),
    **dict.fromkeys(("dusun", "dsn", "dus", "blok", "blk", "lingkungan", "lingk", "ling", "gubuk", "gubug"), HAMLET),
    **dict.fromkeys(("jalan", "jl", "jln", "gang", "gg", "perum", "perumahan", "komplek", "kompleks", "btn"), HAMLET),
}

# One word as it is spoken in full. Names of the gazetteer go through the same table ("Gn. Kembang Lama").
SPELLED_OUT = {
    "brt": "barat", "bar": "barat", "bart": "barat", "tmr": "timur", "tim": "timur", "tmur": "timur",
    "utr": "utara", "utra": "utara", "slt": "selatan", "sltn": "selatan", "sel": "selatan", "slatan": "selatan",
    "tgh": "tengah", "tngh": "tengah", "teng": "tengah", "wtn": "wetan", "kln": "kulon", "kdl": "kidul", "klr": "kaler",
    "lauq": "lauk", "daye": "daya", "dalem": "dalam", "dlm": "dalam", "bru": "baru", "br": "baru", "lm": "lama",
    "tj": "tanjung", "tjg": "tanjung", "tg": "tanjung", "tnjg": "tanjung", "tjung": "tanjung",
    "gn": "gunung", "gng": "gunung", "gnung": "gunung", "ujg": "ujung", "tlk": "teluk", "plb": "pelabuhan",
    "lb": "labuhan", "lbh": "labuhan", "lbhn": "labuhan", "lab": "labuhan", "lbn": "labuhan", "labuan": "labuhan",
    "kr": "karang", "krg": "karang", "kp": "kampung", "kpg": "kampung", "kmp": "kampung", "kamp": "kampung",
    "mt": "montong", "mtg": "montong", "btu": "batu", "bt": "batu", "ps": "pasar", "psr": "pasar", "pd": "pondok",
    "pl": "pulau", "pulo": "pulau", "sei": "sungai", "sui": "sungai", "sngai": "sungai", "mr": "muara", "ma": "muara",
    "bl": "balubur", "bdg": "bandung", "jkt": "jakarta", "btg": "batang", "sk": "suka", "dpn": "depan", "dkt": "dekat",
    "i": "1", "ii": "2", "iii": "3", "iv": "4", "satu": "1", "dua": "2", "tiga": "3", "empat": "4", "lima": "5",
}  # fmt: skip
# Short names of regencies and provinces, by which everybody calls them.
SHORT_NAMES = {
    "lotim": "lombok timur", "lobar": "lombok barat", "loteng": "lombok tengah", "klu": "lombok utara",
    "tarkid": "tarogong kidul", "tarkal": "tarogong kaler", "jaktim": "jakarta timur", "jakbar": "jakarta barat",
    "jakut": "jakarta utara", "jaksel": "jakarta selatan", "jakpus": "jakarta pusat", "jogja": "yogyakarta",
    "yogya": "yogyakarta", "diy": "daerah istimewa yogyakarta", "dki": "dki jakarta", "ntb": "nusa tenggara barat",
    "ntt": "nusa tenggara timur", "jabar": "jawa barat", "jateng": "jawa tengah", "jatim": "jawa timur",
    "sumut": "sumatera utara", "sumbar": "sumatera barat", "sumsel": "sumatera selatan", "kalbar": "kalimantan barat",
    "kalteng": "kalimantan tengah", "kalsel": "kalimantan selatan", "kaltim": "kalimantan timur",
    "kaltara": "kalimantan utara", "sulut": "sulawesi utara", "sulteng": "sulawesi tengah",
    "sulsel": "sulawesi selatan", "sultra": "sulawesi tenggara", "sulbar": "sulawesi barat", "babel": "bangka belitung",
}  # fmt: skip
# Words that lead to a place and are seldom its name.
_LEADING = (
    "di dari ke yang dan atau ini itu ada dekat depan belakang samping sebelah seberang sekitar arah daerah "
    "wilayah lokasi alamat titik masjid mesjid musholla mushola gereja pura vihara sekolah sd sdn smp smpn "
    "sma sman smk mts kantor polsek polres koramil puskesmas pkm rsud rs klinik pasar toko warung spbu "
    "alfamart indomaret terminal pelabuhan bandara stasiun simpang pertigaan perempatan simp jembatan jmbt "
    "sungai kali pantai lapangan gor no nomor rumah pak bu bapak ibu haji kos gudang pabrik dermaga bundaran "
    "lampu merah kampung kota gampong nagari pekon "
)
LEADING = frozenset(_LEADING.split())

_RT_RW = re.compile(
    r"\brt\.?\s*/\s*rw\.?\s*[:.]?\s*(?P<a>\d{1,3})\s*/\s*(?P<b>\d{1,3})"
    r"|\brt\.?\s*[:.]?\s*(?P<c>\d{1,3})(?:[\s,./-]*rw\.?\s*[:.]?\s*(?P<d>\d{1,3})|\s*/\s*(?P<e>\d{1,3}))?"
    r"|\brw\.?\s*[:.]?\s*(?P<f>\d{1,3})",
    re.IGNORECASE,
)
_NO_WORD = re.compile(r"[^a-z0-9]+")
_SILENT = re.compile(r"['`´’‘ʼ]")
_TWICE = re.compile(r"([a-z]{3,6})2")  # "obel2" is Obel-obel
_VOWEL_OR_DIGIT = re.compile(r"[aeiou0-9]")
_BREAK = re.compile(r"[,;:()\n\r\t|]+")


class Word(NamedTuple):
    """One word of a query: its text in full, the role said right before it (or ""), whether a comma stood before it.

    `typed` is the word as it was written: "sel" is selatan, or the beginning of Selong.
    `weight` is how much it counts when one asks how much of the query a place explains, in letters.
    """

    text: str
    role: str
    after_break: bool
    weight: float
    typed: str


class Asked(NamedTuple):
    """A query as the search reads it: its words, and the RT and RW kept as words ("RT 02/RW 01")."""

    words: tuple[Word, ...]
    neighbourhood: str


def fold(text: str) -> str:
    """Lower case, no accents, no silent marks, single spaces: `Oi Fo'o` is `oi foo`, `Obel-obel` is `obel obel`."""
    plain = unicodedata.normalize("NFKD", text[:LONGEST]).casefold()
    return _NO_WORD.sub(" ", _SILENT.sub("", "".join(one for one in plain if not unicodedata.combining(one)))).strip()


def fold_name(name: str) -> str:
    """A name of the gazetteer as the search compares it: folded, its abbreviations spelled out."""
    return " ".join(SPELLED_OUT.get(word, word) for word in fold(name).split())


def glued(folded: str) -> str:
    """Without spaces: people write Haur Geulis and Haurgeulis."""
    return folded.replace(" ", "")


_SOUNDS = (
    ("oe", "u"), ("dj", "j"), ("tj", "c"), ("sj", "s"), ("sy", "s"), ("kh", "k"), ("ph", "p"), ("th", "t"), ("dh", "d"),
    ("ck", "k"), ("q", "k"), ("x", "ks"), ("v", "p"), ("f", "p"), ("z", "j"), ("y", "i"),
)  # fmt: skip
_SWALLOWED = str.maketrans("", "", "he")
_FINAL_E = re.compile(r"(?<=..)e$")  # Pringgabaya is spoken Pringgabaye
_LAST_O = re.compile(r"o(?=[bdgklmnprst]+$)")  # and Jantuk Jantok; Kota and Kuta stay two


def skeleton(word: str) -> str:
    """The name as it sounds: old spellings, silent h, swallowed e, a final e for a, doubled letters."""
    for written, spoken in _SOUNDS:
        word = word.replace(written, spoken)
    word = _LAST_O.sub("u", _FINAL_E.sub("a", word))
    sound = word[:1] + word[1:].translate(_SWALLOWED)
    return "".join(one for i, one in enumerate(sound) if i == 0 or sound[i - 1] != one)


def is_squeezed(word: Word) -> bool:
    """Whether no vowel is left and no table knows the word: `lwg`, `tlg`, `kdg`."""
    return len(word.text) > 1 and not _VOWEL_OR_DIGIT.search(word.text)


def read(text: str) -> Asked:
    """The words of a query; hostile or endless text gives few words, never an error."""
    text = text[:LONGEST]
    neighbourhood = _neighbourhood(text)
    parts = _BREAK.split(_RT_RW.sub(" , ", text))
    words = [word for part in parts for word in _words_of(part)]
    return Asked(tuple(words[:MOST_WORDS]), neighbourhood)


def _neighbourhood(text: str) -> str:
    """RT and RW in the usual way of writing, or ""."""
    found = _RT_RW.search(text)
    if not found:
        return ""
    rt = found["a"] or found["c"]
    rw = found["b"] or found["d"] or found["e"] or found["f"]
    return "/".join(f"{name} {int(number):02d}" for name, number in (("RT", rt), ("RW", rw)) if number)


def _words_of(part: str) -> list[Word]:
    """Words between two commas; a word like "kec." is taken off and marks the word after it."""
    words: list[Word] = []
    role, after_break, lasting = "", True, ""
    for raw in fold(part).split():
        if raw in ROLES:
            role = lasting = ROLES[raw]
        if raw in ROLES and role != HAMLET:  # "blok" stays: it may be Bilok Petung
            continue
        for text in _in_full(raw):
            words.append(Word(text, role, after_break, _weight(text, lasting), raw))
            role, after_break = "", False
    if lasting == HAMLET and words and words[-1].role != HAMLET:
        words[-1] = words[-1]._replace(weight=len(words[-1].text) * MIDDLING)  # "blok Karangmalang Lelea"
    return words


def _weight(text: str, role: str) -> float:
    light = text in LEADING or text.isdigit() or role == HAMLET
    return len(text) * (LIGHT if light else 1.0)


def _in_full(raw: str) -> list[str]:
    if twice := _TWICE.fullmatch(raw):
        return [twice[1], twice[1]]
    return SHORT_NAMES.get(raw, SPELLED_OUT.get(raw, raw)).split()


def straightened(words: str) -> str:
    """The words without marks that turn the reading order of what stands around them (Unicode TR 9, section 2)."""
    return words.translate(_TURNING)
