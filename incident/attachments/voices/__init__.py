"""Voice notes: each container is read to its last byte and written anew with its sound alone.

A form is one file: `rewrite(content)` answers the new bytes and how long it sounds (seconds, None when it does not
say), and raises BadFile. The sound itself is copied, not decoded: what a microphone heard stays as it was.
"""

from collections.abc import Callable

from incident.attachments.voices import m4a, ogg, wav, webm

Rewritten = tuple[bytes, float | None]
# (first bytes at an offset) -> the form and its media type
FORMS: tuple[tuple[int, bytes, str, Callable[[bytes], Rewritten]], ...] = (
    (8, b"WAVE", "audio/wav", wav.rewrite),
    (0, b"OggS", "audio/ogg", ogg.rewrite),
    (0, b"\x1a\x45\xdf\xa3", "audio/webm", webm.rewrite),
    (4, b"ftyp", "audio/mp4", m4a.rewrite),
)


def form_of(head: bytes) -> tuple[str, Callable[[bytes], Rewritten]] | None:
    """The media type and its rewriter by the first bytes, None for what is no voice note."""
    for offset, magic, type_, rewrite in FORMS:
        if head[offset : offset + len(magic)] == magic and (type_ != "audio/wav" or head[:4] == b"RIFF"):
            return type_, rewrite
    return None
