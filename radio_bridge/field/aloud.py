"""Reads alerts aloud in the field, with espeak-ng where it is installed; a thread of its own, silent when it cannot."""

import queue
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog

from alerts import speech

WAITING = 3
"""Alerts that may wait to be read; older ones stand on the screen."""
log = structlog.get_logger()


def words_of(card: Mapping[str, Any], way: str = "") -> tuple[str, str]:
    """(headline, text) of an alert card as it is said."""
    exercise = "LATIHAN. " if card["exercise"] else ""
    where = f" {way.replace('°', ' derajat')}." if way else ""
    return (
        f"{exercise}{card['action']}. {card['type']}",
        f"{exercise}{card['action']}. {card['type']}. {card['text']}.{where}",
    )


class Reader:
    """Says one alert after the other on a sound card of ALSA."""

    def __init__(self, folder: Path, card: str = "default") -> None:
        self._folder, self._card = folder, card
        self._words: queue.Queue[tuple[str, str] | None] = queue.Queue(WAITING)
        self.is_on = speech.is_there()
        self.fault = "" if self.is_on else "espeak-ng belum terpasang"
        self._thread = threading.Thread(target=self._run, name="reader", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Does not wait for the end of a sentence."""
        self.is_on = False
        self._put(None)

    def read(self, card: Mapping[str, Any], way: str = "") -> None:
        """Say it as soon as the one before is over; nothing when it is switched off."""
        if self.is_on:
            self._put(words_of(card, way))

    def _put(self, words: tuple[str, str] | None) -> None:
        while True:
            try:
                return self._words.put_nowait(words)
            except queue.Full:
                self._drop_oldest()

    def _drop_oldest(self) -> None:
        try:
            self._words.get_nowait()
        except queue.Empty:
            return

    def _run(self) -> None:
        while (words := self._words.get()) is not None:
            if self.is_on:
                self._say(*words)

    def _say(self, headline: str, text: str) -> None:
        """A terminal without a loudspeaker is still a terminal: the fault is shown, nothing stops."""
        try:
            speech.play(speech.speech_file(self._folder, headline, text), self._card)
            self.fault = ""
        except (speech.NoVoice, OSError) as fault:
            self.fault = str(fault)
            log.warning("field.aloud", fault=str(fault))
