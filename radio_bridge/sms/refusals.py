"""What a modem's error numbers mean, and whether trying again makes sense (3GPP TS 27.005, 3.2.5; TS 27.007, 9.2)."""

from typing import NamedTuple


class Refusal(NamedTuple):
    """words: a sentence for the operator, with what to do. again: whether a later try may succeed."""

    words: str
    again: bool


_NOBODY = Refusal("Nomor itu tidak terdaftar di jaringan.", False)
_BARRED = Refusal("Operator melarang SMS dari kartu ini; periksa pulsa dan masa aktifnya.", True)
_BUSY = Refusal("Jaringan sedang penuh atau terganggu.", True)
_NOT_OURS = Refusal("Kartu SIM ini tidak boleh mengirim SMS; hubungi operator.", False)
_BROKEN = Refusal("SMS ini ditolak bentuknya oleh jaringan.", False)
_MODEM = Refusal("Modem tidak sanggup mengirim; dicoba lagi.", True)

CMS = {
    **dict.fromkeys((1, 28, 30), _NOBODY),
    **dict.fromkeys((8, 10), _BARRED),
    **dict.fromkeys((38, 41, 42, 47, 331, 332), _BUSY),
    **dict.fromkeys((29, 50, 69), _NOT_OURS),
    **dict.fromkeys((81, 95, 96, 97, 98, 99, 304, 305), _BROKEN),
    **dict.fromkeys((111, 127, 300, 301, 302, 314, 320, 340, 500), _MODEM),
    21: Refusal("Jaringan menolak SMS ini; periksa pulsa.", True),
    27: Refusal("Ponsel tujuan sedang di luar jaringan.", True),
    303: Refusal("Modem ini tidak dapat mengirim SMS dalam bentuk PDU; pakai modem lain.", False),
    310: Refusal("Kartu SIM tidak ada di modem.", True),
    311: Refusal("Kartu SIM minta PIN; isi POSKO_SMS_PIN.", True),
    312: Refusal("Kartu SIM minta PIN telepon; buka kuncinya dengan ponsel.", True),
    313: Refusal("Kartu SIM rusak atau longgar.", True),
    315: Refusal("Modem ini terkunci untuk operator lain.", False),
    316: Refusal("Kartu SIM terkunci dan minta PUK; buka kuncinya dengan ponsel.", True),
    322: Refusal("Ingatan SMS modem penuh.", True),
    330: Refusal("Nomor pusat SMS belum diatur di kartu SIM; atur dengan ponsel.", True),
}
"""+CMS ERROR number -> what it means."""

CME = {
    10: CMS[310],
    11: CMS[311],
    12: CMS[316],
    13: CMS[313],
    14: Refusal("Kartu SIM sedang sibuk.", True),
    15: Refusal("Kartu SIM ini tidak cocok dengan modem.", False),
    16: Refusal("PIN salah.", False),
    17: Refusal("Kartu SIM minta PIN2.", True),
    18: Refusal("Kartu SIM minta PUK2.", True),
    20: CMS[322],
    30: Refusal("Tidak ada jaringan.", True),
    31: _BUSY,
    32: Refusal("Jaringan hanya menerima panggilan darurat.", True),
}
"""+CME ERROR number -> what it means."""


def refusal_of(kind: str, number: int) -> Refusal:
    """The meaning of `+CMS ERROR: 42` (kind "CMS") or `+CME ERROR: 10` ("CME"); one nobody knows is tried again."""
    known = (CMS if kind == "CMS" else CME).get(number)
    return known or Refusal(f"Modem menolak dengan kode {kind} {number}.", True)
