"""A sealed frame is believed once, as it was sent, from someone with the key; or not at all."""

import json
import re
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radio_bridge import radiogram as rg
from radio_bridge import wordcode
from radio_bridge.errors import BadFrame
from radio_bridge.framing import ax25, kiss, posko
from radio_bridge.link import STATES
from radio_bridge.radiogram import schema

KEY, EPOCH = bytes(range(32)), 7
HEADER = posko.Header(type=1, net=1, source=3, destination=255)
KEYS = {1: KEY}
BYTE = st.integers(0, 255)


def sealed(counter: int, content: bytes = b"lahar") -> bytes:
    return posko.seal(HEADER, content, KEY, EPOCH, counter)


def kind_of(frame: bytes, window: posko.ReplayWindow | None = None) -> str:
    with pytest.raises(BadFrame) as bad:
        posko.open_frame(frame, KEYS, window or posko.ReplayWindow(EPOCH))
    return bad.value.kind


@given(
    st.integers(0, 15), BYTE, BYTE, BYTE, st.binary(max_size=200), st.integers(0, 0xFFFFFF), st.integers(0, 2**32 - 1)
)
def test_a_frame_opens_as_it_was_sealed(
    kind: int, net: int, source: int, destination: int, content: bytes, counter: int, epoch: int
) -> None:
    header = posko.Header(kind, net, source, destination)
    frame = posko.seal(header, content, KEY, epoch, counter)
    assert posko.open_frame(frame, {net: KEY}, posko.ReplayWindow(epoch)) == posko.Opened(header, counter, content)
    assert len(frame) == 12 + len(content)


def test_each_fault_has_its_name() -> None:
    frame = sealed(1)
    assert kind_of(frame[:11]) == "short"
    assert kind_of(b"\x21" + frame[1:]) == "version"
    assert kind_of(frame[:1] + b"\x02" + frame[2:]) == "net"
    assert kind_of(frame[:-1] + bytes((frame[-1] ^ 1,))) == "mac"
    assert kind_of(frame + b"\x00") == "mac"
    assert kind_of(frame, posko.ReplayWindow(EPOCH + 1)) == "mac"


@pytest.mark.slow
def test_ten_thousand_mutations_are_all_refused() -> None:
    random, frame, window = Random(1), sealed(5), posko.ReplayWindow(EPOCH)
    window.use(3, 4)
    for _ in range(10_000):
        mutated = bytearray(frame)
        for _ in range(random.randint(1, 4)):
            mutated[random.randrange(len(mutated))] ^= random.randint(1, 255)
        if bytes(mutated) != frame:
            assert kind_of(bytes(mutated), window) in ("version", "net", "mac")


def test_a_frame_heard_again_is_a_replay() -> None:
    window = posko.ReplayWindow(EPOCH)
    posko.open_frame(sealed(9), KEYS, window)
    assert kind_of(sealed(9), window) == "replay"


def test_a_replay_is_known_after_a_restart() -> None:
    window = posko.ReplayWindow(EPOCH)
    posko.open_frame(sealed(9), KEYS, window)
    restored = posko.ReplayWindow.from_dict(json.loads(json.dumps(window.to_dict())))
    assert restored == window
    assert kind_of(sealed(9), restored) == "replay"


def test_frames_may_overtake_each_other_within_the_window() -> None:
    window = posko.ReplayWindow(EPOCH)
    for counter in (100, 98, 99, 37, 101):
        assert posko.open_frame(sealed(counter), KEYS, window).counter == counter
    assert kind_of(sealed(37), window) == "replay"
    assert kind_of(sealed(36), window) == "replay"


@given(st.lists(st.integers(0, 200), max_size=60))
def test_the_window_never_passes_a_counter_twice(counters: list[int]) -> None:
    window, passed = posko.ReplayWindow(EPOCH), []
    for counter in counters:
        if window.fresh(3, counter):
            window.use(3, counter)
            passed.append(counter)
    assert len(passed) == len(set(passed))


@pytest.mark.parametrize(
    "last, now", [(0xFFFF, 0x10000), (0x1FFF0, 0x20010), (5, 200_000), (5, 2_000_000), (0x30000, 0x2FFFF)]
)
def test_the_full_counter_is_found_from_its_low_half(last: int, now: int) -> None:
    window = posko.ReplayWindow(EPOCH)
    posko.open_frame(sealed(last), KEYS, window)
    assert posko.open_frame(sealed(now), KEYS, window).counter == now


def test_a_station_never_heard_before_may_have_counted_far() -> None:
    assert posko.open_frame(sealed(16_000_000), KEYS, posko.ReplayWindow(EPOCH)).counter == 16_000_000


@settings(max_examples=200)
@given(st.binary(max_size=80))
def test_noise_is_never_believed(noise: bytes) -> None:
    assert kind_of(noise) in ("short", "version", "net", "mac")


PAGE = (Path(__file__).parents[2] / "docs" / "radio.md").read_text()
VECTORS = re.findall(r"^\| ([^|]+) \| `([A-Z]\w+\(.*\))` \| (\d+) \| `([0-9a-f]+)` \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("name, value, counter, frame", VECTORS, ids=[vector[0] for vector in VECTORS])
def test_the_page_and_the_code_agree_on_every_frame(name: str, value: str, counter: str, frame: str) -> None:
    radiogram = eval(value, vars(rg))  # our own page
    number, content = schema.encode(radiogram)
    raw = bytes.fromhex(frame)
    assert posko.seal(posko.Header(number, 1, raw[2], raw[3]), content, KEY, EPOCH, int(counter)) == raw
    opened = posko.open_frame(raw, KEYS, posko.ReplayWindow(EPOCH))
    # An ack quotes only the low bits of the alert's number: compare what is said, not how it was written here.
    assert (schema.encode(schema.decode(opened.header.type, opened.content)), opened.counter) == (
        (number, content),
        int(counter),
    )


@pytest.mark.parametrize("form", schema.SCHEMA, ids=lambda form: form.kind.__name__)
def test_the_page_prints_the_schema(form: schema.Form) -> None:
    assert f"\n| {form.number} | {form.kind.__name__} | {form.says()} |\n" in PAGE


def test_the_page_shows_every_kind_of_radiogram() -> None:
    assert {value.split("(")[0] for _, value, _, _ in VECTORS} == {kind.__name__ for kind in schema.TYPE_NUMBERS}


def test_the_page_shows_the_ack_as_it_goes_to_the_modem() -> None:
    (wire,) = re.findall(r"```kiss\n([0-9a-f]+)\n```", PAGE)
    seen = next(bytes.fromhex(sealed) for name, _, _, sealed in VECTORS if name == "Ack, seen")
    (frame,) = kiss.KissDecoder().feed(bytes.fromhex(wire))
    assert ax25.parse(frame) == ax25.Ui("TRC-1", "POSKO", (), seen)


def test_the_page_prints_the_table_of_states() -> None:
    for state, row in STATES.items():
        assert f"| {state} | {' | '.join(row.values())} |" in PAGE


def test_the_page_prints_the_word_lists() -> None:
    assert [book.split() for book in re.findall(r"```words\n(.*?)```", PAGE, re.DOTALL)] == [
        wordcode.SHORT,
        wordcode.LONG,
    ]


@pytest.mark.parametrize("table", [rg.TYPES, rg.ACTIONS, rg.STATUSES])
def test_the_page_prints_every_code(table: dict[int, str]) -> None:
    assert ", ".join(f"{code} {words}" for code, words in table.items()) in PAGE
