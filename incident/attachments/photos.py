"""A photograph made anew from its pixels: nothing of the file that came is in the one that is kept.

Pillow is known here alone, and only inside the process that examines one file (worker.py).
"""

import struct
from pathlib import Path
from typing import Any

from incident.attachments import exif, rules
from incident.attachments.faults import BadFile

Facts = dict[str, Any]
FORMATS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}
HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")

_BROKEN_WORDS = (
    ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, SyntaxError, TypeError, ValueError,
    struct.error,
)  # fmt: skip
"""What Pillow's reader of EXIF raises over bytes that lie: no words of the camera then, and still a picture."""


def form_of(head: bytes) -> str | None:
    """JPEG, PNG, WEBP or HEIF by the first bytes, None for what is no picture."""
    for magic, name in FORMATS.items():
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    return "HEIF" if head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS else None


def make_anew(source: Path, form: str, kept: Path, thumb: Path) -> Facts:
    """Write the picture and its small copy as bare JPEGs; answers their size and what the camera said."""
    if form == "HEIF":
        raise BadFile("Foto HEIC atau AVIF belum dapat dibaca di sini; kirim sebagai JPEG atau PNG.")
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # our own bounds below are stricter, and say so in a sentence
    try:
        with Image.open(source, formats=(form,)) as opened:
            _require_size(opened.size, form)
            said = _said(opened)
            opened.draft("RGB", (rules.LONGEST_PX, rules.LONGEST_PX))
            picture = _flat(_upright(_reduced(opened)), Image)
    except UnidentifiedImageError:
        raise BadFile("Gambar ini rusak: isinya tidak terbaca. Kirim yang aslinya sekali lagi.") from None
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, MemoryError) as fault:
        if isinstance(fault, BadFile):
            raise
        raise BadFile("Gambar ini rusak atau terpotong; kirim yang aslinya sekali lagi.") from None
    picture.save(kept, "JPEG", quality=85, optimize=True)
    size = picture.size
    picture.thumbnail((rules.THUMB_PX, rules.THUMB_PX))
    picture.save(thumb, "JPEG", quality=72, optimize=True)
    return {"kind": "photo", "type": "image/jpeg", "width": size[0], "height": size[1], **said}


def _require_size(size: tuple[int, int], form: str) -> None:
    """Before a single pixel is unpacked: a small file can claim to be a wall of them."""
    most = rules.MOST_JPEG_PIXELS if form == "JPEG" else rules.MOST_PIXELS
    if min(size) < 1 or size[0] * size[1] > most or max(size) > 65_500:
        words = f"{size[0]} × {size[1]} titik"
        raise BadFile(f"Gambar ini terlalu besar ({words}; paling banyak {most // 1_000_000} juta). Perkecil dahulu.")


def _reduced(opened: Any) -> Any:
    """The picture no longer than is kept, its orientation still as the camera wrote it."""
    opened.load()
    longest = max(opened.size)
    if longest > rules.LONGEST_PX:
        if opened.mode in ("P", "PA", "1"):
            opened = opened.convert("RGBA")
        opened.thumbnail((rules.LONGEST_PX, rules.LONGEST_PX))
    return opened


def _upright(picture: Any) -> Any:
    """Turned as the camera was held; a broken word about it turns nothing."""
    from PIL import ImageOps

    try:
        return ImageOps.exif_transpose(picture)
    except _BROKEN_WORDS:
        return picture


def _flat(picture: Any, image: Any) -> Any:
    """Red, green and blue alone; what was transparent is white. A new picture: it carries no words of the old."""
    if picture.mode in ("RGBA", "LA", "PA", "P", "La", "RGBa"):
        rgba = picture.convert("RGBA")
        bare = image.new("RGB", rgba.size, "white")
        bare.paste(rgba, mask=rgba.getchannel("A"))
        return bare
    if picture.mode.startswith("I"):  # 16 bits of grey
        picture = picture.point(lambda value: value / 256).convert("L")
    bare = image.new("RGB", picture.size)
    bare.paste(picture.convert("RGB"))
    return bare


def _said(opened: Any) -> Facts:
    """{lon, lat, camera_at} as far as the camera wrote them; broken words are none."""
    try:
        tags = opened.getexif()
        gps, main = tags.get_ifd(0x8825), tags.get_ifd(0x8769)
    except _BROKEN_WORDS:
        return {}
    found = exif.position(gps)
    where = {"lon": found[0], "lat": found[1]} if found else {}
    at = exif.taken(main, gps)
    return {**where, **({"camera_at": at} if at else {})}
