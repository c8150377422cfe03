"""Attachments: brought, checked by content, shown to those who may, struck, offered; nothing half, nothing twice."""

import io
from typing import Any

import pytest
from PIL import Image

from incident.attachments.shelf import Shelf
from tests.factories import call_body, on_spatialite, uid

SOUTH_EAST = {1: "S", 2: (8, 30, 36.0), 3: "E", 4: (116.0, 36.0, 0)}


def photo(
    size: tuple[int, int] = (640, 480), gps: dict[int, Any] | None = None, form: str = "JPEG", **more: Any
) -> bytes:
    """A picture as a telephone makes it, with what its camera wrote."""
    exif = Image.Exif()
    exif[0x010E] = "Bu Sri di depan rumah"
    if gps:
        exif[0x8825] = gps
        exif[0x8769] = {36867: "2026:11:22 10:00:00", 36881: "+08:00"}
    content = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(content, form, exif=exif, **more)
    return content.getvalue()


@pytest.fixture
def bring(app: Any, cast: Any) -> Any:
    """Bring a file as a role: bring("field", b"...", incident_id=1)."""

    def brought(role: str | None, content: bytes, name: str = "Foto Bu Sri.jpg", **fields: Any) -> Any:
        data = {"uid": uid(), **fields, "file": (io.BytesIO(content), name)}
        headers = cast.headers(role) if role else {}
        return app.test_client().post("/api/v1/attachments", data=data, headers=headers)

    return brought


@pytest.fixture
def call(ask: Any) -> dict[str, Any]:
    """A call and its incident."""
    told: dict[str, Any] = ask("call_taker", "POST", "/calls", call_body()).json
    return told


@pytest.fixture
def incident(ask: Any, cast: Any, call: dict[str, Any]) -> int:
    """A flood with TRC-1, the field team of the cast, on it."""
    opened = int(call["incident"])
    ask("dispatcher", "POST", f"/incidents/{opened}/assignments", {"uid": uid(), "unit_id": cast.units["TRC-1"]})
    return opened


@pytest.fixture
def fetch(app: Any, cast: Any) -> Any:
    def fetched(role: str | None, path: str, **more: str) -> Any:
        return app.test_client().get(path, headers={**(cast.headers(role) if role else {}), **more}, buffered=True)

    return fetched


def listed(ask: Any, incident: int, role: str = "dispatcher") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(role, "GET", f"/incidents/{incident}/attachments").json["attachments"]
    return found


def shelf_of(app: Any) -> Shelf:
    return Shelf(app.extensions["posko"].settings.data)


def test_a_photo_of_the_field_is_on_the_incident_made_anew_and_without_the_words_of_its_camera(
    ask, bring, fetch, incident
):
    answer = bring("field", photo(gps=SOUTH_EAST), incident_id=incident, words="Air di pasar")
    assert answer.status_code == 201 and answer.json["kind"] == "attachment.added"
    [card] = listed(ask, incident)
    assert (card["kind"], card["type"], card["width"], card["words"]) == ("photo", "image/jpeg", 640, "Air di pasar")
    shown = fetch("dispatcher", card["file"])
    assert shown.status_code == 200 and shown.mimetype == "image/jpeg"
    assert b"Bu Sri" not in shown.data and b"Exif\0\0" not in shown.data
    assert dict(Image.open(io.BytesIO(shown.data)).getexif()) == {}
    small = Image.open(io.BytesIO(fetch("dispatcher", card["thumb"]).data))
    assert max(small.size) == 320


def test_the_journal_knows_kind_and_size_and_neither_name_nor_words(ask, bring, incident):
    bring("field", photo(), incident_id=incident, words="Rumah Pak Amaq")
    entries = ask("coordinator", "GET", "/journal?after=0&limit=500").json["entries"]
    [entry] = [one for one in entries if one["kind"] == "attachment.added"]
    assert set(entry["body"]) == {"attachment", "kind", "bytes"} and entry["incident_id"] == incident
    assert not any("Bu Sri" in str(one) and "Foto" in str(one) or "Amaq" in str(one) for one in entries)


def test_sent_again_with_the_same_key_it_is_there_once(ask, app, bring, incident):
    content, key = photo(), uid()
    first, again = (bring("field", content, uid=key, incident_id=incident) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200) and first.json == again.json
    assert len(listed(ask, incident)) == 1
    assert len(shelf_of(app).digests()) == 2, "the photo and its small copy"
    assert bring("call_taker", content, uid=key, incident_id=incident).status_code == 409, "a key is its sender's"


def test_a_call_takes_an_attachment_by_its_number_or_by_the_key_it_was_sent_with(ask, bring, call, incident):
    key = uid()
    told = ask("call_taker", "POST", "/calls", call_body(uid=key, incident=incident)).json
    assert bring("call_taker", photo(), call_id=told["call"]).status_code == 201
    assert bring("call_taker", photo(), call_uid=key).status_code == 201
    assert bring("call_taker", photo(), call_uid=uid()).status_code == 404
    found = ask("call_taker", "GET", f"/calls/{told['call']}/attachments").json["attachments"]
    assert [card["incident_id"] for card in found] == [incident, incident]
    assert [card["id"] for card in listed(ask, incident)] == [card["id"] for card in found]


def test_what_came_with_a_call_is_for_those_who_read_calls(ask, bring, fetch, call, incident):
    bring("call_taker", photo(), call_id=call["call"])
    [card] = listed(ask, incident)
    assert listed(ask, incident, "field") == [] == listed(ask, incident, "leader")
    for role in ("field", "leader", "agency", "village"):
        assert fetch(role, card["file"]).status_code == 404, role
    assert bring("field", photo(), call_id=call["call"]).status_code == 403
    assert fetch("call_taker", card["file"]).status_code == 200


def test_a_role_opens_and_adds_only_where_it_sees_the_incident(ask, bring, fetch, incident):
    other = int(ask("call_taker", "POST", "/calls", call_body()).json["incident"])
    bring("dispatcher", photo(), incident_id=other)
    [card] = listed(ask, other)
    for role in ("field", "agency", "village"):
        assert fetch(role, card["file"]).status_code == 404, role
        assert ask(role, "GET", f"/incidents/{other}/attachments").status_code == 404, role
    assert bring("field", photo(), incident_id=other).status_code == 404
    assert bring("leader", photo(), incident_id=incident).status_code == 403
    assert bring("village", photo(), incident_id=incident).status_code == 403
    assert fetch(None, card["file"]).status_code == 401
    assert bring(None, photo(), incident_id=incident).status_code == 401


@on_spatialite
def test_a_file_is_never_served_as_anything_active(ask, bring, fetch, incident):
    bring("field", photo(), incident_id=incident)
    bring(
        "dispatcher",
        b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n",
        "Surat Pak Camat.pdf",
        incident_id=incident,
    )
    bring("dispatcher", b"nama,umur\nA,3\nB,4\n", "x.html", incident_id=incident)
    cards = listed(ask, incident)
    assert [card["type"] for card in cards] == ["image/jpeg", "application/pdf", "text/csv"]
    for card in cards:
        sent = fetch("dispatcher", card["file"], Accept="text/html").headers
        assert sent["X-Content-Type-Options"] == "nosniff" and sent["Cache-Control"] == "no-store"
        assert "sandbox" in sent["Content-Security-Policy"] and "script-src" not in sent["Content-Security-Policy"]
        how = sent["Content-Disposition"]
        assert how.startswith("inline" if card["kind"] == "photo" else "attachment")
        assert "Sri" not in how and "Camat" not in how and f"-{card['id']}." in how


@on_spatialite
def test_an_attachment_is_struck_by_its_sender_or_a_supervisor_and_kept(ask, app, bring, fetch, incident):
    bring("field", photo(), incident_id=incident)
    [card] = listed(ask, incident)
    why = {"uid": uid(), "text": "Wajah korban"}
    path = f"/attachments/{card['id']}/strike"
    assert ask("call_taker", "POST", path, {**why, "uid": uid()}).status_code == 403
    assert ask("coordinator", "POST", path, why).status_code == 200
    assert ask("coordinator", "POST", path, why).status_code == 200, "the same key again"
    assert ask("field", "POST", path, {**why, "uid": uid()}).status_code == 409
    [struck] = listed(ask, incident, "call_taker")
    assert struck["struck"]["why"] == "Wajah korban" and struck["file"] is None
    assert fetch("call_taker", card["file"]).status_code == 404
    assert fetch("coordinator", card["file"]).status_code == 200
    assert fetch("field", card["thumb"]).status_code == 200
    assert len(shelf_of(app).digests()) == 2


# what the camera said


def test_the_position_of_a_camera_is_offered_with_its_distance_and_moves_nothing_by_itself(ask, bring, incident):
    before = ask("dispatcher", "GET", f"/incidents/{incident}").json["incident"]
    bring("field", photo(gps=SOUTH_EAST), incident_id=incident)
    [card] = listed(ask, incident)
    assert card["offer"] == {"lon": 116.6, "lat": -8.51, "distance_m": 1112, "at": "2026-11-22T02:00:00.000000Z"}
    after = ask("dispatcher", "GET", f"/incidents/{incident}").json["incident"]
    assert (after["lon"], after["lat"]) == (before["lon"], before["lat"]) == (116.6, -8.5)
    assert card["taken_at"] is None


def test_a_position_that_is_taken_corrects_the_place_and_says_from_where(ask, bring, incident):
    bring("field", photo(gps=SOUTH_EAST), incident_id=incident)
    [card] = listed(ask, incident)
    body = {"uid": uid(), "position": True, "time": True}
    path = f"/attachments/{card['id']}/offer"
    assert ask("field", "POST", path, body).status_code == 403, "a field team corrects no place"
    body["uid"] = uid()
    assert ask("dispatcher", "POST", path, body).status_code == 200
    assert ask("dispatcher", "POST", path, body).status_code == 200, "the same key again"
    whole = ask("dispatcher", "GET", f"/incidents/{incident}").json
    assert (whole["incident"]["lon"], whole["incident"]["lat"]) == (116.6, -8.51)
    assert whole["incident"]["place"] == "Pringgabaya"
    corrected = [one for one in whole["chronology"] if one["kind"] == "incident.corrected"]
    assert len(corrected) == 1 and "foto" in corrected[0]["body"]["text"]
    [card] = listed(ask, incident)
    assert card["offer"] is None and card["taken_at"] == "2026-11-22T02:00:00.000000Z"
    assert ask("dispatcher", "POST", path, {**body, "uid": uid()}).status_code == 409


@on_spatialite
def test_what_is_left_is_offered_no_more_and_what_was_never_there_cannot_be_taken(ask, bring, incident):
    bring("field", photo(gps=SOUTH_EAST), incident_id=incident)
    bring("field", photo(), incident_id=incident)
    first, bare = listed(ask, incident)
    assert bare["offer"] is None
    left = ask("field", "POST", f"/attachments/{first['id']}/offer", {"uid": uid(), "position": False, "time": False})
    assert left.status_code == 200 and listed(ask, incident)[0]["offer"] is None
    for body, status in (({"position": True}, 409), ({"time": True}, 409), ({}, 422)):
        assert (
            ask("dispatcher", "POST", f"/attachments/{bare['id']}/offer", {"uid": uid(), **body}).status_code == status
        )


@on_spatialite
def test_a_stale_card_does_not_move_an_incident_that_another_moved_meanwhile(ask, bring, incident):
    bring("field", photo(gps=SOUTH_EAST), incident_id=incident)
    [card] = listed(ask, incident)
    seen = ask("dispatcher", "GET", f"/incidents/{incident}").json["incident"]["changed_at"]
    place = {"method": "map", "lon": 116.61, "lat": -8.5, "radius_m": 50, "text": "Pasar"}
    ask("call_taker", "POST", f"/incidents/{incident}/correct", {"uid": uid(), "text": "Pasar", "place": place})
    body = {"uid": uid(), "position": True, "seen": seen}
    assert ask("dispatcher", "POST", f"/attachments/{card['id']}/offer", body).status_code == 409
    assert listed(ask, incident)[0]["offer"] is not None, "nothing of a refused verb stays"


@on_spatialite
def test_a_position_far_outside_the_site_is_asked_about_once_more(ask, bring, incident):
    north_west = {1: "N", 2: (51, 30, 0), 3: "W", 4: (0, 7, 30)}
    bring("field", photo(gps=north_west), incident_id=incident)
    [card] = listed(ask, incident)
    assert (card["offer"]["lon"], card["offer"]["lat"]) == (-0.125, 51.5)
    path = f"/attachments/{card['id']}/offer"
    refused = ask("dispatcher", "POST", path, {"uid": uid(), "position": True})
    assert refused.status_code == 422 and refused.json["confirm"] is True
    assert ask("dispatcher", "POST", path, {"uid": uid(), "position": True, "confirmed": True}).status_code == 200


# merging and splitting


def test_attachments_go_along_when_incidents_are_merged_and_calls_split_off(ask, bring, call, incident):
    other = ask("call_taker", "POST", "/calls", call_body(incident=incident)).json
    bring("dispatcher", photo(), incident_id=incident)
    bring("call_taker", photo(), call_id=other["call"])
    body = {"uid": uid(), "text": "Dua tempat", "calls": [other["call"]], "assignments": []}
    part = ask("dispatcher", "POST", f"/incidents/{incident}/split", body).json["body"]["part"]
    assert [card["call_id"] for card in listed(ask, incident)] == [None]
    assert [card["call_id"] for card in listed(ask, part)] == [other["call"]]
    host = int(ask("call_taker", "POST", "/calls", call_body()).json["incident"])
    merged = ask("dispatcher", "POST", f"/incidents/{incident}/merge", {"uid": uid(), "into": host, "text": "Satu"})
    assert merged.status_code == 200
    assert len(listed(ask, host)) == 1 and listed(ask, incident) == []
    late = bring("field", photo(), incident_id=incident)
    assert late.json["incident_id"] == host, "what comes late goes where the incident went"


# what is refused at the door


@on_spatialite
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "incident_id"),
        ({"incident_id": 1, "call_id": 1}, "incident_id"),
        ({"incident_id": "x"}, "incident_id"),
        ({"incident_id": 1, "uid": "x"}, "uid"),
        ({"incident_id": 1, "words": "x" * 501}, "words"),
        ({"incident_id": 1, "taken_at": "kemarin"}, "taken_at"),
    ],
)
def test_a_form_that_lacks_something_is_refused_and_the_field_named(app, bring, incident, fields, field):
    answer = bring("dispatcher", photo(), **fields)
    assert (answer.status_code, answer.json["field"]) == (422, field)
    assert shelf_of(app).digests() == [] and list(shelf_of(app).incoming.iterdir()) == []


@on_spatialite
def test_a_form_without_a_file_with_two_or_that_is_none_is_refused(app, cast, incident):
    client, headers = app.test_client(), cast.headers("dispatcher")
    two = {"uid": uid(), "incident_id": incident, "file": [(io.BytesIO(b"a"), "a"), (io.BytesIO(b"b"), "b")]}
    for data in ({"uid": uid(), "incident_id": incident}, two):
        answer = client.post("/api/v1/attachments", data=data, headers=headers, content_type="multipart/form-data")
        assert (answer.status_code, answer.json["field"]) == (422, "file")
    answer = client.post("/api/v1/attachments", json={"uid": uid(), "incident_id": incident}, headers=headers)
    assert answer.status_code == 422
    assert list(shelf_of(app).incoming.iterdir()) == []


@on_spatialite
def test_a_file_that_is_too_large_is_refused_at_the_door_and_other_doors_stay_small(app, ask, bring, cast, incident):
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n\xff\xd8\xff'
    form = {"headers": cast.headers("dispatcher"), "content_type": "multipart/form-data; boundary=x"}
    answer = app.test_client().post("/api/v1/attachments", data=head + bytes(16_000_000) + b"\r\n--x--\r\n", **form)
    assert answer.status_code == 413
    large = call_body(narrative="x" * 1_100_000)
    assert ask("call_taker", "POST", "/calls", large).status_code == 413
    assert shelf_of(app).digests() == [] and not list(shelf_of(app).incoming.glob("*"))


@on_spatialite
def test_what_is_no_picture_sound_pdf_or_text_is_refused_with_what_would_be_taken(app, bring, incident):
    for content in (
        b"",
        b"MZ\x90\0" + bytes(400),
        b"PK\x03\x04" + bytes(200),
        b"GIF89a" + bytes(100),
        b"\x7fELF" + bytes(99),
    ):
        answer = bring("dispatcher", content, "foto.jpg", incident_id=incident)
        assert answer.status_code == 422 and answer.json["field"] == "file", content[:6]
        assert answer.json["detail"].endswith(".")
    assert shelf_of(app).digests() == []


@on_spatialite
def test_there_is_an_end_to_how_many_one_call_may_have(monkeypatch, ask, bring, call):
    monkeypatch.setattr("incident.attachments.rules.MOST_OF_CALL", 2)
    answers = [bring("call_taker", b"catatan\n", "a.txt", call_id=call["call"]).status_code for _ in range(3)]
    assert answers == [201, 201, 409]
