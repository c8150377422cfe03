"""How large, how many, and what becomes of a file: the figures of attachments in one place. Pure."""

MOST_BYTES = 15_000_000  # a photograph of a telephone, as it comes from its camera
FORM_BYTES = 64_000  # the other fields of the form and its seams
MOST_BYTES_OF = {"photo": MOST_BYTES, "voice": 10_000_000, "document": 10_000_000}
MOST_PIXELS = 24_000_000  # of a picture that must be unpacked whole: 100 MB while it is open
MOST_JPEG_PIXELS = 64_000_000  # a JPEG is unpacked at an eighth to a whole of its size, as it is needed
LONGEST_PX = 2560
THUMB_PX = 320
MOST_SECONDS = 1800.0  # of a voice note
MOST_OF_INCIDENT = 100
MOST_OF_CALL = 20
KEEP_FREE = 200_000_000  # bytes left on the disk: the journal goes on being written
WORK_S = 40.0  # of one file's examination
ORPHAN_S = 3600.0  # a file without a row that is older than this belongs to nothing

TYPES = {
    "image/jpeg": "jpg",
    "audio/wav": "wav",
    "audio/ogg": "ogg",
    "audio/webm": "webm",
    "audio/mp4": "m4a",
    "application/pdf": "pdf",
    "text/plain": "txt",
    "text/csv": "csv",
}
SHOWN_INLINE = ("photo", "voice")  # a document is only ever downloaded
KIND_WORDS = {"photo": "foto", "voice": "suara", "document": "dokumen"}
SUPERVISORS = ("coordinator", "admin")
