"""What is said on a voice channel: spelling, call and answer, the ten-code, calls for help. Tables and pure words.

The ten-code is the list RAPI members use; we saw it second-hand, so the club's own list goes before this one.
"""

SPELLING = {
    "A": "Alfa", "B": "Bravo", "C": "Charlie", "D": "Delta", "E": "Echo", "F": "Foxtrot", "G": "Golf", "H": "Hotel",
    "I": "India", "J": "Juliet", "K": "Kilo", "L": "Lima", "M": "Mike", "N": "November", "O": "Oscar", "P": "Papa",
    "Q": "Quebec", "R": "Romeo", "S": "Sierra", "T": "Tango", "U": "Uniform", "V": "Victor", "W": "Whiskey",
    "X": "X-ray", "Y": "Yankee", "Z": "Zulu",
}  # fmt: skip
"""Letter -> word; ITU Radio Regulations, Appendix 14."""

DIGITS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")

TEN_CODE = {
    "10-2": "penerimaan baik", "10-3": "berhenti memancar", "10-4": "pesan diterima", "10-5": "tolong teruskan pesan",
    "10-6": "sibuk, tunggu", "10-7": "meninggalkan kanal", "10-8": "siap di kanal", "10-9": "ulangi pesan",
    "10-10": "selesai, tetap mendengar", "10-20": "posisi", "10-33": "darurat", "10-34": "butuh bantuan",
}  # fmt: skip

ANSWER = "bintang, nomor regu, pagar, angka jawaban"


def spelled(call_sign: str) -> str:
    """A call sign letter by letter, so that a voice and an ear agree: `JZ21` -> `Juliet Zulu dua satu`."""
    return " ".join(_sign(sign) for sign in call_sign.upper() if sign.isalnum() or sign == "-")


def _sign(sign: str) -> str:
    if sign == "-":
        return "strip"
    return SPELLING.get(sign) or (DIGITS[int(sign)] if sign in "0123456789" else sign)


def number_words(number: int) -> str:
    """Digit by digit, as numbers are said on the air: 12 -> `satu dua`."""
    return " ".join(DIGITS[int(digit)] for digit in str(number))
