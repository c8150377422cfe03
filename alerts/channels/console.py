"""The console: every alert as a line of JSON on standard output or in a file; for trials, exercises and printers.

Nobody can be said to have it, so its receipts never say more than that it left us. The address stays off the line.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, Field

from alerts.channels import Health, Incoming, Message, Receipt, Report


class ConsoleSettings(BaseModel):
    """Where the lines go."""

    path: str = Field(
        default="",
        max_length=300,
        title="Berkas",
        description="Berkas tempat baris ditambahkan; kosong berarti keluaran proses pengirim.",
    )


class ConsoleChannel:
    """Writes each message once as a line; `uid` tells a second writing from a first."""

    name: ClassVar[str] = "console"
    Settings: ClassVar[type[BaseModel]] = ConsoleSettings
    pace: ClassVar[float] = 1000.0

    def __init__(self, settings: ConsoleSettings, wire: Any = None) -> None:
        self._path = Path(settings.path) if settings.path else None

    def check(self) -> Health:
        """Whether the file, or the folder it would be made in, can be written."""
        if self._path is None:
            return Health("ok", "Menulis ke keluaran proses pengirim.")
        where = self._path if self._path.exists() else self._path.parent
        if where.is_dir() == self._path.exists() or not os.access(where, os.W_OK):
            return Health("down", "Berkas tidak dapat ditulis; periksa folder dan haknya.")
        return Health("ok", "Menulis ke berkas.")

    def deliver(self, message: Message) -> Receipt:
        """Write the line and have it on the disk before saying so."""
        line = json.dumps(_told(message), ensure_ascii=False) + "\n"
        try:
            self._write(line)
        except OSError as fault:
            return Receipt("again", reason=f"Berkas tidak dapat ditulis ({fault.strerror}).")
        return Receipt("sent", message.uid)

    def _write(self, line: str) -> None:
        if self._path is None:
            sys.stdout.write(line)
            sys.stdout.flush()
            return
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def poll(self) -> list[Incoming | Report]:
        """Nobody answers here."""
        return []

    def close(self) -> None:
        """Nothing is kept open."""


def _told(message: Message) -> dict[str, Any]:
    names = ("uid", "alert_id", "revision", "priority", "order", "headline", "text", "exercise", "is_cancel", "link")
    said = {name: getattr(message, name) for name in names}
    return {**said, "expires_at": message.expires_at.isoformat()}
