"""What a file is, by its content alone: made anew, bare of its words; the hostile and the half refused."""

import io
import struct
import wave
import zlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from incident.attachments import exif, rules, worker
from incident.attachments.documents import is_table
from incident.attachments.faults import BadFile
from incident.attachments.voices import m4a, ogg, wav, webm

SECRET = b"Bu Sri, 081234567321"


def examine(folder: Path, content: bytes) -> tuple[dict[str, Any], bytes]:
    """What was found, and the file that is kept."""
    source = folder / "given"
    source.write_bytes(content)
    facts = worker.examine(source, folder)
    return facts, (folder / worker.KEPT).read_bytes()


def picture(form: str = "JPEG", size: tuple[int, int] = (320, 200), mode: str = "RGB", **more: Any) -> bytes:
    content = io.BytesIO()
    Image.effect_noise(size, 50).convert(mode).save(content, form, **more)
    return content.getvalue()


def refused(folder: Path, content: bytes) -> str:
    with pytest.raises(BadFile) as fault:
        examine(folder, content)
    assert str(fault.value).endswith("."), "a sentence"
    return str(fault.value)


# photographs


@pytest.mark.parametrize(("form", "mode"), [("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGBA")])
@pytest.mark.parametrize("size", [(1, 1), (320, 200)])
def test_a_picture_becomes_a_bare_jpeg(tmp_path, form, mode, size):
    facts, kept = examine(tmp_path, picture(form, size, mode))
    assert (facts["type"], facts["width"], facts["height"]) == ("image/jpeg", *size)
    again = Image.open(io.BytesIO(kept))
    assert again.format == "JPEG" and again.mode == "RGB" and again.size == size
    assert set(again.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("mode", ["1", "P", "PA", "LA", "I;16"])
def test_every_mode_of_png_is_read(tmp_path, mode):
    content = io.BytesIO()
    image = (
        Image.new("I;16", (40, 30), 40_000)
        if mode == "I;16"
        else Image.new("RGB", (40, 30), "red").convert({"PA": "P"}.get(mode, mode))
    )
    image.save(content, "PNG", **({"transparency": 0} if mode == "PA" else {}))
    facts, kept = examine(tmp_path, content.getvalue())
    assert facts["width"] == 40 and Image.open(io.BytesIO(kept)).size == (40, 30)


def test_what_is_transparent_is_white_and_webp_is_read(tmp_path):
    content = io.BytesIO()
    Image.new("RGBA", (50, 40), (0, 0, 0, 0)).save(content, "WEBP", lossless=True)
    _, kept = examine(tmp_path, content.getvalue())
    assert Image.open(io.BytesIO(kept)).getpixel((20, 20)) == (255, 255, 255)


@pytest.mark.slow
def test_a_large_photo_is_made_smaller_and_turned_as_the_camera_was_held(tmp_path):
    turned = Image.Exif()
    turned[0x0112] = 6
    facts, kept = examine(tmp_path, picture(size=(4000, 1000), exif=turned))
    assert (facts["width"], facts["height"]) == (640, rules.LONGEST_PX)
    assert Image.open(io.BytesIO(kept)).size == (640, rules.LONGEST_PX)
    with Image.open(tmp_path / worker.THUMB) as small:
        assert max(small.size) == rules.THUMB_PX


def test_nothing_of_the_words_of_the_old_file_is_in_the_new(tmp_path):
    told = Image.Exif()
    told[0x010E] = SECRET.decode()
    content = picture(exif=told, comment=SECRET, icc_profile=b"x" * 200) + b"PK\x03\x04" + SECRET
    _, kept = examine(tmp_path, content)
    assert SECRET not in kept and b"PK\x03\x04" not in kept and b"<script" not in kept
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Author", SECRET.decode())
    _, kept = examine(tmp_path, picture("PNG", pnginfo=words))
    assert SECRET not in kept


def test_a_web_page_inside_a_picture_is_only_a_picture(tmp_path):
    content = picture(comment=b"<html><script>alert(1)</script></html>")
    facts, kept = examine(tmp_path, content)
    assert facts["type"] == "image/jpeg" and b"script" not in kept


def test_a_photo_looks_as_it_did(tmp_path):
    content = io.BytesIO()
    before = Image.linear_gradient("L").convert("RGB")
    before.save(content, "PNG")
    _, kept = examine(tmp_path, content.getvalue())
    apart = ImageChops.difference(before, Image.open(io.BytesIO(kept)))
    assert max(high for _, high in apart.getextrema()) <= 12


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_picture_is_refused_and_nothing_of_it_kept(tmp_path, form):
    whole = picture(form)
    for part in (0.5, 0.9):
        assert "terpotong" in refused(tmp_path, whole[: int(len(whole) * part)])
    refused(tmp_path, whole[:20])
    assert not (tmp_path / worker.KEPT).exists()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be a wall of pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(4_000_000), 9)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(50_000, 50_000), (2**31 - 1, 1), (100_000, 300), (5000, 5000)])
def test_a_picture_that_claims_to_be_a_wall_is_refused_before_it_is_unpacked(tmp_path, size):
    content = bomb(*size)
    assert len(content) < 6000
    assert "terlalu besar" in refused(tmp_path, content)


def test_a_jpeg_that_claims_to_be_a_wall_is_refused_too(tmp_path):
    content = bytearray(picture())
    place = content.index(b"\xff\xc0")
    content[place + 5 : place + 9] = struct.pack(">HH", 60_000, 60_000)
    assert "terlalu besar" in refused(tmp_path, bytes(content))


def test_heic_is_refused_with_what_to_send_instead(tmp_path):
    assert "JPEG" in refused(tmp_path, b"\0\0\0\x18ftypheic" + bytes(100))


@given(
    st.binary(max_size=400), st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"%PDF-1.4"])
)
def test_whatever_follows_the_first_bytes_the_answer_is_a_sentence_or_a_file(tmp_path_factory, rest, head):
    folder = tmp_path_factory.mktemp("any")
    try:
        facts, kept = examine(folder, head + rest)
    except BadFile as fault:
        assert str(fault).endswith(".")
    else:
        assert facts["bytes"] == len(kept)


# what a camera says


@given(
    st.floats(-90, 90).filter(abs),
    st.floats(-180, 180).filter(abs),
)
def test_a_position_is_read_in_all_four_quarters_of_the_earth(lat, lon):
    def parts(value: float) -> tuple[Fraction, ...]:
        whole = Fraction(abs(value)).limit_denominator(10**9)
        minutes = (whole - int(whole)) * 60
        return Fraction(int(whole)), Fraction(int(minutes)), (minutes - int(minutes)) * 60

    gps = {1: "N" if lat > 0 else "S", 2: parts(lat), 3: "E" if lon > 0 else "W", 4: parts(lon)}
    found = exif.position(gps)
    if found is None:
        assert max(abs(lat), abs(lon)) < 1e-6
    else:
        assert found == (pytest.approx(lon, abs=2e-6), pytest.approx(lat, abs=2e-6))


@pytest.mark.parametrize(
    "gps",
    [
        {},
        {2: (8, 30, 0), 4: (116, 0, 0)},
        {1: "X", 2: (8, 30, 0), 3: "E", 4: (116, 0, 0)},
        {1: "S", 2: (91, 0, 0), 3: "E", 4: (116, 0, 0)},
        {1: "S", 2: (8, 30), 3: "E", 4: (116, 0, 0)},
        {1: "S", 2: (float("nan"), 0, 0), 3: "E", 4: (116, 0, 0)},
        {1: "S", 2: "delapan", 3: "E", 4: (116, 0, 0)},
        {1: "N", 2: (0, 0, 0), 3: "E", 4: (0, 0, 0)},
        {1: b"S\0", 2: None, 3: "E", 4: (116, 0, 0)},
    ],
)
def test_what_is_no_position_is_none(gps):
    assert exif.position(gps) is None


def test_a_time_has_the_zone_of_the_camera_or_of_the_satellites_or_none():
    taken = {36867: "2026:11:22 10:00:00"}
    gps = {7: (2, 0, 0), 29: "2026:11:22"}
    assert exif.taken({**taken, 36881: "+08:00"}, {}) == "2026-11-22T10:00:00+08:00"
    assert exif.taken(taken, gps) == "2026-11-22T02:00:00+00:00"
    assert exif.taken(taken, {}) == "2026-11-22T10:00:00"
    for broken in ({36867: "0000:00:00 00:00:00"}, {36867: b"\xff\xff"}, {36867: "1970:01:01 00:00:00"}, {}):
        assert exif.taken(broken, {7: ("x",), 29: "y"}) is None


# voice notes


def wav_note(seconds: float = 0.5, extra: bytes = b"") -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as note:
        note.setparams((1, 2, 8000, 0, "NONE", ""))
        note.writeframes(bytes(range(256)) * int(seconds * 8000 * 2 / 256))
    whole = bytearray(content.getvalue() + extra)
    whole[4:8] = struct.pack("<I", len(whole) - 8)
    return bytes(whole)


def test_a_wav_keeps_its_samples_and_loses_the_words_beside_them(tmp_path):
    list_chunk = (
        b"LIST" + struct.pack("<I", 4 + 8 + len(SECRET)) + b"INFOINAM" + struct.pack("<I", len(SECRET)) + SECRET
    )
    facts, kept = examine(tmp_path, wav_note(2.0, list_chunk))
    assert facts["type"] == "audio/wav" and facts["seconds"] == 2.0 and SECRET not in kept
    with wave.open(io.BytesIO(kept)) as note:
        assert note.getnframes() == 16_000 and note.readframes(128) == bytes(range(256))


def test_a_wav_that_is_cut_off_or_no_sound_is_refused(tmp_path):
    whole = wav_note()
    refused(tmp_path, whole[:-300])
    refused(tmp_path, whole[:30])
    refused(tmp_path, whole.replace(b"\x01\x00\x01\x00", b"\x55\x00\x01\x00", 1))  # MP3 in a WAV


def test_a_note_of_an_hour_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(rules, "MOST_SECONDS", 1.0)
    assert "terlalu panjang" in refused(tmp_path, wav_note(2.0))


def crc_of_ogg(page: bytes) -> int:
    """The checksum of RFC 3533 bit by bit, as the standard words it."""
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)
            value &= 0xFFFFFFFF
    return value


def ogg_page(number: int, body: bytes, flags: int = 0, position: int = 0, stream: int = 7) -> bytes:
    lacing = bytes([255] * (len(body) // 255) + [len(body) % 255])
    head = struct.pack("<5sBqII", b"OggS\0", flags, position, stream, number)
    rest = bytes([len(lacing)]) + lacing + body
    return head + struct.pack("<I", crc_of_ogg(head + bytes(4) + rest)) + rest


OPUS_HEAD = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48000, 0, 0)


def opus_note(tags: bytes = b"", stream: int = 7) -> bytes:
    comment = b"ARTIST=" + SECRET
    tags = tags or b"OpusTags" + struct.pack("<I4sII", 4, b"WhAp", 1, len(comment)) + comment
    pages = [ogg_page(0, OPUS_HEAD, 2), ogg_page(1, tags), ogg_page(2, b"\x78" * 300, 0, 48_000, stream)]
    return b"".join([*pages, ogg_page(3, b"\x79" * 90, 4, 96_312, stream)])


def test_an_ogg_keeps_its_packets_and_loses_who_and_with_what(tmp_path):
    facts, kept = examine(tmp_path, opus_note())
    assert facts["type"] == "audio/ogg" and facts["seconds"] == 2.0
    assert SECRET not in kept and b"WhAp" not in kept
    assert b"\x78" * 300 in kept and b"\x79" * 90 in kept
    assert ogg.rewrite(kept)[0] == kept, "what we wrote is whole, its checksums too"
    for place in (at for at in range(len(kept)) if kept[at : at + 4] == b"OggS"):
        count = kept[place + 26]
        page = kept[place : place + 27 + count + sum(kept[place + 27 : place + 27 + count])]
        assert crc_of_ogg(page[:22] + bytes(4) + page[26:]) == struct.unpack_from("<I", page, 22)[0]


def test_an_ogg_with_a_picture_of_many_pages_in_its_comments_loses_it(tmp_path):
    tags = b"OpusTags" + struct.pack("<I4sII", 4, b"WhAp", 1, 500) + SECRET * 25
    pages = [ogg_page(0, OPUS_HEAD, 2)]
    first, second = tags[:510], tags[510:]
    head = struct.pack("<5sBqII", b"OggS\0", 0, -1, 7, 1)
    rest = b"\x02\xff\xff" + first
    pages += [head + struct.pack("<I", crc_of_ogg(head + bytes(4) + rest)) + rest, ogg_page(2, second, 1)]
    _, kept = examine(tmp_path, b"".join([*pages, ogg_page(3, b"\x78" * 90, 4, 48_312)]))
    assert b"Bu Sri" not in kept and b"\x78" * 90 in kept


def test_an_ogg_that_is_changed_cut_off_followed_by_something_or_of_two_streams_is_refused(tmp_path):
    whole = opus_note()
    changed = bytearray(whole)
    changed[-5] ^= 1
    for content in (bytes(changed), whole[:-40], whole + b"PK\x03\x04", opus_note(stream=8), whole[:60]):
        refused(tmp_path, content)
    refused(tmp_path, ogg_page(0, b"\x01vorbis" + bytes(23), 2) + whole[60:])


def element(name: int, body: bytes, is_open: bool = False) -> bytes:
    size = b"\x01" + b"\xff" * 7 if is_open else (len(body) | 1 << 56).to_bytes(8)
    return name.to_bytes((name.bit_length() + 7) // 8) + size + body


def webm_note(is_open: bool = True, type_: int = 2, codec: bytes = b"A_OPUS") -> bytes:
    """As a browser records it: segment and clusters without a size, with words it was given."""
    track = element(0xD7, b"\1") + element(0x83, bytes([type_])) + element(0x86, codec) + element(0x536E, SECRET)
    track += element(0xE1, element(0xB5, struct.pack(">d", 48000.0)) + element(0x9F, b"\1"))
    info = element(0x2AD7B1, (1_000_000).to_bytes(3)) + element(0x4D80, b"Chrome") + element(0x7BA9, SECRET)
    cluster = element(0xE7, (1500).to_bytes(2)) + element(0xA3, b"\x81\x01\xf4\x80" + b"\x78" * 50)
    inside = element(0xEC, SECRET) + element(0x1549A966, info) + element(0x1654AE6B, element(0xAE, track))
    inside += element(0x1F43B675, cluster, is_open) + element(0x1254C367, element(0x7373, SECRET))
    return element(0x1A45DFA3, element(0x4282, b"webm")) + element(0x18538067, inside, is_open)


@pytest.mark.parametrize("is_open", [True, False])
def test_a_webm_keeps_its_blocks_and_nothing_that_is_not_on_the_list(tmp_path, is_open):
    facts, kept = examine(tmp_path, webm_note(is_open))
    assert facts["type"] == "audio/webm" and facts["seconds"] == 2.0
    assert SECRET not in kept and b"Chrome" not in kept and b"\x78" * 50 in kept
    assert webm.rewrite(kept)[0] == kept


def test_a_webm_with_pictures_cut_off_or_with_something_behind_it_is_refused(tmp_path):
    assert "video" in refused(tmp_path, webm_note(type_=1))
    assert "video" in refused(tmp_path, webm_note(codec=b"V_VP8"))
    whole = webm_note(is_open=False)
    for content in (whole[:-70], whole[:40], whole + b"PK\x03\x04", whole[:60] + b"\0" * 90):
        refused(tmp_path, content)


def box(name: bytes, *inside: bytes) -> bytes:
    body = b"".join(inside)
    return struct.pack(">I4s", 8 + len(body), name) + body


def m4a_note(handler: bytes = b"soun", entry: bytes = b"mp4a") -> bytes:
    times = struct.pack(">IIIII", 0, 3_900_000_000, 3_900_000_001, 1000, 2500)
    hdlr = box(b"hdlr", struct.pack(">II4s12x", 0, 0, handler) + SECRET + b"\0")
    stbl = box(
        b"stbl",
        box(b"stsd", struct.pack(">II", 0, 1), box(entry, bytes(28))),
        box(b"stco", struct.pack(">III", 0, 1, 600)),
    )
    minf = box(b"minf", box(b"dinf", box(b"dref", struct.pack(">II", 0, 1), box(b"url ", b"\0\0\0\1\0"))), stbl)
    mdia = box(b"mdia", box(b"mdhd", times + bytes(4)), hdlr, minf)
    words = box(b"udta", box(b"meta", SECRET))
    moov = box(b"moov", box(b"mvhd", times + bytes(80)), box(b"trak", box(b"tkhd", times + bytes(64)), mdia), words)
    return box(b"ftyp", b"M4A \0\0\0\0M4A ") + moov + box(b"uuid", SECRET) + box(b"mdat", b"\x21" * 400)


def test_an_m4a_keeps_its_samples_where_they_stood_and_loses_its_words_and_times(tmp_path):
    whole = m4a_note()
    facts, kept = examine(tmp_path, whole)
    assert facts["type"] == "audio/mp4" and facts["seconds"] == 2.5
    assert SECRET not in kept and struct.pack(">I", 3_900_000_000) not in kept
    assert len(kept) == len(whole) and kept.index(b"\x21" * 400) == whole.index(b"\x21" * 400)
    assert m4a.rewrite(kept)[0] == kept


def test_an_m4a_with_pictures_cut_off_or_with_its_sound_elsewhere_is_refused(tmp_path):
    assert "video" in refused(tmp_path, m4a_note(handler=b"vide"))
    assert "video" in refused(tmp_path, m4a_note(entry=b"avc1"))
    whole = m4a_note()
    for content in (whole[:-30], whole[:100], whole.replace(b"url \0\0\0\1", b"url \0\0\0\0"), whole + b"PK\x03"):
        refused(tmp_path, content)


@pytest.mark.parametrize("rewrite", [wav.rewrite, ogg.rewrite, webm.rewrite, m4a.rewrite])
@given(data=st.data())
def test_a_note_with_any_bytes_exchanged_is_a_sentence_or_a_file(rewrite, data):
    whole = {wav.rewrite: wav_note, ogg.rewrite: opus_note, webm.rewrite: webm_note, m4a.rewrite: m4a_note}[rewrite]()
    content = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        told, _ = rewrite(bytes(content[: data.draw(st.integers(0, len(content)))]))
    except BadFile as fault:
        assert str(fault).endswith(".")
    else:
        assert told


# documents


PDF = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def test_a_pdf_is_kept_as_it_is(tmp_path):
    facts, kept = examine(tmp_path, PDF)
    assert facts["kind"] == "document" and facts["type"] == "application/pdf" and kept == PDF


@pytest.mark.parametrize(
    "content",
    [
        PDF[:30],
        b"GIF89a\n" + PDF,
        b"<html>" + PDF,
        b"%PDF-1.7 <script>alert(1)</script>\n" + PDF,
        PDF.replace(b"/Type", b"/JavaScript"),
        PDF.replace(b"/Type", b"/Launch"),
        PDF.replace(b"/Type", b"/EmbeddedFile"),
        PDF + bytes(3000),
    ],
)
def test_a_pdf_that_is_half_or_also_something_else_is_refused(tmp_path, content):
    assert "PDF" in refused(tmp_path, content)


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'<?xml version="1.0"?><svg/>',
        b"  \n<!DOCTYPE html><html></html>",
        b"catatan <script>alert(1)</script>",
        b"<?php system('id');",
        '\ufeff<svg onload="x">'.encode(),
        "<html>".encode("utf-16"),
    ],
)
def test_svg_and_web_pages_are_refused_whatever_they_are_called(tmp_path, content):
    assert "halaman web" in refused(tmp_path, content)


@pytest.mark.parametrize(
    "content", [b"\x00\x01\x02", b"\xff\xfe\xfd\x80" * 9, b"\x7fELF", b"teks\x00biasa", b"\x1b[2Jhai"]
)
def test_what_is_no_words_is_refused(tmp_path, content):
    assert "tidak diterima" in refused(tmp_path, content)


def test_words_are_kept_as_utf_8_however_they_came(tmp_path):
    words = "Kali Rungkang naik – 2 m\r\n\tkédai\n"
    for form in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        facts, kept = examine(tmp_path, words.encode(form))
        assert facts["type"] == "text/plain" and kept.decode() == words, form


def test_a_table_is_known_by_its_separators():
    assert is_table("nama;umur\nA;3\nB;4\n") and is_table("a,b\n1,2") and is_table("a\tb\n1\t2\n")
    assert not is_table("Air naik, cepat.\nKami butuh perahu, selimut, air.") and not is_table("a,b")
