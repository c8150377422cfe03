"""No telephone number and no name of a person goes on the air: not in an alert, not in a text, not from the field."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from incident import actions as incident_actions
from incident.errors import BadReport
from incident.post import Post
from radio_bridge import actions, queries
from radio_bridge.channel import alert_cost
from radio_bridge.errors import CannotSend
from radio_bridge.link import Outgoing
from radio_bridge.net.stations import add_station
from radio_bridge.personal import (
    GIVEN,
    INSTEAD,
    LEFT_OUT,
    NOT_ON_AIR,
    ORDINARY,
    check_words,
    find_persons,
    without_persons,
)
from radio_bridge.radiogram import Text
from radio_bridge.wording import alert_on_air, text_on_air
from tests import factories
from tests.radio_bridge.rigs import FAST, centre, team, wait_for
from tests.radio_bridge.test_wording import ROW

WORDS = st.sampled_from(
    ["air", "naik", "warga", "3", "orang", "luka", "jam", "08.30", "08:45", "RT", "02", "-8.6512,116.5421", "@", "KM"]
)
SENTENCE = st.lists(WORDS, max_size=8).map(" ".join)
GAP = st.sampled_from(["", " ", "-", ".", "/", " - "])


@st.composite
def mobiles(draw: st.DrawFn) -> str:
    """An Indonesian mobile number as people write them: 0812..., 62812..., +62 812-..., with gaps or without."""
    digits = "8" + str(draw(st.integers(1, 9))) + draw(st.text("0123456789", min_size=7, max_size=10))
    head, gap = draw(st.sampled_from(["0", "62", "+62", "+62 "])), draw(GAP)
    return head + digits[:3] + gap + digits[3:7] + gap + digits[7:]


def digits_of(text: str) -> str:
    return re.sub(r"\D", "", text)


@given(SENTENCE, mobiles(), SENTENCE)
@example("hubungi", "0812-3456-7890", "segera")
@example("", "+6281234567890", "")
def test_a_telephone_number_is_found_wherever_it_stands(before: str, number: str, after: str) -> None:
    text = f"{before} {number} {after}"
    assert digits_of(number)[-9:] not in digits_of(without_persons(text))
    with pytest.raises(CannotSend, match="tidak boleh mengudara"):
        check_words(text)
    with pytest.raises(BadReport, match="tidak boleh mengudara"):
        text_on_air(text, True)
    words, short_of = alert_on_air({**ROW, "text": text}, "Banjir")
    assert digits_of(number)[-9:] not in digits_of(words.text)
    assert short_of


@pytest.mark.parametrize("number", ["0370 621234", "(0376) 21119", "0376-221119", "+65 9123 4567", "021 5551234"])
def test_numbers_of_a_town_and_of_abroad_are_found_too(number: str) -> None:
    assert without_persons(f"Telepon {number} ya") == f"Telepon {INSTEAD} ya"


@given(SENTENCE)
@example("Jam 08.30 air naik, 08.45 surut, 15 KK di RT 02")
@example("Titik -8.6512,116.5421 dan 08:30 sampai 09:15")
@example("AWAS 4711.0 P0 0814")
def test_what_is_no_number_and_no_name_is_left_as_it_is(text: str) -> None:
    assert without_persons(text) == text
    assert find_persons(text) == []


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("Jemput Pak Slamet di posko", f"Jemput Pak {INSTEAD} di posko"),
        ("Ibu Siti Aminah luka", f"Ibu {INSTEAD} luka"),
        ("Korban a.n. Budi Santoso", f"Korban a.n. {INSTEAD}"),
        ("Lapor ke Pak Camat dan Bu Kades", "Lapor ke Pak Camat dan Bu Kades"),
        ("Ibu Hamil 2 orang, bapak tua 1", "Ibu Hamil 2 orang, bapak tua 1"),
        ("IBU HAMIL DI ATAP", "IBU HAMIL DI ATAP"),
        ("KORBAN PAK AHMAD SUHAIMI DI RT 3", f"KORBAN PAK {INSTEAD} DI RT 3"),
        ("korban pak ahmad di rt 3", f"korban pak {INSTEAD} di rt 3"),
        ("korban pak sahrun luka berat", f"korban pak {INSTEAD} luka berat"),
        ("Hubungi H. Ahmad Yani", f"Hubungi H. {INSTEAD}"),
        ("Ny. Siti Aminah luka", f"Ny. {INSTEAD} luka"),
        ("Tn. Budi", f"Tn. {INSTEAD}"),
        ("mbak Rina hilang", f"mbak {INSTEAD} hilang"),
        ("Bapak Haji Ahmad Yani", f"Bapak Haji {INSTEAD}"),
        ("Bu Guru Siti Aminah", f"Bu Guru {INSTEAD}"),
        ("Pak Kades Ahmad", f"Pak Kades {INSTEAD}"),
        ("NIK 5203011234567890", f"NIK {INSTEAD}"),
        ("hub 0812 - 3456 - 7890", f"hub {INSTEAD}"),
        ("0812/3456/7890", INSTEAD),
        ("WA 81234567890", f"WA {INSTEAD}"),
    ],
)
def test_a_name_behind_a_title_is_a_name_and_an_office_is_none(text: str, heard: str) -> None:
    assert without_persons(text) == heard


@pytest.mark.parametrize(
    "text",
    [
        "lapor ke pak camat dan bu kades", "Pak Camat Pringgabaya minta tenda", "siap pak meluncur ke lokasi",
        "baik pak laksanakan", "ibu melahirkan di atap", "bapak-bapak membantu, ibu-ibu di dapur umum",
        "Ibu-ibu Desa Aikmel mengungsi", "Bukit longsor, buka jalan, habis", "H-1 sampai H+3", "titik h. 3",
        "Jalan H. Agus Salim terendam", "RSUD dr. Soedjono penuh", "Masjid H. Ahmad Yani jadi posko",
        "Posko 08/11/2026 12.00 sampai 08.30", "Titik -8.651234 116.542134", "Jam 08.30 - 09.15 - 10.00, 62 8 KK",
        "bu bidan minta obat", "IBU MENYUSUI DAN BAYI DI ATAP", "Bu Bidan Puskesmas datang", "0 korban, 8 luka, 12 KK",
        "dr posko ke dusun", "mas di gudang", "asrama haji penuh",
    ],
)  # fmt: skip
def test_offices_places_and_ordinary_words_go_on_the_air_as_they_are(text: str) -> None:
    assert without_persons(text) == text


@given(st.sampled_from(["pak", "Bu", "Ny.", "TN.", "mbak", "Sdr."]), st.sampled_from(sorted(GIVEN)), SENTENCE)
def test_a_name_is_found_in_any_case(title: str, name: str, after: str) -> None:
    for written in (name, name.upper(), name.capitalize()):
        assert without_persons(f"korban {title} {written} luka {after}") == f"korban {title} {INSTEAD} luka {after}"


@given(st.sampled_from(["pak", "bu", "ibu", "bapak"]), st.sampled_from(sorted(ORDINARY - GIVEN)))
def test_no_word_that_reports_are_made_of_is_taken_for_a_name(title: str, word: str) -> None:
    assert not find_persons(f"{title} {word}") and not find_persons(f"{title} {word}".upper())


@given(st.sampled_from(["Siti Rahma", "made  wirawan", "I Gusti Ngurah Rai"]), SENTENCE, SENTENCE)
def test_who_reported_is_never_said(name: str, before: str, after: str) -> None:
    text = f"{before} {name.upper()} {after}"
    words, short_of = alert_on_air({**ROW, "text": text, "place": f"Rumah {name}"}, "Banjir", [name])
    assert name.split()[-1].lower() not in words.text.lower()
    assert short_of


def test_a_village_that_bears_a_persons_name_is_still_said() -> None:
    words, short_of = alert_on_air({**ROW, "text": "Banjir di Jumoyo", "place": ""}, "Banjir", ["Jumoyo"])
    assert (words.text, short_of) == ("Banjir di Jumoyo", None)


def test_the_meter_says_before_it_is_sent_what_will_not_go_on_the_air() -> None:
    told = alert_cost({**ROW, "text": "Banjir, hubungi 0812 3456 7890"})
    assert told["short_of"] == LEFT_OUT


def _one_alert(post: Post) -> dict[str, Any]:
    said = factories.report(post, caller_name="Siti Rahma", caller_phone="081234567890")
    call = post.do(incident_actions.record_call, "sari", factories.uid(), said)
    words = {**ROW, "text": "Jemput Siti Rahma, 0812 3456 7890", "id": 1, "incident_id": call["incident"]}
    return {**words, "expires_at": post.clock()}


def test_the_row_that_waits_for_the_air_holds_neither_the_caller_nor_a_number(post: Post) -> None:
    alert = _one_alert(post)
    with post.database.read() as conn:
        names = queries.callers_of(conn, alert["incident_id"])
    assert names == ["Siti Rahma"]
    words, short_of = alert_on_air(alert, "Banjir", names)
    assert words.text.startswith(f"Jemput {INSTEAD}, {INSTEAD}") and short_of == LEFT_OUT


def test_words_to_a_station_with_a_number_are_refused_with_a_sentence_and_nothing_waits(post: Post) -> None:
    entry = post.do(incident_actions.add_unit, "test", None, "TRC-1", "trc", "BPBD")
    post.do(add_station, "test", None, "TRC-1", int(entry["body"]["cards"]["units"][0]["id"]), 1)
    with pytest.raises(BadReport, match=re.escape(NOT_ON_AIR)):
        post.do(actions.queue_text, "dewi", factories.uid(), "Telepon 0812 3456 7890", "TRC-1")
    with post.database.read() as conn:
        assert queries.queued(conn) == []


def test_the_last_door_holds_at_the_centre_and_in_the_field(tmp_path: Path) -> None:
    """Whatever reached the spool: the rig keys no number, and says why."""
    url = f"loopback:{tmp_path}/air{FAST}"
    heard: list[bytes] = []
    with centre(url, tmp_path) as (rig, spool), team(url, tmp_path) as (station, told):
        wait_for(lambda: rig.port.is_open and station.rig.port.is_open)
        rig._device.write = heard.append  # type: ignore[method-assign]
        spool.order(Outgoing("u", Text("Telepon 081234567890"), (1,), 2, 9e9), 1.0)
        rig.wake()
        refused = wait_for(lambda: [one.body for one in spool.happenings() if one.kind == "refused"])
        with pytest.raises(CannotSend, match=re.escape(NOT_ON_AIR)):
            station.say("Korban dirawat, hubungi 0812-3456-7890")
        assert (station.outbox(), [one for one in told if one["event"] == "queued"]) == ([], [])
    assert refused[0]["reason"] == NOT_ON_AIR
    assert heard == []
