"""What goes on the air of an alert: as much as fits, nothing that names a person, never cut without a word."""

import datetime as dt
import re
from typing import Any

import pytest

from incident import seeds
from incident.errors import BadReport
from radio_bridge import radiogram
from radio_bridge.radiogram import Alert, Text, saying, schema
from radio_bridge.wording import MORE, TOO_LONG, alert_on_air, number_of, text_on_air, type_code

ROW: dict[str, Any] = {
    "lon": 116.55, "lat": -8.5, "revision": 0, "priority": "P0", "order": "go", "exercise": False,
    "text": "Banjir, warga di atap", "place": "Desa Pringgabaya, Kec. Pringgabaya",
    "expires_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
}  # fmt: skip


def test_a_usual_alert_is_short_and_whole() -> None:
    words, short_of = alert_on_air(ROW, "Banjir")
    assert short_of is None
    assert (words.priority, words.type, words.action) == (0, 4, 2)
    assert words.text == "Banjir, warga di atap @ Desa Pringgabaya, Kec. Pringgabaya"
    assert schema.bytes_on_air(words) <= 66


def test_the_structured_part_alone_keeps_the_29_bytes() -> None:
    words, _ = alert_on_air({**ROW, "text": "", "place": ""}, "Banjir")
    assert schema.bytes_on_air(words) + 2 <= 29  # the roster of one station is added by the link


def test_a_text_too_long_says_so_on_the_air_and_to_the_operator() -> None:
    words, short_of = alert_on_air({**ROW, "text": "zqx " * 120}, "Banjir")
    assert short_of == TOO_LONG
    assert words.text.endswith(MORE)


def test_an_exercise_is_said_in_one_bit_and_shown_in_words() -> None:
    words, _ = alert_on_air({**ROW, "text": "LATIHAN. Banjir. LATIHAN", "exercise": True}, "Banjir")
    assert words.text.startswith("Banjir @")
    assert saying.say(words).startswith("LATIHAN") and saying.say(words).endswith("LATIHAN")


def test_a_place_outside_indonesia_does_not_stop_an_alert() -> None:
    words, _ = alert_on_air({**ROW, "lon": 10.0, "lat": 50.0}, "Banjir")
    assert words.place is None


def test_every_type_of_the_room_has_its_code() -> None:
    missing = [name for row in seeds.type_rows() if type_code(name := str(row["name_id"])) == 0 and name != "Lainnya"]
    assert missing == []


def test_words_to_one_and_to_all() -> None:
    assert text_on_air(" Air   surut ", True) == Text("Air surut")
    to_all = text_on_air("Air surut", False, priority=1)
    assert isinstance(to_all, Alert) and (to_all.text, to_all.priority, to_all.action) == ("Air surut", 1, 0)


@pytest.mark.parametrize("text", ["", "  ", "zq" * 2000])
def test_nothing_is_ever_cut(text: str) -> None:
    with pytest.raises(BadReport):
        text_on_air(text, True)


def test_station_numbers_from_call_signs_are_stable_and_in_range() -> None:
    numbers = {name: number_of(name) for name in ("TRC-1", "TRC-2", "PSC-1")}
    assert number_of("trc-1") == numbers["TRC-1"] == 36
    assert all(1 <= number <= radiogram.STATION_LAST for number in numbers.values())


@pytest.mark.parametrize(
    "sign, name", [("\u200d", "U+200D ZERO WIDTH JOINER"), ("\x1b", "U+001B"), ("\ud800", "U+D800")]
)
def test_a_sign_that_cannot_be_sent_is_named_to_who_types_it(sign: str, name: str) -> None:
    with pytest.raises(BadReport, match=re.escape(name)) as bad:
        text_on_air(f"awas{sign} banjir", to_one=True)
    assert bad.value.sentence.isprintable()


def test_an_alert_with_such_a_sign_goes_out_whole_with_the_sign_by_its_number() -> None:
    words, short_of = alert_on_air({**ROW, "text": "keluarga \U0001f468\u200d\U0001f469 di atap"}, "Banjir")
    assert (words.text, short_of) == (
        "keluarga \U0001f468<U+200D>\U0001f469 di atap @ Desa Pringgabaya, Kec. Pringgabaya",
        None,
    )
