"""Becomes another program that is asked to end when the process that started it dies, however it dies.

Run as a script of its own, `python tether.py PARENT PROGRAM WORD...`: between fork and exec of a process with threads
no code of ours may run, and this one loads nothing of ours.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h
NOT_THERE = 127


def become(parent: int, program: str, *words: str) -> None:
    """Never returns; 127 is the exit code when there is no such program."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before the line above
        sys.exit(1)
    try:
        os.execvp(program, [program, *words])
    except OSError:
        sys.exit(NOT_THERE)


if __name__ == "__main__":
    become(int(sys.argv[1]), *sys.argv[2:])
