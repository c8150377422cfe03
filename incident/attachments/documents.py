"""Documents: PDF as it is, only to be downloaded; plain text and CSV written anew as UTF-8."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

from incident.attachments.faults import BadFile

Facts = dict[str, Any]
ACTIVE_PDF = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")
WEB_PAGE = re.compile(r"<\s*(!doctype|html|head|body|script|svg|iframe|object|embed|xml|\?xml|%|\?php)", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
END_WITHIN = 2048


def keep_pdf(content: bytes, kept: Path) -> Facts:
    """A PDF whole from its first byte to its last mark; programs and files that stand open in it are refused."""
    if not re.match(rb"%PDF-[12]\.\d", content):
        raise BadFile("PDF ini rusak; simpan sebagai PDF sekali lagi.")
    if b"%%EOF" not in content[-END_WITHIN:]:
        raise BadFile("PDF ini terpotong atau ada isi lain di belakangnya; simpan sebagai PDF sekali lagi.")
    if any(name in content for name in ACTIVE_PDF):
        raise BadFile("PDF ini memuat program atau berkas lain; cetak ke PDF biasa lalu kirim itu.")
    if re.search(rb"<\s*(script|html|svg)[\s>]", content[:1024], re.IGNORECASE):
        raise BadFile("PDF ini juga sebuah halaman web; cetak ke PDF biasa lalu kirim itu.")
    kept.write_bytes(content)
    return {"kind": "document", "type": "application/pdf"}


def keep_text(content: bytes, kept: Path) -> Facts:
    """Words alone, as UTF-8; what is a web page, or no words at all, is refused."""
    text = _words(content)
    if WEB_PAGE.search(text):
        raise BadFile("Berkas ini halaman web atau gambar SVG, bukan teks biasa; kirim sebagai PDF atau foto.")
    kept.write_text(text, encoding="utf-8", newline="")
    return {"kind": "document", "type": "text/csv" if is_table(text) else "text/plain"}


def _words(content: bytes) -> str:
    """The text, in UTF-8, in UTF-16 with its mark, or as an Indonesian Windows writes it."""
    marks = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    forms = (marks.get(content[:2], "utf-8-sig"), "cp1252")
    for form in forms:
        try:
            text = content.decode(form)
        except UnicodeDecodeError:
            continue
        if not CONTROL.search(text) and _is_likely(text, form):
            return text
    raise BadFile(
        "Jenis berkas ini tidak diterima. Yang diterima: foto (JPEG, PNG, WebP), suara (WAV, OGG, WebM, M4A), "
        "PDF, teks, CSV."
    )


def _is_likely(text: str, form: str) -> bool:
    """Any bytes at all are letters of Windows or of UTF-16: of those only nearly plain Latin words are believed."""
    plainest = {"cp1252": "\x80", "utf-16": "\u0250"}.get(form)
    return plainest is None or sum(one < plainest for one in text) >= 0.9 * len(text)


def is_table(text: str) -> bool:
    """Whether the first lines have the same number of separators, one at least."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    if len(lines) < 2:
        return False
    counts = [Counter(line) for line in lines]
    return any(counts[0][mark] and len({count[mark] for count in counts}) == 1 for mark in ",;\t")
