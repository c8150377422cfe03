"""What must never happen: a number, a name or a medical word of a caller where no right leads to it.

Marked words are put wherever somebody may type them; then everything Posko says is read: each address as each role,
each file it gives out, each line of its log and of its journal.
"""

import gzip
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from sqlalchemy import text

from alerts.channels import Incoming
from alerts.webhooks.actions import take
from gis.exports import FORMS
from gis.layers import REGISTER
from incident import rules
from incident.logs import set_up_logs
from tests.factories import call_body, on_spatialite, uid
from tests.incident.test_attachments import photo

NAME, PHONE, MEDICAL = "Zubaidahtanda", "081255597531", "hepatitistanda"
NUMBER = "81255597531"  # however it is spelled: 0812..., +62 812...
SPOKEN = "81311224466"  # a number within what was told: as much a secret as the other words
MARKS = (NAME, NUMBER, SPOKEN, MEDICAL)
CALLER = {"name": f"Ibu {NAME}", "phone": PHONE}
SAID = f"Suami saya {MEDICAL}, kata {NAME}, telepon 0{SPOKEN}"
STRANGERS = [role for role in rules.ROLES if not rules.may(role, "call.read")]
GAPS = {"language": "id", "code": "id", "filename": "js/picture.js", "name": "incidents", "form": "csv"}
NO_ANSWER = ("/static/", "/socket.io", "/api/v1/tiles")


@pytest.fixture
def marked(app: Any, cast: Any, ask: Any) -> Any:
    """A day on which marked words were typed into everything that takes words about a caller."""
    place = {
        "lon": 116.6,
        "lat": -8.5,
        "method": "map",
        "radius_m": 50,
        "text": "Pringgabaya",
        "area_code": "52.03.01.2001",
    }
    whole = {"caller": CALLER, "narrative": SAID, "place": place}
    done = [
        ask("call_taker", "POST", "/calls", call_body(**whole)),
        ask("call_taker", "POST", "/calls", call_body(**whole, incident=1)),
        ask(
            "call_taker",
            "POST",
            "/calls",
            {"uid": uid(), "class": "prank", "channel": "112", "caller": CALLER, "narrative": SAID},
        ),
        ask("call_taker", "POST", "/calls/ringing", {"uid": uid(), "phone": PHONE, "line": "112-1", "source": "pbx"}),
        ask("call_taker", "POST", "/calls/ringing/1/claim", {"uid": uid()}),
        ask("call_taker", "POST", "/calls/ringing", {"uid": uid(), "phone": PHONE, "line": "112-1", "source": "pbx"}),
        ask("call_taker", "POST", "/calls/ringing/2/dropped", {"uid": uid()}),
        ask("coordinator", "POST", "/holds", {"uid": uid(), "phone": PHONE, "reason": "uji", "hours": 1}),
        ask("call_taker", "POST", "/clues", {"phone": PHONE, "narrative": SAID, "lon": 116.6, "lat": -8.5}),
        ask("call_taker", "POST", "/calls/1/unmask", {"uid": uid()}),
        ask("call_taker", "POST", "/place-notes", note(f"Ada {NAME}, {MEDICAL}")),
    ]
    assert [answer.status_code for answer in done if answer.status_code >= 300] == [], [one.json for one in done]
    bring_a_photo(app, cast)
    write_in(app)
    for unit in cast.units.values():
        ask("dispatcher", "POST", "/incidents/1/assignments", {"uid": uid(), "unit_id": unit})
    return ask


def note(words: str) -> dict[str, Any]:
    return {"uid": uid(), "kind": "patient", "words": words, "lon": 116.6, "lat": -8.5, "radius_m": 100}


def write_in(app: Any) -> None:
    """The same words by WhatsApp: as a report, as one more than becomes a call, as an answer to nothing, as a stop."""
    here = app.extensions["posko"]
    said = [f"Banjir, {SAID} {number}" for number in range(22)] + [f"halo {NAME}", "STOP"]
    come = [Incoming("whatsapp", uid(), f"62{NUMBER}", words, here.clock()) for words in said]
    assert take(here, "whatsapp", come) == len(said)


def bring_a_photo(app: Any, cast: Any) -> None:
    """A picture of a caller's, with her name as that of its file."""
    data = {"uid": uid(), "call_id": "1", "file": (io.BytesIO(photo(size=(64, 48))), f"{NAME} {MEDICAL}.jpg")}
    answer = app.test_client().post("/api/v1/attachments", data=data, headers=cast.headers("call_taker"))
    assert answer.status_code == 201, answer.json


def addresses(app: Any) -> Iterator[str]:
    """Every address that can be read, its gaps filled with what is there."""
    for one in app.url_map.iter_rules():
        if "GET" not in one.methods or one.rule.startswith(NO_ANSWER):
            continue
        with app.test_request_context():
            given = {gap: GAPS.get(gap, "1") for gap in one.arguments}
            yield app.url_map.bind("127.0.0.1").build(one.endpoint, given, force_external=False)
    yield "/api/v1/journal?after=0&limit=500"
    yield "/api/v1/places?q=Pringgabaya"
    yield from (f"/api/v1/layers/{name}.{form}" for name in REGISTER for form in ("csv", "kml"))
    yield from (f"/ogc/collections/{name}/items" for name in ("incidents", "units", "areas"))


def said_at(app: Any, path: str, headers: dict[str, str]) -> str:
    """Everything an answer says: its head and its body, unpacked."""
    with app.test_client().get(path, headers=headers) as answer:
        return f"{answer.headers} {unpacked(answer.data)}"


def unpacked(data: bytes) -> str:
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as shelf:
            data = b" ".join(shelf.read(name) for name in shelf.namelist())
    return data.decode("utf-8", "replace")


def told(said: str, marks: tuple[str, ...] = MARKS) -> list[str]:
    """Which of the marked words stand in it, however they are cased or broken up."""
    plain = "".join(one for one in said.casefold() if one not in " -.+")
    return [mark for mark in marks if mark.casefold() in plain]


@on_spatialite
def test_who_may_not_read_calls_is_told_nothing_of_a_caller_at_any_address(app, cast, marked):
    paths, leaks = list(addresses(app)), {}
    for role in (None, *STRANGERS):
        headers = cast.headers(role) if role else {}
        leaks |= {(role, path): found for path in paths if (found := told(said_at(app, path, headers)))}
    assert leaks == {}


@on_spatialite
def test_a_whole_number_is_read_by_who_holds_the_ringing_call_alone(app, cast, marked):
    """Everybody else of the desk reads it masked; the whole one is asked for by POST, and journaled."""
    paths, readers = list(addresses(app)), [role for role in rules.ROLES if role not in STRANGERS]
    heads = {role: cast.headers(role) for role in readers}
    leaks = [(role, path) for role in readers for path in paths if told(said_at(app, path, heads[role]), (NUMBER,))]
    assert leaks == [("call_taker", "/api/v1/calls/ringing")]


@on_spatialite
@pytest.mark.parametrize("form", FORMS)
def test_no_file_that_leaves_the_room_says_who_called(app, cast, marked, form):
    for role in ("admin", "coordinator", "call_taker") if form == "geojson" else ("call_taker",):
        for name in REGISTER:
            said = said_at(app, f"/api/v1/layers/{name}.{form}", cast.headers(role))
            assert told(said, (NAME, NUMBER)) == [], (role, name)


@on_spatialite
@pytest.mark.parametrize(
    "path", ["/api/v1/figures.csv", "/api/v1/figures.xlsx", "/api/v1/decisions.csv", "/situation.html"]
)
def test_no_sheet_and_no_picture_says_who_called(app, cast, marked, path):
    with app.test_client().get(path, headers=cast.headers("coordinator")) as answer:
        assert answer.status_code == 200
        assert told(unpacked(answer.data)) == []


@on_spatialite
def test_the_marks_are_there_for_who_has_the_right(app, cast, marked):
    """Otherwise all of this would prove nothing."""
    said = said_at(app, "/api/v1/incidents/1", cast.headers("call_taker"))
    assert told(said, (NAME, MEDICAL)) == [NAME, MEDICAL]
    assert NUMBER in said_at(app, "/api/v1/calls/ringing", cast.headers("call_taker"))


def test_the_journal_never_says_who_called(app, marked):
    with app.extensions["posko"].database.read() as conn:
        said = [str(row) for row in conn.execute(text('SELECT kind, "by", body FROM journal'))]
    assert len(said) > 15
    assert [line for line in said if told(line)] == []


@on_spatialite
def test_the_log_never_says_who_called_whatever_goes_wrong(app, ask, request, capfd):
    set_up_logs()
    app.extensions["posko"].log = structlog.get_logger()
    try:
        request.getfixturevalue("marked")
        for body in unhappy():
            ask("call_taker", "POST", "/calls", body)
        app.test_client().get(f"/calls?q={PHONE}", headers={"Referer": f"http://127.0.0.1/{NAME}"})
        app.test_client().post("/login", data={"name": NAME, "secret": PHONE})
        said = capfd.readouterr()
    finally:
        structlog.reset_defaults()
    assert told(said.out + said.err) == []


def unhappy() -> list[dict[str, Any]]:
    """Calls that are refused: each with a word of a caller in the wrong place."""
    return [
        call_body(caller={"name": NAME, "phone": f"nomor {PHONE}"}),
        call_body(type=MEDICAL),
        call_body(place={"lon": NAME, "lat": 1, "method": PHONE}),
        call_body(channel=MEDICAL, narrative=SAID * 5000),
        {NAME: PHONE},
    ]
