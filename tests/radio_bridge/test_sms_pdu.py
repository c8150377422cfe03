"""Short messages: alphabets, parts and PDUs, against published octets, against themselves, and against rubbish."""

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from radio_bridge.errors import CannotSend
from radio_bridge.sms import alphabet, parts, pdu
from tests.radio_bridge import fake_modem

DAY = dt.timedelta(days=1)
GSM_SIGNS = st.sampled_from(list(alphabet._SEPTETS))
GSM_TEXTS = st.text(GSM_SIGNS, min_size=1, max_size=1000)
ANY_TEXTS = st.text(min_size=1, max_size=400).filter(lambda text: "\x00" not in text)
SENT_BY_A_NETWORK = "07917283010010F5040BC87238880900F10000993092516195800AE8329BFD4697D9EC37"
"""The worked example that every SMS tutorial shows: "hellohello" from 27838890001."""


def test_the_worked_example_is_read() -> None:
    read = pdu.read(SENT_BY_A_NETWORK)
    assert isinstance(read, pdu.Deliver)
    assert (read.sender, read.text) == ("27838890001", "hellohello")
    assert read.at == dt.datetime(2099, 3, 29, 15, 16, 59, tzinfo=dt.timezone(dt.timedelta(hours=2)))


def test_the_worked_example_is_written() -> None:
    (one,) = pdu.submits("+46708251358", "hellohello", dt.timedelta(days=4), 0)
    assert one.hex == "0031000B916407281553F80000AA0AE8329BFD4697D9EC37"
    assert one.length == 23


@given(GSM_TEXTS)
def test_septets_come_back(text: str) -> None:
    septets = alphabet.to_septets(text)
    for fill_bits in range(7):
        packed = alphabet.pack(septets, fill_bits)
        assert alphabet.unpack(packed, len(septets), fill_bits) == septets
    assert alphabet.from_septets(septets) == text


@given(ANY_TEXTS)
def test_every_text_arrives_whole_and_no_sign_is_torn(text: str) -> None:
    text = "".join(sign for sign in text if not 0xD800 <= ord(sign) < 0xE000)
    length = parts.measure(text)
    if not length.fits:
        with pytest.raises(CannotSend):
            pdu.submits("+6281234567", text, DAY, 7)
        return
    sent = [fake_modem.read_submit(one.hex) for one in pdu.submits("+6281234567", text, DAY, 7)]
    assert "".join(one[1] for one in sent) == alphabet.typed(text)
    assert len(sent) == length.parts
    if len(sent) > 1:
        assert [one[4] for one in sent] == [bytes((5, 0, 3, 7, len(sent), at + 1)) for at in range(len(sent))]


@given(GSM_TEXTS)
def test_no_part_is_longer_than_the_air_allows(text: str) -> None:
    if parts.measure(text).fits:
        assert all(len(bytes.fromhex(one.hex)) <= 1 + 2 + 8 + 4 + 140 for one in pdu.submits("+62812", text, DAY, 1))


@pytest.mark.parametrize(
    ("text", "alphabet_name", "count"),
    [
        ("a" * 160, "gsm", 1),
        ("a" * 161, "gsm", 2),
        ("a" * 306, "gsm", 2),
        ("a" * 307, "gsm", 3),
        ("{" * 80, "gsm", 1),
        ("{" * 81, "gsm", 2),
        ("a" * 152 + "{" + "a" * 10, "gsm", 2),
        ("ꦱ" * 70, "ucs2", 1),
        ("ꦱ" * 71, "ucs2", 2),
        ("🌊" * 35, "ucs2", 1),
        ("🌊" * 36, "ucs2", 2),
        ("", "gsm", 0),
    ],
)
def test_the_meter_counts_as_networks_do(text: str, alphabet_name: str, count: int) -> None:
    length = parts.measure(text)
    assert (length.alphabet, length.parts) == (alphabet_name, count)


def test_the_meter_says_how_much_room_is_left() -> None:
    length = parts.measure("Banjir di Sakra. " * 10)
    assert (length.characters, length.parts, length.used, length.room) == (170, 2, 17, 153)


def test_a_dash_or_a_curly_quote_does_not_double_the_price() -> None:
    text = "Banjir di “Sakra” – segera mengungsi…" + "a" * 100
    assert parts.measure(text).alphabet == "gsm"
    ((_, read, *_),) = [fake_modem.read_submit(one.hex) for one in pdu.submits("081234567", text, DAY, 1)]
    assert read.startswith('Banjir di "Sakra" - segera mengungsi...')


def test_too_long_and_empty_are_refused_and_never_cut() -> None:
    with pytest.raises(CannotSend, match="9 bagian"):
        pdu.submits("+6281234567", "a" * (153 * 8 + 1), DAY, 1)
    with pytest.raises(CannotSend, match="kosong"):
        pdu.submits("+6281234567", "", DAY, 1)


@pytest.mark.parametrize("number", ["", "12", "+62 812 abc", "0812;+1", "AT+CFUN", "+" + "1" * 21])
def test_what_is_no_number_is_refused_without_being_repeated(number: str) -> None:
    with pytest.raises(CannotSend) as refusal:
        pdu.submits(number, "Halo", DAY, 1)
    assert not number or number not in str(refusal.value)


@pytest.mark.parametrize("number", ["112", "081234567890", "+6281234567890", "+62 812-3456-789"])
def test_numbers_as_people_write_them(number: str) -> None:
    (one,) = pdu.submits(number, "Halo", DAY, 1)
    assert fake_modem.read_submit(one.hex)[0] == number.replace(" ", "").replace("-", "")


@example(43_201)
@example(35 * 24 * 60)
@given(st.integers(0, 70 * 24 * 60))
def test_a_network_never_keeps_a_message_longer_than_it_is_valid(minutes: int) -> None:
    octet = pdu.validity_octet(dt.timedelta(minutes=minutes))
    kept_min = (
        (octet + 1) * 5
        if octet <= 143
        else 720 + (octet - 143) * 30
        if octet <= 167
        else (octet - 166) * 1440
        if octet <= 196
        else (octet - 192) * 10_080
    )
    assert kept_min <= max(5, minutes)
    assert kept_min >= min(minutes, 63 * 1440) / 2 - 5


def test_an_alphanumeric_sender_is_named() -> None:
    read = pdu.read(fake_modem.deliver("TELKOMSEL", "Pulsa Anda habis"))
    assert isinstance(read, pdu.Deliver)
    assert (read.sender, read.is_named, read.text) == ("TELKOMSEL", True, "Pulsa Anda habis")


@given(st.text(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ-"), min_size=1, max_size=11))
def test_named_senders_of_every_length(name: str) -> None:
    read = pdu.read(fake_modem.deliver(name, "x"))
    assert isinstance(read, pdu.Deliver)
    assert read.sender == name


@given(ANY_TEXTS.filter(lambda text: len(text) < 60), st.integers(0, 65_535))
def test_what_comes_in_is_read_with_its_part(text: str, reference: int) -> None:
    text = "".join(sign for sign in text if not 0xD800 <= ord(sign) < 0xE000)
    for header in (bytes((5, 0, 3, reference % 256, 3, 2)), bytes((6, 8, 4, *reference.to_bytes(2, "big"), 3, 2))):
        read = pdu.read(fake_modem.deliver("+62811", text, header=header))
        assert isinstance(read, pdu.Deliver)
        assert read.text == text
        assert read.joint == pdu.Joint(reference % 256 if header[1] == 0 else reference, 3, 2)


def half(octets: bytes, part: int) -> str:
    """One part of two as a network writes it, whatever its UCS-2 octets are."""
    whole = fake_modem.deliver("+62811", "\u4e00" * (len(octets) // 2), header=bytes((5, 0, 3, 9, 2, part)))
    return whole[: -2 * len(octets)] + octets.hex().upper()


@pytest.mark.parametrize("units", range(1, 18))
def test_a_sign_that_was_cut_between_two_parts_is_whole_again(units: int) -> None:
    text = "🌊🌊 air naik 🆘🆘"
    octets = text.encode("utf-16-be")
    read = [pdu.read(half(octets[: 2 * units], 1)), pdu.read(half(octets[2 * units :], 2))]
    kept = [one.text for one in read if isinstance(one, pdu.Deliver)]
    assert all(one.encode() for one in kept), "as a database can keep it"
    assert pdu.joined("".join(kept)) == text
    assert pdu.joined(kept[0]).encode(), "though the other half never comes"


@pytest.mark.parametrize(
    "header", [b"\x05\x00\x03\x01\x00\x00", b"\x05\x00\x03\x01\x02\x03", b"\x02\x04\x00", b"\x01\x00"]
)
def test_a_header_that_makes_no_sense_is_a_message_of_one_part(header: bytes) -> None:
    read = pdu.read(fake_modem.deliver("+62811", "Halo", header=header))
    assert isinstance(read, pdu.Deliver)
    assert (read.text, read.joint) == ("Halo", None)


@pytest.mark.parametrize("coding", [0x04, 0x15, 0xF5])
def test_octets_for_a_program_are_no_text(coding: int) -> None:
    read = pdu.read(fake_modem.deliver("+62811", "Halo", coding=coding))
    assert isinstance(read, pdu.Deliver)
    assert (read.text, read.is_binary) == ("", True)


@pytest.mark.parametrize(
    ("status", "state"),
    [(0x00, "heard"), (0x01, "pending"), (0x02, "pending"), (0x20, "pending"), (0x3F, "pending")]
    + [(code, "failed") for code in (0x40, 0x46, 0x5F, 0x60, 0x65)],
)
def test_only_a_telephone_that_has_it_has_heard(status: int, state: str) -> None:
    read = pdu.read(fake_modem.status_report("+6281234567", 200, status))
    assert isinstance(read, pdu.StatusReport)
    assert (read.reference, read.number, read.state) == (200, "+6281234567", state)
    assert bool(read.reason) == (state == "failed")


@given(st.binary(max_size=200))
def test_rubbish_is_badpdu_and_nothing_else(octets: bytes) -> None:
    try:
        pdu.read(octets.hex())
    except pdu.BadPdu:
        return


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_damaged_message_is_read_or_refused(at: int, octet: int) -> None:
    whole = bytearray.fromhex(fake_modem.deliver("+6281234567", "Air naik di Sakra, 3 orang di atap"))
    whole[at % len(whole)] = octet
    try:
        pdu.read(whole.hex())
    except pdu.BadPdu:
        return


def test_a_message_cut_short_is_refused() -> None:
    whole = fake_modem.deliver("+6281234567", "Air naik di Sakra")
    for end in range(0, len(whole) - 2, 2):
        with pytest.raises(pdu.BadPdu):
            pdu.read(whole[:end])


@pytest.mark.parametrize("said", ["OK", "zz", "0", ""])
def test_what_is_not_hexadecimal_is_refused(said: str) -> None:
    with pytest.raises(pdu.BadPdu):
        pdu.read(said)
