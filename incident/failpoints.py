"""Named steps of a call's life at which the power-cut tests pull the plug.

`POSKO_FAILPOINT=row:3` kills the process with SIGKILL the third time that step is reached.
Without the variable a step costs one comparison.
"""

import os
import signal

STEPS = (
    "received",
    "authorised",
    "begun",
    "row",
    "entry",
    "commit",
    "answered",
    "told",
    "relay.picked",
    "order.spooled",
    "spool.begun",
    "spool.commit",
    "air.kept",
    "air.sent",
    "air.noted",
    "ack.heard",
    "ack.stored",
)
# of a message to the outside, from the row to the row; tests/alerts/test_sender_killed.py dies at each
OF_SENDER = ("sender.claimed", "sender.calling", "sender.receipt", "sender.noting", "sender.noted")

_step = ""
_left = 0


def arm(words: str) -> None:
    """Ask for the kill at `step:n`, the n-th time that step is reached; empty words ask for none."""
    global _step, _left
    _step, _, times = words.partition(":")
    _left = int(times or 1)


def reach(step: str) -> None:
    """Say that a step was reached; kills the process when it is the one asked for."""
    if _step and step == _step:
        _count_down()


def _count_down() -> None:
    global _left
    _left -= 1
    if _left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)


arm(os.environ.get("POSKO_FAILPOINT", ""))
