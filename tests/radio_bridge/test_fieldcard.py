"""The card a team carries on paper: from the tables that Posko obeys, read back from the PDF by another program."""

import datetime as dt
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from incident.config import BadSettings, Settings
from radio_bridge.card.facts import channels_of, moment_words
from radio_bridge.card.pdf import CannotPrint, pdf_of
from radio_bridge.card.sheet import Channel, Net, Team, card, watts
from radio_bridge.field.cli import field
from radio_bridge.field.spoken_words import SPELLING, TEN_CODE, number_words, spelled
from radio_bridge.field.words import KEYS
from radio_bridge.net.stations import add_station
from radio_bridge.profiles import get_profile, services
from radio_bridge.radiogram import STATUSES


def net(**more: Any) -> Net:
    channels = more.pop("channels", [Channel("Radio utama", get_profile("dinas"))])
    teams = more.pop("teams", [Team(12, "TRC-1", "TRC SATU")])
    hours = more.pop("roll_call", [dt.time(7), dt.time(17, 30)])
    return Net("BPBD Lombok Timur", 1, "POSKO", channels, teams, hours, "WITA", "22 Nov 2026 17.20 WITA", **more)


def text_of(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def pages_of(pdf: bytes) -> list[str]:
    return text_of(pdf).removesuffix("\f").split("\f")


def words_of(pdf: bytes) -> str:
    return " ".join(text_of(pdf).split())


@pytest.fixture(scope="module")
def printed() -> str:
    return words_of(pdf_of(card(net(own=Team(12, "TRC-1"))), "a5"))


def test_the_card_tells_who_we_are_and_how_to_call(printed: str) -> None:
    assert "TRC-1 (Tango Romeo Charlie strip satu)" in printed
    assert '"POSKO, di sini TRC-1, ganti."' in printed
    assert "*12#angka jawaban" in printed and 'Yang disebut "nol satu": tekan keduanya, *12#01.' in printed


def test_every_digit_and_every_key_stands_on_it(printed: str) -> None:
    for digit, words in STATUSES.items():
        assert f"{digit} {words}" in printed
    for key, does in KEYS:
        assert key.isdigit() or f"{key} {does}" in printed, printed


def test_the_hours_of_the_roll_call_the_emergency_and_what_to_do_alone_stand_on_it(printed: str) -> None:
    assert "07.00 WITA, 17.30 WITA" in printed
    assert "DARURAT (nyawa anggota terancam)" in printed and "tekan 0, lalu 0 sekali lagi" in printed
    assert "Bila pusat tidak terdengar" in printed
    assert "12 TRC-1 TRC SATU" in printed


@pytest.mark.slow
@pytest.mark.parametrize("service", services())
def test_the_law_of_each_channel_is_printed_from_its_profile(service: str) -> None:
    law = get_profile(service)
    words = words_of(pdf_of(card(net(channels=[Channel("Kanal kita", law, "143,550 MHz", "YB9ZZZ")])), "a5"))
    assert law.words in words and "143,550 MHz" in words and watts(law.power_dbm) in words
    assert ("YB9ZZZ tiap 10 menit" in words) == bool(law.identify_every_s)
    assert ("Ten-code" in words) == (law.content == "voice")
    assert ("Tombol terminal" in words) == (law.content != "voice")
    assert all((code in words) for code in TEN_CODE) == (law.content == "voice")


def test_where_nothing_is_known_a_line_is_left_to_write_on() -> None:
    words = words_of(pdf_of(card(net(roll_call=[], teams=[])), "a5"))
    assert "frekuensi ____" in words and "belum ditetapkan: ____" in words
    assert "Stasiun jaringan" not in words and "Regu ____" in words


def test_an_exercise_is_printed_large() -> None:
    assert "LATIHAN · KARTU LAPANGAN RADIO · LATIHAN" in text_of(pdf_of(card(net(exercise=True)), "a5"))


@pytest.mark.slow
def test_a_large_net_is_cut_with_a_word_and_its_paper_stays_three_leaves() -> None:
    many = [Team(number, f"TRC-{number % 16}", f"Satuan {number}") for number in range(1, 201)]
    rapi = Channel("RAPI", get_profile("rapi"), "143,550 MHz", "JZ21AB")
    card_of_all = card(net(teams=many, channels=[Channel("Radio utama", get_profile("amateur")), rapi]))
    small, folded = pdf_of(card_of_all, "a5"), pdf_of(card_of_all, "a4")
    assert "dan 140 stasiun lain" in text_of(small)
    assert (len(pages_of(small)), len(pages_of(folded))) == (4, 2)


def test_the_paper_has_the_size_it_was_asked_for(tmp_path: Path) -> None:
    for size, points in (("a5", "419.528 x 595.276"), ("a4", "841.89 x 595.276")):
        (tmp_path / "card.pdf").write_bytes(pdf_of(card(net()), size))
        told = subprocess.run(["pdfinfo", tmp_path / "card.pdf"], capture_output=True, text=True, check=True).stdout
        assert points in told


def test_words_with_strange_signs_are_printed_and_are_never_markup() -> None:
    words = words_of(pdf_of(card(net(teams=[Team(1, "TRC-1", "<b>Gempa</b> & 山")])), "a5"))
    assert "<b>Gempa</b> & ?" in words


def test_what_cannot_be_drawn_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CannotPrint, match="tidak dapat digambar"):
        pdf_of({"title": "x"}, "a5")


def test_call_signs_and_numbers_are_spelled() -> None:
    assert spelled("jz21ab") == "Juliet Zulu dua satu Alfa Bravo"
    assert number_words(120) == "satu dua nol"
    assert len(SPELLING) == 26


def test_channels_come_from_the_settings_and_a_slip_is_told(tmp_path: Path) -> None:
    given = {"radio": "kiss+socket:127.0.0.1:1?service=amateur&callsign=yb9zzz&freq=144,390 MHz"}
    main, rapi = channels_of(Settings(data=tmp_path, radio_channels="RAPI Lotim|rapi|143,550 MHz|jz21ab", **given))
    assert (main.profile.name, main.frequency, main.call_sign) == ("amateur", "144,390 MHz", "YB9ZZZ")
    assert (rapi.name, rapi.profile.name, rapi.call_sign) == ("RAPI Lotim", "rapi", "JZ21AB")
    with pytest.raises(BadSettings, match="no radio service"):
        channels_of(Settings(data=tmp_path, radio_channels="X|pramuka"))
    with pytest.raises(ValueError, match="NAME"):
        Settings(data=tmp_path, radio_channels="hanya nama")


def test_the_hour_is_written_in_the_zone_of_the_site() -> None:
    at = dt.datetime(2026, 8, 1, 16, 5, tzinfo=dt.UTC)
    assert moment_words(at, "Asia/Makassar") == "2 Agu 2026 00.05 WITA"


# over HTTP and from the command line


def test_the_card_of_a_station_comes_over_http_for_who_may_read_the_radio(post: Any, ask: Any) -> None:
    post.do(add_station, "cli", None, "TRC-7", None, 77)
    found = ask("coordinator", "GET", "/radio/card?station=trc-7&size=a4")
    assert found.status_code == 200 and found.mimetype == "application/pdf"
    assert "kartu-lapangan-TRC-7.pdf" in found.headers["Content-Disposition"]
    assert "*77#" in words_of(found.data)
    assert post.settings.radio_key not in text_of(found.data)
    assert ask("coordinator", "GET", "/radio/card").status_code == 200


def test_a_wrong_station_a_wrong_paper_and_a_stranger_get_no_card(post: Any, ask: Any) -> None:
    assert ask("coordinator", "GET", "/radio/card?station=XX-1").status_code == 404
    assert ask("coordinator", "GET", "/radio/card?size=a0").status_code == 422
    assert ask(None, "GET", "/radio/card").status_code == 401


def test_the_command_writes_the_card_and_names_a_station_it_does_not_know(
    post: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.do(add_station, "cli", None, "TRC-7", None, 77)
    environment = {"POSKO_DATABASE": post.settings.database, "POSKO_DATA": str(tmp_path)}
    done = CliRunner().invoke(field, ["card", str(tmp_path / "k.pdf"), "--station", "TRC-7"], env=environment)
    assert done.exit_code == 0, done.output
    assert "*77#" in words_of((tmp_path / "k.pdf").read_bytes())
    wrong = CliRunner().invoke(field, ["card", str(tmp_path / "x.pdf"), "--station", "XX-1"], env=environment)
    assert wrong.exit_code == 1 and "tidak terdaftar" in wrong.output
    assert not (tmp_path / "x.pdf").exists()


def test_a_terminal_still_wants_to_know_its_radio() -> None:
    done = CliRunner().invoke(field, [])
    assert done.exit_code == 2 and "--port" in done.output
