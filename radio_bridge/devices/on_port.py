"""A device that hangs on one port: what all of them do with it alike."""

from radio_bridge.ports import LinkLost, Port


class OnPort:
    """Keeps the port between open() and close(). What is asked of a closed one raises LinkLost."""

    _port: Port | None = None

    def close(self) -> None:
        """Give the port back; harmless when there is none."""
        if self._port is not None:
            self._port.close()
        self._port = None

    def _opened(self) -> Port:
        if self._port is None:
            raise LinkLost("the port is not open")
        return self._port
