"""Whose fault it was on the air: theirs (BadFrame: count it, go on) or ours (CannotSend: tell the operator)."""


class BadFrame(Exception):
    """Bytes from the air that we do not believe.

    `kind` is one word to count by: short, version, net, mac, replay, carrier (not AX.25), foreign (AX.25, not for
    us), own (our own frame come back), meaning (sealed properly, but the content makes no sense).
    """

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


class CannotSend(Exception):
    """A radiogram that must not go on the air as it stands. The message tells the operator why and what to do."""
