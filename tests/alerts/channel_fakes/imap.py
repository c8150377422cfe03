"""An IMAP server for one mailbox, as far as RFC 3501 is needed to search, fetch and mark; spoken to by imaplib."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy

PASSWORD = "sandi-surel-5521"


class Mails:
    """uid -> mail, and which were seen."""

    def __init__(self) -> None:
        self.mails: dict[int, bytes] = {}
        self.seen: set[int] = set()
        self.sizes: dict[int, int] = {}
        self.log: list[str] = []
        self.numbered = 1

    def add(self, octets: bytes) -> int:
        uid = len(self.mails) + 1
        self.mails[uid] = octets
        return uid

    def found(self, asked: str) -> list[int]:
        """UNSEEN OR HEADER a "x" HEADER b "y"."""
        wanted = re.findall(r'HEADER (\S+) "([^"]*)"', asked)
        return [uid for uid in self.mails if uid not in self.seen and self._has(uid, wanted)]

    def _has(self, uid: int, wanted: list[tuple[str, str]]) -> bool:
        mail = message_from_bytes(self.mails[uid], policy=policy.compat32)
        return any(words.lower() in str(mail.get(name, "")).lower() for name, words in wanted)


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("* OK ready")
        while line := self.rfile.readline():
            tag, _, rest = line.decode().strip().partition(" ")
            self._do(tag, rest)
            if rest.upper().startswith("LOGOUT"):
                return

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")

    def _do(self, tag: str, asked: str) -> None:
        box: Mails = self.server.box  # type: ignore[attr-defined]
        box.log.append(asked)
        verb = asked.upper()
        if verb.startswith("LOGIN") and PASSWORD not in asked:
            return self._say(f"{tag} NO [AUTHENTICATIONFAILED] no")
        if verb.startswith("CAPABILITY"):
            self._say("* CAPABILITY IMAP4rev1")
        elif verb.startswith("SELECT"):
            self._say(f"* {len(box.mails)} EXISTS")
            self._say(f"* OK [UIDVALIDITY {box.numbered}] numbered")
        elif verb.startswith("UID SEARCH"):
            self._say("* SEARCH " + " ".join(map(str, box.found(asked))))
        elif verb.startswith("UID FETCH"):
            self._fetch(box, int(asked.split()[2]), "SIZE" in verb)
        elif verb.startswith("UID STORE"):
            box.seen.add(int(asked.split()[2]))
        self._say(f"{tag} OK done")

    def _fetch(self, box: Mails, uid: int, is_size: bool) -> None:
        octets = box.mails[uid]
        if is_size:
            return self._say(f"* {uid} FETCH (UID {uid} RFC822.SIZE {box.sizes.get(uid, len(octets))})")
        self.wfile.write(f"* {uid} FETCH (UID {uid} BODY[] {{{len(octets)}}}\r\n".encode() + octets + b")\r\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True


@contextmanager
def mailbox(box: Mails) -> Iterator[int]:
    """The port of a running server."""
    with _Server(("127.0.0.1", 0), _Handler) as running:
        running.box = box  # type: ignore[attr-defined]
        thread = threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield running.server_address[1]
        finally:
            running.shutdown()
            thread.join(60)
