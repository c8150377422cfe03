"""Hands one broadcast to many screens: encoded once, framed once, the same bytes written to every idle socket.

A server's WebSocket frames are not masked (RFC 6455 section 5.1), so one frame serves all. A screen that is
still reading earlier words, or polls, gets the packet through its ordinary queue; the order stays. A frame
without RSV1 is legal on a connection that negotiated compression (RFC 7692 section 6).

simple-websocket 1.1 hands a message to one `send()` and does not look how much of it was taken: a screen that
reads slowly gets half a frame and then the next. A Line writes every message whole.
"""

import os
from collections.abc import Callable
from typing import Any

from engineio.async_drivers.gevent import WebSocketWSGI
from engineio.packet import MESSAGE, Packet
from gevent.lock import BoundedSemaphore
from simple_websocket import ConnectionClosed
from socketio import Manager
from socketio.packet import EVENT

FIN_TEXT = 0x81


class Broadcaster(Manager):
    """python-socketio's own manager, with a shorter way for events that ask for no answer."""

    def emit(
        self,
        event: str,
        data: Any,
        namespace: str,
        room: Any = None,
        skip_sid: Any = None,
        callback: Any = None,
        to: Any = None,
        **more: Any,
    ) -> None:
        """Send `event` to everyone in the room; what asks for an answer or leaves someone out goes the ordinary way."""
        if callback or skip_sid or isinstance(data, tuple) or data is None:
            super().emit(event, data, namespace, room, skip_sid, callback, to, **more)
        elif namespace in self.rooms:
            self._broadcast(self._encoded(event, data, namespace), namespace, to or room)

    def _encoded(self, event: str, data: Any, namespace: str) -> Any:
        """The packet's text; a list of text and bytes when the data holds bytes."""
        return self.server.packet_class(EVENT, namespace=namespace, data=[event, data]).encode()

    def _broadcast(self, encoded: Any, namespace: str, room: Any) -> None:
        parts = encoded if isinstance(encoded, list) else [encoded]
        packets = [Packet(MESSAGE, part) for part in parts]
        bytes_once = frame(packets[0].encode()) if len(packets) == 1 else b""
        sockets = self.server.eio.sockets
        for _, eio_sid in list(self.get_participants(namespace, room)):
            line = getattr(sockets.get(eio_sid), "line", None)
            if bytes_once and line is not None and line.push(bytes_once):
                continue
            for packet in packets:
                self.server._send_eio_packet(eio_sid, packet)


class Line(WebSocketWSGI):
    """The websocket of one screen. Whoever writes has its turn; a broadcast that finds it taken is queued."""

    def __init__(self, handler: Callable[..., Any], server: Any):
        super().__init__(handler, server)
        self.turn = BoundedSemaphore(1)
        self.screen = handler.__self__  # type: ignore[attr-defined]  # the Engine.IO socket this line serves
        self.screen.line = self

    def send(self, message: str | bytes) -> None:
        """Send one message whole, waiting as long as the screen needs; raises OSError when it has gone."""
        if not isinstance(message, str):
            super().send(message)
            return
        with self.turn:
            if not self.ws.connected:
                raise OSError("The screen has gone.")
            self.ws.sock.sendall(frame(message))

    def push(self, whole: bytes) -> bool:
        """Write the frame if the screen waits for nothing else; False when it must go through the queue."""
        if not self._is_idle() or not self.turn.acquire(blocking=False):
            return False
        written = 0
        try:
            written = os.write(self.ws.sock.fileno(), whole)
        except BlockingIOError:
            return False
        except OSError:
            return True  # it has gone; its reader notices and closes it
        finally:
            if written in (0, len(whole)):
                self.turn.release()
        if written < len(whole):
            self.screen.server.start_background_task(self._finish, whole[written:])
        return True

    def _is_idle(self) -> bool:
        screen = self.screen
        return screen.upgraded and not screen.closing and not screen.closed and screen.queue.empty()

    def _finish(self, rest: bytes) -> None:
        """The end of a frame that did not fit; the turn is ours until it is out."""
        try:
            self.ws.sock.sendall(rest)
        except (OSError, ConnectionClosed):
            pass  # it has gone; its reader notices and closes it
        finally:
            self.turn.release()


def frame(text: str) -> bytes:
    """One unmasked WebSocket text message (RFC 6455 section 5.2)."""
    words = text.encode()
    size = len(words)
    if size < 126:
        return bytes((FIN_TEXT, size)) + words
    if size < 65536:
        return bytes((FIN_TEXT, 126)) + size.to_bytes(2, "big") + words
    return bytes((FIN_TEXT, 127)) + size.to_bytes(8, "big") + words


def socketio_options() -> dict[str, Any]:
    """What a Flask-SocketIO server under gevent is made with; other modes keep the ordinary way."""
    return {"client_manager": Broadcaster()}


def take_over(socketio: Any) -> None:
    """Let the websockets of this server be Lines."""
    engine = socketio.server.eio
    engine._async = {**engine._async, "websocket": Line}
