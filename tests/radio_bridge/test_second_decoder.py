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

from radio_bridge import keyring, plain, wire
from radio_bridge import radiogram as ours
from radio_bridge.errors import BadFrame
from radio_bridge.fragments import split
from radio_bridge.framing import ax25, kiss, posko
from radio_bridge.profiles import get_profile
from radio_bridge.radiogram import schema
from tests.radio_bridge.second_decoder import Card, Receiver, Refused, derive, stations_of, unax25, unkiss
from tests.radio_bridge.test_plain import radiograms
from tests.radio_bridge.test_posko_frame import PAGE, VECTORS

KEY = bytes(range(32))
MESSAGES = (Path(plain.__file__).parents[1] / "bench" / "messages.txt").read_text().splitlines()


def stranger(epoch: int = 7) -> Receiver:
    return Receiver(PAGE, KEY, 1, epoch)


def as_told(words: Any) -> dict[str, Any]:
    """Our radiogram as the stranger would tell it; an ack carries only the low bits of its alert."""
    told = {"is": type(words).__name__} | {field.name: getattr(words, field.name) for field in fields(words)}
    if isinstance(words, ours.Ack):
        told |= {"ref": words.ref & 0x7FF, "revision": words.revision & 7}
    for name in ("roster", "also", "commanders", "out", "parts"):
        if name in told:
            told[name] = list(told[name])
    if told.get("place"):
        told["place"] = (told["place"].lon, told["place"].lat)
    return told


def sealed(words: Any, counter: int = 1, source: int = 3, to: int = 255, key: bytes = KEY) -> bytes:
    number, content = schema.encode(words)
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


@pytest.mark.slow
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


@pytest.mark.slow
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
            said: object = (opened.counter, as_told(schema.decode(opened.header.type, opened.content)))
        except BadFrame as bad:
            said = bad.kind
        try:
            heard: object = theirs.hear(bytes(frame))[2:]
        except Refused as refused:
            heard = str(refused)
        assert heard == said


(CARD,) = re.findall(r"^\| card of station 3 \| `([0-9a-f]+)` \|$", PAGE, re.MULTILINE)
OF_KEYS = dict(re.findall(r"^\| ([^|`]*(?:`Key|`Receipt|`Status)?[^|]*) \| `([0-9a-f]+)` \|$", PAGE, re.MULTILINE))
ROOT = bytes(range(16))


def test_the_page_and_the_code_agree_on_every_key() -> None:
    """Section 1a, from both sides: what the centre makes of its root, and what the stranger makes of the card."""
    centre = keyring.Keyring(keyring.Card.of_root(ROOT, 1, 0))
    second = centre.turned(centre.change((7,)))
    station = keyring.Keyring(centre.card.hand_out(3)).turned(centre.change((7,)))
    theirs = Card(CARD)
    assert OF_KEYS["base"] == centre.card.base.hex() == theirs.base.hex()
    assert OF_KEYS["public key"] == centre.card.public.hex() == theirs.public.hex()
    assert OF_KEYS["leaf of station 7"] == centre.card.leaf(7).hex() == theirs.leaf(7).hex()  # type: ignore[union-attr]
    assert OF_KEYS["own voice of station 3"] == station.card.own.hex() == theirs.own.hex()
    first_key, second_key = centre.sealing(4, b"")[1].hex(), second.sealing(4, b"")[1].hex()
    assert OF_KEYS["the centre's key in epoch 1, nobody out"] == first_key == theirs.shared(b"command", 0, 1, []).hex()
    assert OF_KEYS["the centre's key in epoch 2"] == second_key == theirs.shared(b"command", 0, 2, [7]).hex()
    assert OF_KEYS["station 3: answers in epoch 2"] == station.sealing(3, b"\x00")[1].hex()
    assert OF_KEYS["station 3: own words in epoch 2"] == station.sealing(5, b"")[1].hex()
    assert OF_KEYS["station 3: own words in epoch 2"] == derive(theirs.own, b"epoch", (2).to_bytes(4, "big")).hex()
    assert centre.card.hand_out(3).text() == CARD


def test_with_a_card_it_follows_the_change_of_keys_and_believes_the_centre_only() -> None:
    card = Card(CARD)
    receiver = Receiver(PAGE, card)
    centre = keyring.Keyring(keyring.Card.of_root(ROOT, 1, 0))
    dinas = get_profile("dinas")
    told = receiver.hear(wire.seal(dinas, ours.Status(7), centre, 0, 3, 70001))
    assert told[3]["digit"] == 7
    change, receipt = (bytes.fromhex(frame) for name, frame in OF_KEYS.items() if "from the centre" in name)
    with pytest.raises(Refused, match="mac"):
        receiver.hear(receipt)
    card.turn(receiver.hear(change)[3])
    assert (card.epoch, card.out) == (2, [7])
    assert receiver.hear(receipt)[3] == {"is": "Receipt", "number": 515}
    thief = keyring.Keyring(centre.card.hand_out(7), commanders=(0, 7))
    with pytest.raises(Refused, match="mac"):
        receiver.hear(wire.seal(dinas, ours.Time(5), thief, 0, 255, 80000))
    with pytest.raises(Refused, match="revoked"):
        receiver.hear(wire.seal(dinas, ours.Time(5), thief, 7, 255, 80000))
    other = keyring.Keyring(centre.card.hand_out(9), 2, (7,), (0, 9))
    with pytest.raises(Refused, match="command"):
        receiver.hear(wire.seal(dinas, ours.Time(5), other, 9, 255, 1))
    with pytest.raises(Refused, match="key"):
        card.turn({"epoch": 9, "out": [], "commanders": [0], "signature": "11" * 64})


def test_a_station_put_out_cannot_follow_even_with_a_decoder_of_its_own() -> None:
    centre = keyring.Keyring(keyring.Card.of_root(ROOT, 1, 0))
    thief = Receiver(PAGE, Card(centre.card.hand_out(7).text()))
    change = next(bytes.fromhex(frame) for name, frame in OF_KEYS.items() if "`Key" in name)
    with pytest.raises(Refused, match="revoked"):
        thief.hear(change)


def test_it_puts_a_long_text_together() -> None:
    words = ours.Text("Air sungai naik, warga RT 02 mengungsi ke balai desa. " * 5, 9, False, 7)
    receiver = stranger()
    parts = [receiver.hear(sealed(part, at))[3] for at, part in enumerate(split(words))]
    assert len(parts) > 1 and receiver.join(parts[::-1]) == words.text
    with pytest.raises(Refused):
        receiver.join([{**parts[0], "mark": parts[0]["mark"] ^ 1}, *parts[1:]])


def test_a_key_of_16_bytes_is_a_key() -> None:
    key = bytes.fromhex("00112233445566778899aabbccddeeff")
    receiver = Receiver(PAGE, key, 1, 7)
    assert receiver.hear(sealed(ours.Receipt(9), key=key))[3] == {"is": "Receipt", "number": 9}


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(radiograms, st.integers(0, 200), st.integers(0, 255), st.integers(0, 0xFFFFFF))
def test_it_reads_our_plain_lines(words: Any, source: int, to: int, counter: int) -> None:
    line = plain.seal(words, 1, source, to, KEY, 7, counter)
    heard = stranger().hear_line(line)
    assert heard[:3] == (source, to, counter)
    assert heard[4] == (words.chunk.decode() if isinstance(words, ours.Fragment) else getattr(words, "text", ""))
    rosters = [stations_of(word) for word in heard[3] if re.fullmatch(r"R\d+([-,/].*)?", word)]
    names = ("roster", "also", "out", "parts")
    assert rosters == [list(stations) for name in names if (stations := getattr(words, name, ()))]
    with pytest.raises(Refused):
        stranger(8).hear_line(line)
