"""The loudspeaker: an announcement in Bahasa Indonesia as a WAV file, and out of a sound card where one is set.

One announcement for each alert, however many loudspeakers hang on the card. Nobody can be said to have heard it.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, Field, field_validator

from alerts import speech
from alerts.channels import Health, Incoming, Message, Receipt, Report
from alerts.channels.once import Once
from incident.config import load_settings

AGAIN_S = 20.0


class VoiceSettings(BaseModel):
    """Where the announcement goes, and how fast it is spoken."""

    card: str = Field(
        default="", max_length=80, title="Kartu suara", description="Nama ALSA, misalnya default; kosong: berkas saja."
    )
    folder: str = Field(
        default="", max_length=300, title="Folder berkas", description="Kosong: folder suara di data Posko."
    )
    words_a_minute: int = Field(default=140, ge=80, le=220, title="Kata per menit")

    @field_validator("card")
    @classmethod
    def _is_a_card(cls, card: str) -> str:
        if not re.fullmatch(r"(\w[\w:,=.-]*)?", card):
            raise ValueError("Nama kartu suara seperti default atau plughw:1,0 (aplay -L menunjukkannya).")
        return card


class VoiceChannel:
    """Speaks each (alert, revision) once, and once more when a person sends it again."""

    name: ClassVar[str] = "voice"
    Settings: ClassVar[type[BaseModel]] = VoiceSettings
    pace: ClassVar[float] = 20.0

    def __init__(self, settings: VoiceSettings, wire: Any = None) -> None:
        self._settings = settings
        self.folder = Path(settings.folder) if settings.folder else load_settings().data / "speech"

    def check(self) -> Health:
        """Whether there is a voice, and the card takes a moment of silence."""
        if not speech.is_there():
            return Health("down", "espeak-ng belum terpasang (apt-get install espeak-ng).")
        try:
            if self._settings.card:
                speech.play(speech.silence_file(self.folder), self._settings.card)
        except (speech.NoVoice, OSError) as fault:
            return Health(
                "down", str(fault) if isinstance(fault, speech.NoVoice) else "Folder suara tak dapat ditulis."
            )
        return Health("ok", "Siap bicara." if self._settings.card else "Membuat berkas suara saja.")

    def deliver(self, message: Message) -> Receipt:
        """Make the file and play it; a trial is made and not played."""
        try:
            path = self._file(message)
            self._play_once(message, path)
        except speech.NoVoice as silence:
            return Receipt("again", reason=str(silence), retry_s=AGAIN_S)
        except OSError as fault:
            return Receipt("again", reason=f"Berkas suara tidak dapat ditulis ({fault.strerror}).", retry_s=AGAIN_S)
        return Receipt("sent", message.uid)

    def _file(self, message: Message) -> Path:
        return speech.speech_file(
            self.folder,
            message.headline,
            message.text,
            is_alarm=message.order == "evacuate" and not message.is_cancel,
            is_cancel=message.is_cancel,
            words_a_minute=self._settings.words_a_minute,
        )

    def _play_once(self, message: Message, path: Path) -> None:
        """A mark is set after the last sound: after a death in mid-word it is said again, twice rather than never."""
        if not self._settings.card or not message.alert_id:
            return
        mark = self.folder / _mark(message)
        once = _read(mark)
        if once.is_due(message.uid, message.address):
            speech.play(path, self._settings.card)
        once.keep(message.uid, message.address)
        draft = mark.with_suffix(".draft")
        draft.write_text(json.dumps({"keys": sorted(once.keys), "round": sorted(once.round)}))
        draft.replace(mark)

    def poll(self) -> list[Incoming | Report]:
        """Nobody answers here."""
        return []

    def close(self) -> None:
        """Nothing is kept open."""


def _mark(message: Message) -> str:
    """Of its words and its time too: a database that begins anew gives the old numbers, and keys, to other alerts."""
    of_alert = (message.alert_id, message.revision, message.is_cancel, message.expires_at.timestamp())
    frozen = json.dumps([*of_alert, message.headline, message.text])
    return f"{hashlib.sha256(frozen.encode()).hexdigest()[:32]}.played"


def _read(mark: Path) -> Once:
    """What was spoken of it; a mark that cannot be read is none: twice rather than never."""
    try:
        told = json.loads(mark.read_text())
        return Once(set(told["keys"]), set(told["round"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return Once()
