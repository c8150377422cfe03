"""What the link says when it refuses a message, in the operator's language.

The link knows no language and writes for its maker; what it writes ends with the message on `/radio` and at the
recipient. Each sentence of it that can come so far has its words here (tests/radio_bridge/test_refusals.py).
"""

import re
from collections.abc import Mapping
from functools import cache

SAID: Mapping[str, str] = {
    "This message is already out of date; write a new one.": "Waktu pesan ini sudah lewat; tulis yang baru.",
    "On this channel it would take {s} s on the air, more than is allowed.": (
        "Di kanal ini pesan itu {s} detik di udara, lebih lama dari yang boleh; persingkat."
    ),
    "Alert {ref} already went out as revision {revision}; raise it.": (
        "Siaran {ref} sudah mengudara sebagai revisi {revision}; perbarui sekali lagi."
    ),
    "An earlier alert still on the air has nearly the same number; use another number.": (
        "Siaran lain yang masih mengudara bernomor hampir sama; tulis siaran baru."
    ),
    "This is {over} bytes longer than the frames of this modem. Shorten it, or send it as two.": (
        "Pesan ini {over} bita lebih panjang dari bingkai modem ini; persingkat atau bagi dua."
    ),
    "The text is {over} bytes longer than {parts} parts carry. Shorten it or send it as two texts.": (
        "Teks ini {over} bita lebih panjang dari muatan {parts} bagian; persingkat atau bagi dua."
    ),
    "The radiogram is {n} bytes long, {over} more than a frame carries. Shorten the text or send it in two parts.": (
        "Pesan ini {n} bita, {over} lebih panjang dari satu bingkai; persingkat atau bagi dua."
    ),
    "The line is {n} bytes long, {over} more than a plain frame carries. Shorten the text or send it in two parts.": (
        "Baris ini {n} bita, {over} lebih panjang dari satu bingkai; persingkat atau bagi dua."
    ),
    "There is nothing to send; write the text.": "Pesan ini kosong; tulis teksnya.",
    "Only people speak on this channel ({service}); read the message out.": (
        "Di kanal ini hanya orang yang bicara ({service}); bacakan pesannya."
    ),
    "The text holds signs that cannot be sent: {signs}; type it again without them.": (
        "Ada tanda yang tidak dapat dikirim: {signs}; ketik lagi tanpa tanda itu."
    ),
    "{lat}, {lon} (lat, lon) is not in Indonesia; check the coordinates.": (
        "{lat}, {lon} (lintang, bujur) tidak di Indonesia; periksa koordinatnya."
    ),
    "Nobody is named to receive this; choose at least one station.": (
        "Belum ada penerimanya; pilih paling sedikit satu stasiun."
    ),
    "A status, position or text goes to one station; for several write an alert.": (
        "Status, posisi, dan pesan ditujukan ke satu stasiun; untuk beberapa tulislah siaran."
    ),
    "Group {group} is not on this net's list.": "Kelompok {group} tidak ada di daftar jaring ini.",
    "Station numbers are 0 to {last}; check the list of receivers.": (
        "Nomor stasiun dari 0 sampai {last}; periksa daftar penerima."
    ),
    "It takes {s} s to say, more than {most} s: shorten it or send two.": (
        "Perlu {s} detik untuk mengucapkannya, lebih dari {most} detik; persingkat atau bagi dua."
    ),
    "On this channel only alerts, words and roll-calls are spoken.": (
        "Di kanal ini hanya siaran, pesan, dan pengecekan stasiun yang diucapkan."
    ),
}
"""What the link writes, with {gaps} -> the same for the operator."""


def in_indonesian(reason: str) -> str:
    """The reason for the operator; one that was written for them already, or that nobody foresaw, as it is."""
    for shape, words in _shapes():
        if met := shape.fullmatch(reason):
            return words.format(**met.groupdict())
    return reason


@cache
def _shapes() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(_shape(made), re.DOTALL), words) for made, words in SAID.items())


def _shape(made: str) -> str:
    parts = re.split(r"\{(\w+)\}", made)  # text, name, text, name, text
    return "".join(f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
