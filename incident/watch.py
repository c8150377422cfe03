"""Turns what cannot speak for itself into lamps: a process that hangs, a disk that fills, a card nobody can read."""

import shutil

from incident import actions, pulse
from incident.desk import deck
from incident.desk.deck import Deck
from incident.post import Post

LOW_BYTES = 500_000_000
BY = "web"
MUTE = {
    "relay": "penerus tidak menjawab",
    "radio": "proses radio tidak menjawab",
    "sms": "modem SMS tidak dijaga",
}
"""A process, or a loop in one, that beats no more -> the words of its lamp."""


class Watch:
    """Remembers what it has lit, so that it puts out only that."""

    def __init__(self, post: Post):
        self.post = post
        self.lit: set[str] = set()

    def look(self) -> None:
        """Look once at the other processes and at the disk."""
        for name, words in MUTE.items():
            age_s = pulse.age_s(self.post.settings.data, name)
            self._show(name, age_s is not None and age_s > pulse.STILL_S, "off", words, "berjalan")
        unread = len(self._deck().faults)
        self._show("cards", unread > 0, "warn", f"{unread} kartu pertanyaan tidak terbaca", "kartu terbaca")
        free = shutil.disk_usage(self.post.settings.data).free
        self._show("database", free < LOW_BYTES, "warn", f"sisa ruang {free // 10**8 / 10} GB", "ruang cukup")

    def _deck(self) -> Deck:
        """The site's question cards, looked at now and then."""
        found = deck.of(self.post.settings.data)
        found.every()
        return found

    def _show(self, lamp: str, is_wrong: bool, state: str, words: str, after: str) -> None:
        if is_wrong:
            self.lit.add(lamp)
            self.post.do(actions.set_lamp, BY, None, lamp, state, words)
        elif lamp in self.lit:
            self.post.do(actions.set_lamp, BY, None, lamp, "ok", after)
            self.lit.discard(lamp)
