"""Plain words: what goes on an amateur channel can be read by anybody, and still be believed or not."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radio_bridge import plain
from radio_bridge import radiogram as rg
from radio_bridge.devices import make_device
from radio_bridge.errors import BadFrame, CannotSend
from radio_bridge.framing import ax25, posko
from radio_bridge.plain import vocabulary
from radio_bridge.radiogram import schema
from radio_bridge.rig import Rig, link_config
from radio_bridge.spool import Spool

KEY, EPOCH = bytes(range(32)), 7
TWENTY = tuple(range(1, 21))

whole = st.integers
places = st.builds(
    lambda lon, lat: rg.Place(round(lon / 1e4, 4), round(lat / 1e4, 4)), whole(940000, 1420000), whole(-120000, 70000)
)
rosters = st.sets(whole(0, 200), max_size=40).map(lambda stations: tuple(sorted(stations)))
few = st.sets(whole(0, 99), max_size=12).map(lambda stations: tuple(sorted(stations)))
slots = whole(0, 255).map(lambda steps: steps * rg.SLOT_STEP_MS)
texts = st.text(st.characters(exclude_categories=("C", "Z")) | st.sampled_from(" \n|~{<>7EA"), max_size=20)
refs, flags, numbers = whole(0, 65535), st.booleans(), whole(0, 65535)
maybe_refs = st.none() | refs
radiograms = st.one_of(
    st.builds(
        rg.Alert, refs, whole(0, 63), whole(0, 3), whole(0, 63), whole(0, 31), whole(1, 2047), st.none() | places,
        flags, texts, rosters, slots, flags,
    ),
    st.builds(rg.Cancel, refs, whole(0, 63), whole(0, 3), whole(1, 2047), flags, rosters, slots, flags),
    st.builds(rg.Ack, refs, whole(0, 63), st.sampled_from(rg.Level), rosters),
    st.builds(rg.Receipt, numbers),
    st.builds(rg.Status, whole(0, 9), maybe_refs, flags, numbers),
    st.builds(rg.Position, places, whole(0, 255), flags, numbers),
    st.builds(rg.Text, texts, maybe_refs, flags, numbers),
    st.builds(rg.RollCall, refs, whole(0, 3), rosters, slots, flags, flags),
    st.builds(rg.Time, whole(0, 2**32 - 1)),
    st.builds(rg.Key, refs, few, few, st.binary(min_size=64, max_size=64).map(bytes.hex)),
    st.builds(
        lambda number, part, more, *rest: rg.Fragment(number, part, min(part + more, 31), *rest),
        numbers, whole(0, 31), whole(0, 31), numbers, texts.filter(bool).map(str.encode), st.just(False), maybe_refs,
        flags,
    ),
    st.builds(rg.Missing, numbers, numbers, st.sets(whole(0, 31), min_size=1).map(lambda parts: tuple(sorted(parts)))),
)  # fmt: skip


def said(words: Any, source: int = 0, to: int = rg.ALL, counter: int = 70001, key: bytes = KEY) -> bytes:
    return plain.seal(words, 1, source, to, key, EPOCH, counter)


def heard(frame: bytes, window: posko.ReplayWindow | None = None) -> Any:
    return plain.open_line(frame, {1: KEY}, window or posko.ReplayWindow(EPOCH))


def kind_of(frame: bytes, window: posko.ReplayWindow | None = None) -> str:
    with pytest.raises(BadFrame) as bad:
        heard(frame, window)
    return bad.value.kind


@pytest.mark.slow
@settings(max_examples=500)
@given(radiograms, whole(0, 200), whole(0, 255), whole(0, 0xFFFFFF))
def test_every_radiogram_is_read_as_it_was_written(words: Any, source: int, to: int, counter: int) -> None:
    line = said(words, source, to, counter)
    opened, again = heard(line)
    assert again == words
    assert (opened.header, opened.counter) == (
        posko.Header(schema.TYPE_NUMBERS[type(words)], 1, source, to),
        counter,
    )
    assert plain.is_plain(line)


@given(radiograms, st.data())
def test_no_part_of_a_roster_takes_more_room_than_was_reckoned(words: Any, pick: st.DataObject) -> None:
    roster = "also" if isinstance(words, rg.Ack) else "roster"
    fewer = words
    if stations := getattr(words, roster, ()):
        some = tuple(sorted(pick.draw(st.sets(st.sampled_from(stations)))))
        fewer = replace(words, **{roster: some})
    assert len(said(fewer, 200, 200)) <= plain.bytes_on_air(words)


def test_an_alert_reads_like_a_sentence_and_any_aprs_radio_shows_it_whole() -> None:
    alert = rg.Alert(1234, 0, 1, 19, 3, 45, None, False, "Jumoyo", TWENTY, 700)
    line = said(alert).removeprefix(plain.BULLETIN).decode()
    assert re.fullmatch(r"AWAS 1234\.0 P1 LAHAR EVAK 45M R1-20 S35 0>\* 11171 : Jumoyo =[A-Z2-9]{4}", line)
    assert len(line) <= plain.APRS_SHOWS
    ack = said(rg.Ack(1234, 0, rg.Level.SEEN), 14, 0).removeprefix(plain.BULLETIN).decode()
    assert ack.startswith("OK 1234.0 DILIHAT 14>0 11171 =")


def test_an_exercise_is_the_first_word() -> None:
    assert said(rg.Status(3, None, True)).removeprefix(plain.BULLETIN).startswith(b"LATIHAN STATUS 3 ")


def test_a_scattered_roster_is_written_in_bits_so_that_a_bad_round_still_fits() -> None:
    odd = tuple(range(1, 40, 2))
    assert b" R1/AAAAAAAAAA " in said(rg.RollCall(9, 3, odd))
    assert b" R1-3,9 " in said(rg.RollCall(9, 3, (1, 2, 3, 9)))


@pytest.mark.parametrize("text", ["awas\x1b[2J", "\u202e", "\ud800", "x" * 250, "~" * 60, "\u00e9" * 120])
def test_what_the_channel_cannot_carry_is_refused_and_never_cut(text: str) -> None:
    with pytest.raises(CannotSend):
        said(rg.Text(text))
    with pytest.raises(CannotSend):
        plain.bytes_on_air(rg.Text(text))


@pytest.mark.parametrize("text", ["a\nb", "pipa | dua", "{ref", "kira-kira ~5", "<7E> <7E~", "<3C>3C><A>\n", "<<|>"])
def test_signs_that_aprs_takes_for_its_own_are_written_out_and_read_back(text: str) -> None:
    line = said(rg.Text(text))
    assert not set(line.decode()) & set("|~{\n")
    assert heard(line)[1] == rg.Text(text)


@given(st.text(st.sampled_from("<>3C7BDEA|~{\n x")))
def test_whatever_is_written_out_is_read_back_the_same(text: str) -> None:
    assert vocabulary.read_back(vocabulary.written_out(text)) == text


@pytest.mark.parametrize("first", [0x88, 0x50, 0x00])
def test_a_signature_may_begin_like_a_roster(first: int) -> None:
    """In base 32 it begins with R, K or A."""
    for out, commanders in (((), (0,)), ((), ()), ((7,), ())):
        key = rg.Key(2, out, commanders, bytes((first, *range(63))).hex())
        assert heard(said(key))[1] == key


def test_a_part_of_a_text_ends_between_two_letters_here() -> None:
    with pytest.raises(CannotSend, match="between two"):
        said(rg.Fragment(1, 0, 0, 0, "\u00e9".encode()[:1]))
    with pytest.raises(CannotSend, match="can read"):
        said(rg.Fragment(1, 0, 0, 0, b"x", coded=True))


def test_a_number_that_is_none_is_refused() -> None:
    for ack in (rg.Ack(-1, 0, rg.Level.SEEN), rg.Ack(65536, 0, rg.Level.SEEN), rg.Ack(1, 64, rg.Level.SEEN)):
        with pytest.raises(CannotSend):
            said(ack)


def test_each_fault_has_its_name() -> None:
    line, window = said(rg.Text("air naik"), 3), posko.ReplayWindow(EPOCH)
    assert kind_of(b"\x11\x01\x00\xff") == "version"
    assert kind_of(line.replace(b"3>*", b"250>*")) == "version"
    assert kind_of(line.replace(b"naik", b"NAIK")) == "mac"
    assert kind_of(line[:-1]) == "version"
    assert kind_of(said(rg.Text("air naik"), key=b"x" * 32)) == "mac"
    heard(line, window)
    assert kind_of(line, window) == "replay"


@pytest.mark.parametrize(
    "line",
    [
        "OK 1.0 TAHU 3>0 1",
        "ok 1.0 HADIR 3>0 1",
        "OK 01.0 HADIR 3>0 1",
        "OK -1.0 HADIR 3>0 1",
        "LATIHAN OK 1.0 HADIR 3>0 1",
        "OK 1.0 HADIR 3>0 1 : x",
        "STATUS 11 4 3>0 1",
        "AWAS 1.0 P1 J4 EVAK 5M 0>* 1",
        "AWAS 1.0 P1 BANJIR EVAK 5M R2-1 0>* 1",
        "AWAS 1.0 P1 BANJIR EVAK 5M R1-999999999 0>* 1",
        "AWAS 1.0 P1 BANJIR EVAK 5M @nan,nan 0>* 1",
        "AWAS 1.0 P1 BANJIR EVAK 5M S99999 0>* 1",
        "JAM \u0663 0>* 1",
    ],
)
def test_a_genuine_line_that_we_would_not_write_so_means_nothing(line: str) -> None:
    check = plain._check(line, 1, KEY, EPOCH, 1)
    assert kind_of(plain.BULLETIN + f"{line} ={check}".encode()) == "meaning"


@settings(max_examples=300)
@given(st.binary(max_size=80), st.booleans())
def test_noise_is_never_believed(noise: bytes, headed: bool) -> None:
    assert kind_of(plain.BULLETIN * headed + noise) in ("version", "mac")


def test_ten_thousand_mutations_are_all_refused() -> None:
    random, line = Random(1), said(rg.Ack(4711, 0, rg.Level.SEEN), 2, 0)
    window = posko.ReplayWindow(EPOCH)
    window.use(2, 70000)
    for _ in range(10_000):
        mutated = bytearray(line)
        for _ in range(random.randint(1, 3)):
            mutated[random.randrange(len(plain.BULLETIN), len(mutated))] = random.choice(b"ABCXYZ 0123456789>.=")
        if bytes(mutated) != line:
            assert kind_of(bytes(mutated), window) in ("version", "mac")


def test_there_is_a_word_for_every_code() -> None:
    assert len(vocabulary.TYPE_WORDS) == len(rg.TYPES) == len(set(vocabulary.TYPE_WORDS))
    assert len(vocabulary.ACTION_WORDS) == len(rg.ACTIONS) == len(set(vocabulary.ACTION_WORDS))
    assert len(set(plain.LETTERS)) == 32


def test_somebody_elses_program_reads_the_line_as_an_aprs_bulletin(tmp_path: Path) -> None:
    """decode_aprs comes with direwolf and shares no line with us."""
    alert = rg.Alert(1234, 0, 1, 19, 3, 45, None, False, "Jumoyo", TWENTY, 700)
    frame = ax25.parse(ax25.ui("YB9ZZZ-1", ax25.DESTINATION, said(alert)))
    (tmp_path / "heard.txt").write_bytes(f"{frame.source}>{frame.destination}:".encode() + frame.content + b"\n")
    run = subprocess.run(
        ["decode_aprs", "heard.txt"], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    told = re.sub(r"\x1b\[[0-9;]*m", "", run.stdout)
    assert 'APRS Message  for "BLN1POSKO"' in told
    assert frame.content.decode().removeprefix(plain.BULLETIN.decode()) in told.splitlines()


PAGE = (Path(__file__).parents[2] / "docs" / "radio.md").read_text()
VECTORS = re.findall(
    r"^\| ([^|]+) \| `([A-Z]\w+\(.*\))` \| (\d+) \| `([A-Z]+ .* =[A-Z2-9]{4})` \|$", PAGE, re.MULTILINE
)


@pytest.mark.parametrize("name, value, counter, line", VECTORS, ids=[vector[0] for vector in VECTORS])
def test_the_page_and_the_code_agree_on_every_line(name: str, value: str, counter: str, line: str) -> None:
    words = eval(value, vars(rg))  # our own page
    opened, again = heard(plain.BULLETIN + line.encode())
    assert (again, opened.counter) == (words, int(counter))
    assert said(words, opened.header.source, opened.header.destination, int(counter)) == plain.BULLETIN + line.encode()


def test_the_page_shows_every_kind_of_line_and_every_word() -> None:
    assert {value.split("(")[0] for _, value, _, _ in VECTORS} == {kind.__name__ for kind in schema.TYPE_NUMBERS}
    for words in (vocabulary.TYPE_WORDS, vocabulary.ACTION_WORDS, vocabulary.LEVEL_WORDS):
        assert ", ".join(words) in PAGE
    assert plain.LETTERS in PAGE


@pytest.mark.parametrize(
    ("register", "kind"),
    [
        ({3: "TRC-3"}, ""),  # the line comes under the call sign of the licence, not the one in our register
        ({3: "TRC-3", 76: "TRC-76"}, ""),  # 76 is the letter L of ":BLN1POSKO:", the third of every line
        ({3: "TRC-3", 76: None}, ""),
        ({3: None}, "revoked"),
    ],
)
def test_the_source_of_a_line_is_read_from_its_envelope_and_only_a_revoked_one_is_refused(
    tmp_path: Path, register: dict[int, str | None], kind: str
) -> None:
    device = make_device(f"loopback:{tmp_path}/air?service=amateur&callsign=YB9ZZZ", tmp_path)
    spool = Spool(tmp_path / "s.db")
    rig = Rig(device, link_config(KEY[:16].hex(), 0, "POSKO", device), spool)
    rig.callsigns = register
    line = plain.seal(rg.Status(0, number=1), 1, 3, 0, KEY, EPOCH, 5)
    assert rig._impostor(ax25.ui("YB9AAA-3", "POSKO", line)) == kind
    rig._bell.close()
    spool.close()
