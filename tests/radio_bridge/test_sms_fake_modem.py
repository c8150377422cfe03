"""Our modem of tests is believed only because gammu believes it; and gammu reads what we write to the network."""

import datetime as dt
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from radio_bridge.sms import pdu
from radio_bridge.sms.alphabet import typed
from tests.radio_bridge.fake_modem import FakeModem, deliver


@pytest.fixture
def modem(tmp_path: Path) -> Iterator[FakeModem]:
    made = FakeModem(tmp_path / "usb-MODEM")
    yield made
    made.stop()


def gammu(modem: FakeModem, *words: str) -> str:
    """What Debian's gammu prints; it fails the test when it does not get along with the modem."""
    settings = modem.cable.link.with_suffix(".rc")
    settings.write_text(f"[gammu]\ndevice={modem.cable.link}\nconnection=at\n")
    ran = subprocess.run(["gammu", "-c", str(settings), *words], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.mark.slow
def test_gammu_knows_the_modem(modem: FakeModem) -> None:
    told = gammu(modem, "identify")
    assert "POSKO TEST" in told
    assert "FAKE-1" in told


@pytest.mark.slow
def test_gammu_sends_and_our_reader_of_the_network_understands(modem: FakeModem) -> None:
    gammu(modem, "sendsms", "TEXT", "+6281339990001", "-text", "Jembatan {Sakra} putus", "-report")
    (taken,) = modem.taken
    assert (taken.number, taken.text, taken.wants_report) == ("+6281339990001", "Jembatan {Sakra} putus", True)


@pytest.mark.slow
def test_gammu_reads_what_came_in(modem: FakeModem) -> None:
    modem.receive(deliver("+6281234567", "Air naik €5 [cepat]"))
    modem.receive(deliver("TELKOMSEL", "Pulsa habis"))
    modem.receive(deliver("+6281234568", "ꦱꦏꦿ banjir 🌊"))
    told = gammu(modem, "getallsms")
    assert "Air naik €5 [cepat]" in told
    assert '"TELKOMSEL"' in told
    assert "ꦱꦏꦿ banjir 🌊" in told


@pytest.mark.slow
@pytest.mark.parametrize("text", ["AWAS. Banjir di “Sakra”. " * 12, "Halo {x} €", "ꦱꦏꦿ 🌊 " * 40, "1"])
def test_gammu_reads_what_we_write(modem: FakeModem, text: str) -> None:
    """Our parts, laid into the SIM as sent messages: gammu joins them to the same text."""
    submits = pdu.submits("+6281234567", text, dt.timedelta(hours=2), 77)
    modem.store = {place: (3, one.hex) for place, one in enumerate(submits, start=1)}
    told = gammu(modem, "geteachsms")
    assert typed(text).strip() in told
    assert f"{len(submits)} SMS parts in 1 SMS sequences" in told
    assert '"+6281234567"' in told
