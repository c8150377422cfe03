"""A wire one can cut: a small TCP proxy between the browser and Posko.

Playwright's own "offline" leaves an open WebSocket alone; a cable that falls out does not.
"""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable

PIECE = 65536
RESET = struct.pack("ii", 1, 0)  # close at once with RST, as a server that died


class Proxy:
    """Listens on a free port and carries every byte to `target`, until it is told otherwise."""

    def __init__(self, target: int):
        self.target = target
        self.spy: Callable[[bytes], None] = lambda piece: None
        """Told of every piece of the browser's, in the moment in which it has gone through; the next waits for it."""
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._flowing = threading.Event()
        self._flowing.set()
        self._is_cut = False
        self._door = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port = int(self._door.getsockname()[1])
        threading.Thread(target=self._welcome, daemon=True).start()

    def cut(self) -> None:
        """The cable falls out: open connections break, new ones are refused."""
        self._is_cut = True
        self._drop_all()

    def hold(self) -> None:
        """A black hole: every connection stays open and no byte passes."""
        self._flowing.clear()

    def mend(self) -> None:
        """The cable is back; what was held goes on."""
        self._is_cut = False
        self._flowing.set()

    def close(self) -> None:
        """End everything; nothing listens after this."""
        self._is_cut = True
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._flowing.set()
        self._drop_all()

    def _welcome(self) -> None:
        while True:
            try:
                near, _ = self._door.accept()
            except OSError:
                return
            if self._is_cut or not self._join(near):
                _reset(near)

    def _join(self, near: socket.socket) -> bool:
        try:
            far = socket.create_connection(("127.0.0.1", self.target), timeout=20)
        except OSError:
            return False
        far.settimeout(None)
        with self._lock:  # a wire that is cut just now joins nothing any more
            if self._is_cut:
                far.close()
                return False
            self._ends |= {near, far}
        for source, sink, told in ((near, far, self._spied), (far, near, _nobody)):
            with contextlib.suppress(OSError):  # cut in the moment it was joined
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._carry, args=(source, sink, told), daemon=True).start()
        return True

    def _carry(self, source: socket.socket, sink: socket.socket, told: Callable[[bytes], None]) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(PIECE):
                self._flowing.wait()
                sink.sendall(piece)
                told(piece)
        self._drop({source, sink})

    def _spied(self, piece: bytes) -> None:
        self.spy(piece)

    def _drop_all(self) -> None:
        with self._lock:
            ends = set(self._ends)
        self._drop(ends)

    def _drop(self, ends: set[socket.socket]) -> None:
        with self._lock:
            self._ends -= ends
        for end in ends:
            _reset(end)


def _nobody(piece: bytes) -> None:
    """The server's own pieces are told to nobody."""


def _reset(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
