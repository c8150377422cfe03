"""Structured logs: JSON lines without anybody's words."""

import logging
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog


def set_up_logs() -> None:
    """JSON lines on standard output; no log line carries what a caller said."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _say_where,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )


def _say_where(logger: Any, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Which failure and where, without its message: a database puts the whole row into it, phone and all."""
    failure = line.pop("exc_info", None)
    if isinstance(failure, BaseException):
        line["failure"] = type(failure).__name__
        steps = traceback.extract_tb(failure.__traceback__)
        line["where"] = [f"{step.filename}:{step.lineno} {step.name}" for step in steps]
    return line
