"""The airtime that is left in this hour, where people and Prometheus read it: both databases, several services."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from incident.config import Settings
from radio_bridge.airtime import boot_seconds, this_boot
from radio_bridge.ledger import Ledger
from radio_bridge.profiles import get_profile
from radio_bridge.spool import FILE, Spool

LORA = get_profile("lora_free")


@pytest.fixture
def service() -> str:
    return "lora_free"


@pytest.fixture
def settings(settings: Settings, service: str) -> Settings:
    return settings.model_copy(update={"radio": f"loopback:?service={service}"})


def key(folder: Path, seconds: float) -> None:
    """What the radio writes before it keys a frame of so many seconds."""
    book = Ledger(LORA)
    assert book.take(seconds, 0, boot_seconds())
    spool = Spool(folder / FILE)
    spool.keep({"ledger": book.state()}, time.time(), this_boot())
    spool.close()


def gauges(ask: Callable[..., Any]) -> dict[str, float]:
    told = ask(None, "GET", "//metrics").text
    return {name: float(value) for name, value in re.findall(r"^posko_radio_airtime_(\w+) (\S+)$", told, re.M)}


def airtime(ask: Callable[..., Any]) -> Any:
    return ask("dispatcher", "GET", "/radio/log").json["airtime"]


def test_what_the_radio_keyed_is_gone_from_the_hour(ask: Callable[..., Any], settings: Settings) -> None:
    assert airtime(ask) == {"service": "lora_free", "limit_s": 36.0, "left_s": 36.0, "kept_s": 10.8}
    key(settings.data, 5.0)
    assert airtime(ask) == {"service": "lora_free", "limit_s": 36.0, "left_s": 31.0, "kept_s": 10.8}
    assert gauges(ask) == {"used_seconds": 5.0, "left_seconds": 31.0, "limit_seconds": 36.0}


def test_a_broken_spool_is_not_told_as_a_free_channel(ask: Callable[..., Any], settings: Settings) -> None:
    settings.data.mkdir(exist_ok=True)
    (settings.data / FILE).write_bytes(b"half a file " * 200)
    assert airtime(ask) is None
    assert gauges(ask) == {}


@pytest.mark.parametrize("service", ["rapi"])
def test_a_service_without_a_limit_is_named_and_has_no_gauge(ask: Callable[..., Any], settings: Settings) -> None:
    assert airtime(ask) == {"service": "rapi", "limit_s": None, "left_s": None, "kept_s": None}
    assert gauges(ask) == {}


def test_the_document_says_what_airtime_is(app: Any) -> None:
    told = app.test_client().get("/api/v1/openapi.json").json["paths"]["/api/v1/radio/log"]["get"]
    assert "kept_s" in told["description"]
