"""Every kind of radiogram, by every way out of a station, on every service: nothing forbidden reaches the air.

What is allowed is decided here a second time, from the words of the law and not from our own is_plain().
"""

import contextlib
import time
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from radio_bridge import radiogram as rg
from radio_bridge import wire
from radio_bridge.devices import make_device
from radio_bridge.errors import BadFrame, CannotSend
from radio_bridge.field.terminal import Terminal
from radio_bridge.framing import ax25
from radio_bridge.keyring import SharedKey
from radio_bridge.link import Link, Outgoing, Transmit
from radio_bridge.profiles import Profile, get_profile, services
from radio_bridge.radiogram import schema
from radio_bridge.rig import Rig, link_config
from radio_bridge.spool import Spool
from tests.radio_bridge.rigs import FAST, KEY, centre, wait_for
from tests.radio_bridge.test_link import Net, config, outgoing

RING = SharedKey(1, bytes(range(32)), 7)
PLACE = rg.Place(116.5, -8.6)
ONE_OF_EACH: dict[type, Any] = {
    rg.Alert: rg.Alert(1, 0, 0, 4, 3, 30, PLACE, True, "Tanggul jebol", (1, 2, 3), 700),
    rg.Cancel: rg.Cancel(1, 1, 0, 30, True, (1, 2), 700),
    rg.RollCall: rg.RollCall(2, 3, (1, 2), 700),
    rg.Ack: rg.Ack(1, 0, rg.Level.SEEN, (1, 2)),
    rg.Receipt: rg.Receipt(7),
    rg.Status: rg.Status(0, 1, True, 7),
    rg.Position: rg.Position(PLACE, 3, False, 7),
    rg.Text: rg.Text("Air 2 m, perahu perlu", 1, False, 7),
    rg.Time: rg.Time(1_790_000_000),
    rg.Key: rg.Key(9, (3,), (0,), "ab" * 64),
    rg.Fragment: rg.Fragment(7, 0, 2, 4660, b"\x01\xff" * 20),
    rg.Missing: rg.Missing(7, 4660, (0, 2)),
}


def is_allowed(law: Profile, carrier: str, frame: bytes) -> bool:
    """The law once more: on a voice channel no frame; on an amateur channel letters that any APRS radio shows."""
    if law.content != "plain":
        return law.content == "binary"
    content = ax25.parse(frame).content if carrier == "ax25" else frame
    words = content.decode("utf-8", "replace")
    head = words.startswith((":BLN1POSKO:", ">DE "))
    return head and "\ufffd" not in words and all(ord(sign) >= 32 and ord(sign) != 127 for sign in words)


def test_there_is_one_of_each() -> None:
    assert set(ONE_OF_EACH) == set(schema.TYPE_NUMBERS)


@pytest.mark.parametrize("carrier", ["ax25", "bare"])
@pytest.mark.parametrize("service", services())
@pytest.mark.parametrize("kind", schema.TYPE_NUMBERS, ids=lambda kind: kind.__name__)
def test_what_is_sealed_for_a_service_is_allowed_there_and_what_is_sealed_for_another_does_not_pass(
    kind: type, service: str, carrier: str
) -> None:
    law = get_profile(service)
    for other in (get_profile(name) for name in services()):
        try:
            sealed = wire.seal(other, ONE_OF_EACH[kind], RING, 0, 255, 70_001)
        except CannotSend:
            assert other.content != "binary" or kind is rg.Key
            continue
        frame = ax25.ui("YB9ZZZ", "POSKO", sealed) if carrier == "ax25" else sealed
        assert wire.may_pass(law, carrier, frame) == is_allowed(law, carrier, frame)
        assert law.content == "binary" or other.content == law.content or not wire.may_pass(law, carrier, frame)


def every_way_out(law: Profile, seed: int) -> Net:
    """Alerts with persons' answers, repeats, gossip and confirmations, roll-calls, cancels, words of any length, times.

    What the channel does not take is refused by its own link, as an order from a room would be.
    """
    net = Net(6, seed, loss=0.3, profile=law)
    net.press_after_s = 15
    all_six = tuple(range(1, 7))
    wanted: list[tuple[float, int, str, Any, tuple[int, ...], int]] = [
        (0, 0, "a", replace(ONE_OF_EACH[rg.Alert], roster=(), slot_ms=0), all_six, 0),
        (90, 0, "b", replace(ONE_OF_EACH[rg.Cancel], roster=(), slot_ms=0), all_six, 0),
        (150, 0, "r", rg.RollCall(9), all_six, 3),
        (200, 0, "t", rg.Text("Logistik di kantor camat"), (2,), 3),
        (210, 0, "long", rg.Text("Jembatan Dasan Lekong putus, putar lewat Selong. " * 12), (3,), 3),
        (215, 0, "clock", rg.Time(1_790_000_000), (), 3),
        (220, 1, "s", rg.Status(3), (0,), 2),
        (230, 2, "m", rg.Status(0), (0,), 0),
        (240, 3, "p", rg.Position(PLACE), (0,), 3),
        (250, 4, "w", rg.Text("BUTUH BANTUAN @ -8.6000,116.5000"), (0,), 1),
        (260, 0, "k", rg.Key(9, (3,), (0,), "ab" * 64), all_six, 0),
    ]
    for at, station, uid, words, to, priority in wanted:
        order = outgoing(uid, words, to, priority, at + 900)
        net.at(at, lambda station=station, order=order: _try(net, order, station))
    net.run(1500)
    return net


def _try(net: Net, order: Outgoing, station: int) -> None:
    try:
        net.send(order, station)
    except (CannotSend, BadFrame):
        return


def kinds_on_air(law: Profile, net: Net) -> set[str]:
    """What went by: type numbers of packed frames, first words of lines."""
    contents = [ax25.parse(flight.frame) for flight in net.flights]
    if law.content == "binary":
        return {str(one.content[0] & 15) for one in contents if one.destination == "POSKO"}
    words = [one.content.decode().removeprefix(":BLN1POSKO:").removeprefix("LATIHAN ").split()[0] for one in contents]
    return set(words)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("service", services())
def test_of_a_whole_net_that_says_everything_nothing_forbidden_is_on_the_air(service: str, seed: int) -> None:
    law = get_profile(service)
    net = every_way_out(law, seed)
    for flight in net.flights:
        assert is_allowed(law, "ax25", flight.frame) and wire.may_pass(law, "ax25", flight.frame)
        assert flight.ends - flight.begins <= law.longest_key_up_s
    said = kinds_on_air(law, net)
    if law.content == "voice":
        assert net.flights == []
    elif law.content == "plain":
        assert {"AWAS", "BATAL", "ABSEN", "OK", "TERIMA", "STATUS", "POSISI", "PESAN", "JAM", ">DE"} <= said
    else:
        numbers = (rg.Alert, rg.Cancel, rg.RollCall, rg.Ack, rg.Receipt, rg.Status, rg.Position, rg.Text, rg.Time)
        assert {str(schema.TYPE_NUMBERS[kind]) for kind in numbers} <= said


@pytest.mark.slow
@pytest.mark.parametrize("service", services())
def test_of_all_that_a_field_terminal_can_say_nothing_forbidden_is_on_the_air(service: str, tmp_path: Path) -> None:
    """Through the real rig, with somebody else's ear on the channel."""
    law, url = get_profile(service), f"loopback:{tmp_path / 'air'}{FAST}&callsign=YB9ZZZ"
    device = make_device(f"{url}&service={service}", tmp_path)
    spool, ear, heard = Spool(tmp_path / "field.db"), make_device(url, tmp_path), []
    terminal = Terminal(device, link_config(KEY, 1, "TRC-1", device), spool, lambda _: None)
    terminal.start()
    wait_for(lambda: terminal.rig.port.is_open)
    ear.open()
    terminal.stand_at(116.5, -8.6)
    ways = (
        lambda: terminal.report(3), lambda: terminal.report(0), terminal.ask_for_help, terminal.tell_place,
        lambda: terminal.say("air naik, perahu perlu"),
    )  # fmt: skip
    for say in ways:
        with contextlib.nullcontext() if law.content != "voice" else pytest.raises(CannotSend, match="Only people"):
            say()
    if law.content != "voice":
        wait_for(lambda: heard.extend(ear.read()) or len(heard) >= len(ways))
    else:
        time.sleep(1.0)
        heard += ear.read()
    queued = terminal.outbox()
    terminal.stop()
    spool.close()
    ear.close()
    assert all(is_allowed(law, "ax25", frame) for frame in heard)
    assert bool(heard) == (law.content != "voice")
    assert len(queued) == (0 if law.content == "voice" else len(ways))


@pytest.mark.slow
@pytest.mark.parametrize("service", services())
def test_a_rig_whose_link_went_mad_keys_nothing_forbidden(service: str, tmp_path: Path) -> None:
    """Whatever a fault hands to the last door: packed, plain, half, empty, foreign."""
    law, url = get_profile(service), f"loopback:{tmp_path / 'air'}{FAST}&callsign=YB9ZZZ"
    random, ear = Random(5), make_device(url, tmp_path)
    with centre(f"{url}&service={service}", tmp_path) as (rig, spool):
        assert isinstance(rig, Rig)
        wait_for(lambda: rig.port.is_open)
        ear.open()
        frames = [ax25.ui("YB9ZZZ", "POSKO", random.randbytes(random.randint(1, 60))) for _ in range(30)]
        frames += [b"", b"AWAS", ax25.ui("YB9ZZZ", "POSKO", b":BLN1POSKO:AWAS \x07"), ax25.ui("YB9ZZZ", "ID", b"\xff")]
        for frame in frames:
            rig._key(Transmit(frame, 0.01))
        if law.content == "binary":
            wait_for(ear.read)
        else:
            time.sleep(0.3)
            assert ear.read() == []
        barred = spool.tallies().get("barred", 0)
        ear.close()
    assert barred == (0 if law.content == "binary" else len(frames))


def test_a_station_that_only_listens_on_a_voice_channel_answers_nothing_at_all() -> None:
    asking, field = Link(config(0), None, Random(1)), Link(config(1, profile=get_profile("rapi")), None, Random(1))
    for kind, words in ONE_OF_EACH.items():
        if kind in (rg.Alert, rg.RollCall):
            events = asking.send(outgoing(kind.__name__, replace(words, roster=(), slot_ms=0), (1,)), 0.0)
            for event in [one for one in events if isinstance(one, Transmit)]:
                field.heard(event.frame, 1.0)
    assert [event for at in range(2, 400) for event in field.tick(float(at)) if isinstance(event, Transmit)] == []
