"""The field card (kartu lapangan): what a team needs on paper, gathered from the tables that Posko itself obeys. Pure.

Nothing here is typed twice: channels and their law come from the profiles, digits from the radiograms, keys from the
terminal, hours from the settings, call signs from the net.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from radio_bridge.field import spoken_words
from radio_bridge.field.words import KEYS
from radio_bridge.profiles import Profile
from radio_bridge.radiogram import STATUSES
from radio_bridge.team import STATUS_VALID_S

TITLE = "KARTU LAPANGAN RADIO"
BLANK = "_" * 16
_CONTENT = {
    "binary": "data Posko (terminal) dan suara",
    "plain": "data berupa kata yang terbaca, dan suara",
    "voice": "hanya suara orang, bahasa Indonesia biasa; tanpa sandi kecuali ten-code",
}
_STATIONS_MOST = 60


@dataclass(frozen=True)
class Channel:
    """A way to the centre: what the radio is set to, and the law that holds there."""

    name: str
    profile: Profile
    frequency: str = ""
    call_sign: str = ""


@dataclass(frozen=True)
class Team:
    """A station of the net; unit: the call sign of the unit that carries it."""

    number: int
    call_sign: str
    unit: str = ""


@dataclass(frozen=True)
class Net:
    """All that a card tells. own: whose card it is, None for one that fits everybody."""

    site: str
    number: int
    centre: str
    channels: Sequence[Channel]
    teams: Sequence[Team]
    roll_call: Sequence[dt.time]
    zone_label: str
    printed: str
    exercise: bool = False
    own: Team | None = None


def card(net: Net) -> dict[str, Any]:
    """The card as JSON-able values: title, foot, sections of rows or sentences."""
    sections = (_who, _emergency, _channels, _digits, _keys, _voice, _ten_code, _roll_call, _without_centre, _teams)
    return {
        "title": f"LATIHAN · {TITLE} · LATIHAN" if net.exercise else TITLE,
        "site": net.site,
        "foot": f"{net.site} · dicetak {net.printed} · tanpa kunci, nama orang, dan nomor telepon",
        "sections": [section for make in sections if (section := make(net))],
    }


def _section(
    title: str, rows: Sequence[Sequence[str]] = (), words: Sequence[str] = (), mark: bool = False
) -> dict[str, Any]:
    return {"title": title, "rows": [list(row) for row in rows], "words": list(words), "mark": mark}


def _who(net: Net) -> dict[str, Any]:
    own = net.own
    rows = [
        ("Regu", f"{own.call_sign} ({spoken_words.spelled(own.call_sign)})" if own else BLANK),
        ("Nomor regu", str(own.number) if own else BLANK),
        ("Pusat", f"{net.centre} ({spoken_words.spelled(net.centre)}), stasiun 0"),
        ("Jaringan", str(net.number)),
    ]
    return _section("Siapa kita", rows)


def _channels(net: Net) -> dict[str, Any]:
    rows = [row for channel in net.channels for row in _channel(channel)]
    return _section("Kanal", rows, ["Frekuensi, daya, dan isi siaran harus disetujui Balmon dan ORARI atau RAPI."])


def _channel(channel: Channel) -> list[tuple[str, str]]:
    law = channel.profile
    rows = [
        (channel.name, f"{law.words}; frekuensi {channel.frequency or BLANK}"),
        ("boleh", f"{_CONTENT[law.content]}; daya paling besar {watts(law.power_dbm)}"),
    ]
    if law.limit_s is not None:
        rows.append(("paling lama", f"{law.limit_s:.0f} detik di udara setiap jam"))
    if law.identify_every_s:
        name = f" {channel.call_sign}" if channel.call_sign else ""
        rows.append(("sebut nama", f"nama panggilan{name} tiap {law.identify_every_s / 60:.0f} menit dan di akhir"))
    return rows


def watts(dbm: float) -> str:
    """44 dBm -> `25 W`."""
    watt = 10 ** (dbm / 10 - 3)
    return f"{watt:.0f} W" if watt >= 1 else f"{1000 * watt:.0f} mW"


def _digits(net: Net) -> dict[str, Any]:
    return _section("Angka status (diucapkan atau ditekan)", [(str(n), STATUSES[n]) for n in (*range(1, 10), 0)])


def _keys(net: Net) -> dict[str, Any] | None:
    if all(channel.profile.content == "voice" for channel in net.channels):
        return None
    keys = [("1 - 9", "angka status"), *(row for row in KEYS if not row[0].isdigit())]
    return _section("Tombol terminal (posko field)", keys)


def _voice(net: Net) -> dict[str, Any]:
    own = net.own.call_sign if net.own else "(nama regu)"
    number = str(net.own.number) if net.own else "nomor regu"
    words = [
        f'Memanggil: "{net.centre}, di sini {own}, ganti." Dengar 3 detik dulu; jangan memotong.',
        'Isi: apa, di mana, berapa korban, butuh apa. Kalimat pendek, angka satu per satu, lalu "ganti".',
        'Terima siaran: ulangi isinya (baca ulang), lalu sebut angka statusmu. Tidak jelas: "ulangi".',
        f"Siaran suara dari pusat dijawab dengan tombol nada di HT: *{number}#angka jawaban yang disebut.",
        f'Yang disebut "nol satu": tekan keduanya, *{number}#01. Tanpa nol, jawaban itu untuk siaran lain.',
        "Tidak pernah di udara: nama orang, nomor telepon, alamat rumah korban, kunci jaringan.",
    ]
    return _section("Yang diucapkan", (), words)


def _ten_code(net: Net) -> dict[str, Any] | None:
    """Only where the law knows no other code."""
    if not any(channel.profile.content == "voice" for channel in net.channels):
        return None
    return _section("Ten-code (kanal RAPI)", list(spoken_words.TEN_CODE.items()))


def _roll_call(net: Net) -> dict[str, Any]:
    hours = ", ".join(f"{hour:%H.%M} {net.zone_label}" for hour in net.roll_call)
    words = 'Terminal menjawab sendiri bila menyala; dengan suara: sebut nama regu dan "hadir".'
    return _section("Pengecekan stasiun", [("jam", hours or f"belum ditetapkan: {BLANK}")], [words])


def _without_centre(net: Net) -> dict[str, Any]:
    old_min = f"{STATUS_VALID_S / 60:.0f} menit"
    words = [
        f"Laporan di terminal terkirim sendiri bila pusat terdengar lagi; status lebih tua dari {old_min}: tekan lagi.",
        "Naik ke tempat tinggi, dekatkan antena ke luar, ganti baterai, periksa kanal.",
        "Minta regu lain yang mendengar pusat meneruskan pesan (di ten-code: 10-5).",
        "Panggil pusat tiap jam bulat dan setengah jam, dengar 5 menit, lalu hemat baterai.",
        "Siaran yang sudah diterima tetap berlaku sampai waktunya lewat; lakukan yang diperintahkan.",
        "Lebih dari 2 jam tanpa kontak: ikuti rencana terakhir, atau kirim orang ke pos terdekat.",
    ]
    return _section("Bila pusat tidak terdengar", (), words)


def _emergency(net: Net) -> dict[str, Any]:
    words = [
        "Terminal: tekan 0, lalu 0 sekali lagi dalam 3 detik. Diulang sendiri sampai pusat menerima.",
        'Suara: "Darurat, darurat, darurat, di sini (nama regu). Posisi ... Kejadian ... Jumlah orang ... Butuh ..."',
        'Yang lain diam sampai pusat berkata "darurat selesai". Pusat diam? Yang mendengar menjawab dan meneruskan.',
    ]
    return _section("DARURAT (nyawa anggota terancam)", (), words, mark=True)


def _teams(net: Net) -> dict[str, Any] | None:
    shown = sorted(net.teams, key=lambda team: team.number)[:_STATIONS_MOST]
    more = len(net.teams) - len(shown)
    words = [f"dan {more} stasiun lain: lihat daftar di posko."] if more else []
    rows = [
        (str(team.number), f"{team.call_sign}  {team.unit if team.unit != team.call_sign else ''}".strip())
        for team in shown
    ]
    return _section("Stasiun jaringan", rows, words) if rows else None
