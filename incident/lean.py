"""Keeps out of a server's memory what libraries take along for uses that are not ours."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

OPTIONAL = ("rich", "requests")
"""structlog colours tracebacks with the first (5 MB with pygments), engineio's client asks with the second (5 MB with
urllib3 and charset_normalizer); both do without where they are not installed, and no server of ours uses either."""

LEARNT_WITHOUT = "geoalchemy2.shape"
"""Remembers that shapely was missing: it is forgotten with it, so that a later import finds both."""


@contextmanager
def without_optional(*more: str) -> Iterator[None]:
    """What is imported inside finds these libraries missing; afterwards they may be imported as ever."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's: our arrays are small, each thread has a buffer
    missing = [name for name in (*OPTIONAL, *more) if name not in sys.modules]
    sys.modules.update(dict.fromkeys(missing))  # type: ignore[arg-type]  # None: "import" raises ImportError
    try:
        yield
    finally:
        for name in missing:
            sys.modules.pop(name, None)
        if "shapely" in missing:
            sys.modules.pop(LEARNT_WITHOUT, None)
