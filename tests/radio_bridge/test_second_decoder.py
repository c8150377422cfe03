"""docs/radio.md lets a stranger build a receiver: one was built from it, and it understands every frame of ours."""

import ast
import re
from dataclasses import fields
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radio_bridge import plain
from radio_bridge import radiogram as ours
from radio_bridge.errors import BadFrame
from radio_bridge.framing import ax25, kiss, posko
from tests.radio_bridge.second_decoder import Receiver, Refused, stations_of, unax25, unkiss
from tests.radio_bridge.test_plain import radiograms
from tests.radio_bridge.test_posko_frame import PAGE, VECTORS

KEY = bytes(range(32))
MESSAGES = (Path(plain.__file__).parent / "bench_messages.txt").read_text().splitlines()


def stranger(epoch: int = 7) -> Receiver:
    return Receiver(PAGE, KEY, 1, epoch)


def as_told(words: Any) -> dict[str, Any]:
    """Our radiogram as the stranger would tell it; an ack carries only the low bits of its alert."""
    told = {"is": type(words).__name__} | {field.name: getattr(words, field.name) for field in fields(words)}
    if isinstance(words, ours.Ack):
        told |= {"ref": words.ref & 0x7FF, "revision": words.revision & 7}
    for name in ("roster", "also"):
        if name in told:
            told[name] = list(told[name])
    if told.get("place"):
        told["place"] = (told["place"].lon, told["place"].lat)
    return told


def sealed(words: Any, counter: int = 1, source: int = 3, to: int = 255, key: bytes = KEY) -> bytes:
    number, content = ours.encode(words)
    return posko.seal(posko.Header(number, 1, source, to), content, key, 7, counter)


def test_the_stranger_knows_nothing_of_our_code() -> None:
    tree = ast.parse((Path(__file__).parent / "second_decoder.py").read_text())
    named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert named == {"hashlib", "hmac", "re", "typing"}


@pytest.mark.parametrize("name, value, counter, frame", VECTORS, ids=[vector[0] for vector in VECTORS])
def test_it_reads_every_vector_of_the_page(name: str, value: str, counter: str, frame: str) -> None:
    raw = bytes.fromhex(frame)
    assert stranger().hear(raw) == (raw[2], raw[3], int(counter), as_told(eval(value, vars(ours))))  # our own page


@settings(max_examples=400, deadline=None)
@given(radiograms, st.integers(0, 200), st.integers(0, 255), st.integers(0, 0xFFFFFF))
def test_it_reads_whatever_we_send(words: Any, source: int, to: int, counter: int) -> None:
    assert stranger().hear(sealed(words, counter, source, to)) == (source, to, counter, as_told(words))


@pytest.mark.parametrize("shape", [str, str.upper, str.title, str.lower])
def test_it_reads_two_hundred_real_messages_in_any_case(shape: Any) -> None:
    receiver = stranger()
    for counter, line in enumerate(MESSAGES):
        words = ours.Text(shape(line))
        assert receiver.hear(sealed(words, counter))[3]["text"] == words.text


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*"aA .,!\u00e9\n", "air", "Air", "AIR", "memakai", "rumahnya", "DI", "posko"])))
def test_it_puts_the_spaces_where_we_do(pieces: list[str]) -> None:
    words = ours.Text("".join(pieces))
    assert stranger().hear(sealed(words))[3]["text"] == words.text


def test_it_hears_us_through_kiss_and_ax25() -> None:
    (wire,) = re.findall(r"```kiss\n([0-9a-f]+)\n```", PAGE)
    (frame,) = unkiss(bytes.fromhex(wire))
    source, destination, content = unax25(frame)
    assert (source, destination) == ("TRC-1", "POSKO")
    assert stranger().hear(content)[2:] == (12, as_told(ours.Ack(4711, 2, ours.Level.SEEN)))
    ugly = ax25.ui("YB9ZZZ-15", "POSKO", bytes((0xC0, 0xDB, 0xDC)), ("RELAY-1", "WIDE2"))
    assert [unax25(one) for one in unkiss(kiss.encode(ugly))] == [("YB9ZZZ-15", "POSKO", b"\xc0\xdb\xdc")]


def test_it_believes_and_refuses_the_same_frames_as_we_do() -> None:
    random, theirs, mine = Random(1), stranger(), posko.ReplayWindow(7)
    counter = 60_000
    for _ in range(3000):
        counter = max(0, counter + random.choice((-70, -3, 0, 1, 1, 1, 5, 40_000)))
        frame = bytearray(sealed(ours.Status(random.randrange(10), None, False, random.randrange(9)), counter))
        if random.random() < 0.2:
            frame[random.randrange(len(frame))] ^= random.randint(1, 255)
        try:
            opened = posko.open_frame(bytes(frame), {1: KEY}, mine)
            said: object = (opened.counter, as_told(ours.decode(opened.header.type, opened.content)))
        except BadFrame as bad:
            said = bad.kind
        try:
            heard: object = theirs.hear(bytes(frame))[2:]
        except Refused as refused:
            heard = str(refused)
        assert heard == said


def test_a_key_of_16_bytes_is_a_key() -> None:
    key = bytes.fromhex("00112233445566778899aabbccddeeff")
    receiver = Receiver(PAGE, key, 1, 7)
    assert receiver.hear(sealed(ours.Receipt(9), key=key))[3] == {"is": "Receipt", "number": 9}


@settings(max_examples=200, deadline=None)
@given(radiograms, st.integers(0, 200), st.integers(0, 255), st.integers(0, 0xFFFFFF))
def test_it_reads_our_plain_lines(words: Any, source: int, to: int, counter: int) -> None:
    line = plain.seal(words, 1, source, to, KEY, 7, counter)
    heard = stranger().hear_line(line)
    assert heard[:3] == (source, to, counter)
    assert heard[4] == getattr(words, "text", "")
    rosters = [stations_of(word) for word in heard[3] if re.fullmatch(r"R\d+([-,/].*)?", word)]
    assert rosters == [
        list(stations) for stations in [getattr(words, "roster", getattr(words, "also", ()))] if stations
    ]
    with pytest.raises(Refused):
        stranger(8).hear_line(line)
