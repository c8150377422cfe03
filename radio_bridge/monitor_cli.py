"""`posko radio monitor`: every frame in words, live, from a port of its own or beside the running radio."""

import contextlib
import datetime as dt
import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import click

from incident.config import BadSettings, Settings, load_settings
from incident.post import utc_now
from radio_bridge.devices import make_device
from radio_bridge.errors import CannotSend
from radio_bridge.monitor import Monitor, sentence
from radio_bridge.ports import BadPort, LinkLost
from radio_bridge.rig import CENTRE, link_config
from radio_bridge.voice import tape

LOOK_S = 0.1
Frames = Iterator[list[dict[str, Any]]]


@click.command()
@click.option("--port", metavar="URL", help="Listen on this radio directly; the running radio is not asked.")
@click.option("--seconds", type=float, help="Stop after this time.")
@click.option("--past", is_flag=True, help="First what the running radio heard and sent lately.")
@click.option("--hex", "with_bytes", is_flag=True, help="Every byte too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for scripts.")
def monitor(port: str | None, seconds: float | None, past: bool, with_bytes: bool, as_json: bool) -> None:
    """Decode every frame in words: kind, from, to, counter, whether its seal is right or why not. Never transmits.

    \b
    Example: posko radio monitor
             posko radio monitor --past --seconds 0 --json
             posko radio monitor --port kiss+socket:127.0.0.1:8001
    """
    try:
        settings = load_settings()
        device = make_device(port or settings.radio, settings.data)
        reader = Monitor(link_config(settings.radio_key, CENTRE, "LISTEN", device))
        source = _from_port(device) if port else _from_tape(settings, past)
        show = _shower(settings, reader, with_bytes, as_json)
        with contextlib.suppress(KeyboardInterrupt):
            _watch(source, show, seconds)
    except (BadPort, BadSettings, CannotSend) as fault:
        raise click.UsageError(str(fault)) from fault
    except LinkLost as fault:
        raise click.ClickException(str(fault)) from fault


def _watch(source: Frames, show: Callable[[dict[str, Any]], None], seconds: float | None) -> None:
    until = None if seconds is None else time.monotonic() + seconds
    for frames in source:
        for one in frames:
            show(one)
        if until is not None and time.monotonic() >= until:
            return
        time.sleep(LOOK_S)


def _from_port(device: Any) -> Frames:
    with contextlib.closing(device):
        device.open()
        while True:
            now = utc_now().timestamp()
            yield [{"at": now, "way": "in", "frame": frame} for frame in device.read()]


def _from_tape(settings: Settings, past: bool) -> Frames:
    follower = tape.Follower(settings.data / tape.FILE, past)
    while True:
        yield follower.read()


def _shower(settings: Settings, reader: Monitor, with_bytes: bool, as_json: bool) -> Callable[[dict[str, Any]], None]:
    zone = ZoneInfo(settings.site.zone)

    def show(one: dict[str, Any]) -> None:
        told = reader.read(one["frame"], one["way"])
        at = dt.datetime.fromtimestamp(one["at"], zone)
        if as_json:
            more = {"hex": one["frame"].hex()} if with_bytes else {}
            click.echo(json.dumps({"at": at.isoformat(timespec="milliseconds"), **told, **more}))
            return
        click.echo(f"{at:%H.%M.%S}  {sentence(told)}")
        if with_bytes:
            click.echo(f"          {one['frame'].hex(' ')}")

    return show
