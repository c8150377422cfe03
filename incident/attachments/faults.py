"""Why a file is not taken, as a sentence for the person who sent it."""

import errno


class BadFile(ValueError):
    """The file cannot be taken; the message is a sentence that says what to do."""


FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def is_full(fault: OSError) -> bool:
    """Whether the disk (or what is allowed of it) is full."""
    return fault.errno in FULL
