"""An incident's life over HTTP: its verbs, its list, who sees it, and what strange input it survives."""

from typing import Any

import pytest

from tests.factories import call_body, on_spatialite, uid

OBSTACLE = {"reason": "access", "text": "Jembatan putus", "unblock_by": "PUPR", "next_word_at": "2026-11-22T05:00:00Z"}


@pytest.fixture
def incident(ask: Any) -> int:
    return int(ask("call_taker", "POST", "/calls", call_body()).json["incident"])


def do(ask: Any, incident: int, verb: str, role: str = "dispatcher", **said: Any) -> Any:
    return ask(role, "POST", f"/incidents/{incident}/{verb}", {"uid": uid(), **said})


def state(ask: Any, incident: int) -> str:
    return str(ask("leader", "GET", f"/incidents/{incident}").json["incident"]["state"])


def test_an_incident_is_verified_obstructed_resumed_controlled_closed_and_reopened(ask, incident):
    for verb, said, then in (
        ("verify", {}, "verified"),
        ("obstruct", OBSTACLE, "obstructed"),
        ("resume", {}, "responding"),
        ("control", {}, "controlled"),
        ("close", {"disposition": "handled"}, "closed"),
        ("reopen", {"text": "Air naik lagi"}, "verified"),
    ):
        answer = do(ask, incident, verb, **said)
        assert answer.status_code == 200, (verb, answer.json)
        assert state(ask, incident) == then
    kinds = [one["kind"] for one in ask("leader", "GET", f"/incidents/{incident}").json["chronology"]]
    assert kinds[-6:] == [
        f"incident.{one}" for one in ("verified", "obstructed", "responding", "controlled", "closed", "reopened")
    ]


@on_spatialite
def test_a_forbidden_verb_is_answered_with_the_allowed_ones(ask, incident):
    answer = do(ask, incident, "reopen", text="Tidak pernah ditutup")
    assert answer.status_code == 409
    assert {"verify", "close", "obstruct"} <= set(answer.json["allowed"]) and "reopen" not in answer.json["allowed"]
    assert state(ask, incident) == "new"


@on_spatialite
def test_the_same_verb_twice_with_one_key_is_done_once(ask, incident):
    body = {"uid": uid(), "text": "Perahu di jalan"}
    first, second = (ask("dispatcher", "POST", f"/incidents/{incident}/note", body) for _ in range(2))
    assert (first.status_code, first.json) == (second.status_code, second.json)


@on_spatialite
def test_what_a_verb_lacks_is_named(ask, incident):
    for verb, said, field in (
        ("note", {}, "text"),
        ("note", {"text": "   "}, "text"),
        ("close", {}, "disposition"),
        ("close", {"disposition": "gone"}, "disposition"),
        *(("obstruct", {name: word for name, word in OBSTACLE.items() if name != gone}, gone) for gone in OBSTACLE),
        ("correct", {"text": "x"}, "type"),
        ("correct", {"text": "x", "type": "dragon"}, "type"),
        ("correct", {"type": "fire"}, "text"),
    ):
        answer = do(ask, incident, verb, **said)
        assert (answer.status_code, answer.json["field"]) == (422, field), (verb, said)


@on_spatialite
def test_an_incident_with_units_on_it_cannot_be_closed(ask, incident, cast):
    ask("dispatcher", "POST", f"/incidents/{incident}/assignments", {"uid": uid(), "unit_id": cast.units["TRC-1"]})
    answer = do(ask, incident, "close", disposition="handled")
    assert answer.status_code == 409 and "TRC-1" in answer.json["detail"]


@on_spatialite
def test_a_correction_keeps_what_was(ask, incident):
    place = {"method": "map", "lon": 116.49, "lat": -8.76, "area_code": "52.03.02.2004"}
    entry = do(ask, incident, "correct", type="fire", text="Bukan banjir", place=place).json
    assert entry["body"]["was"].keys() == {"type", "place"}
    card = ask("leader", "GET", f"/incidents/{incident}").json["incident"]
    assert entry["body"]["was"]["type"] != card["type"]
    assert (card["lon"], card["area_code"]) == (116.49, "52.03.02.2004")


def test_incidents_are_listed_as_geojson_by_box_state_and_page(ask):
    near = ask("call_taker", "POST", "/calls", call_body()).json["incident"]
    far = ask("call_taker", "POST", "/calls", call_body(place={"method": "map", "lon": 120.0, "lat": -5.0})).json[
        "incident"
    ]
    nowhere = ask("call_taker", "POST", "/calls", call_body(place={"method": "text", "text": "dekat masjid"})).json[
        "incident"
    ]

    def ids(query: str) -> list[int]:
        listed = ask("leader", "GET", f"/incidents?{query}")
        assert listed.status_code == 200 and listed.json["type"] == "FeatureCollection"
        return [one["id"] for one in listed.json["features"]]

    assert ids("") == [near, far, nowhere]
    assert ids("bbox=116,-9,117,-8") == [near]
    assert ids("bbox=-180,-90,180,90") == [near, far]
    assert ids("state=closed") == [] and ids("state=new&type=flood&priority=P2") == [near, far, nowhere]
    first = ask("leader", "GET", "/incidents?limit=2").json
    assert [one["id"] for one in first["features"]] == [near, far]
    assert ids(f"limit=2&cursor={first['next']}") == [nowhere]
    assert (
        next(one for one in ask("leader", "GET", "/incidents").json["features"] if one["id"] == nowhere)["geometry"]
        is None
    )


@on_spatialite
def test_a_role_gets_and_changes_only_the_incidents_it_sees(ask, incident, cast):
    for role in ("field", "agency", "village"):
        assert ask(role, "GET", f"/incidents/{incident}").status_code == 404
        assert ask(role, "GET", "/incidents").json["features"] == []
    assert do(ask, incident, "note", role="field", text="Saya lihat").status_code == 404
    assert ask("field", "GET", f"/recommendations?incident={incident}").status_code == 404
    ask("dispatcher", "POST", f"/incidents/{incident}/assignments", {"uid": uid(), "unit_id": cast.units["TRC-1"]})
    for role in ("field", "agency"):
        assert ask(role, "GET", f"/incidents/{incident}").status_code == 200
    assert do(ask, incident, "note", role="field", text="Saya lihat").status_code == 200
    assert ask("field", "GET", f"/recommendations?incident={incident}").status_code == 200


def test_units_are_recommended_free_before_busy_and_near_before_far(ask, incident, cast):
    order = [
        one["unit"]["call_sign"]
        for one in ask("dispatcher", "GET", f"/recommendations?incident={incident}").json["units"]
    ]
    assert order == ["TRC-1", "PSC-1"]
    ask("dispatcher", "POST", f"/incidents/{incident}/assignments", {"uid": uid(), "unit_id": cast.units["TRC-1"]})
    units = ask("dispatcher", "GET", f"/recommendations?incident={incident}").json["units"]
    assert [one["unit"]["call_sign"] for one in units] == ["PSC-1", "TRC-1"]
    assert {"sedang bertugas", "sudah di kejadian ini"} <= set(units[1]["shortfalls"])


# strange input: answered, never tripped over

EARLY, LATE = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/incidents?type=%00", None),
        ("GET", "/repeats?lon=116&lat=-8&type=%00", None),
        ("GET", f"/incidents?since={EARLY.replace('+', '%2B')}", None),
        ("GET", f"/incidents?since={LATE}", None),
        ("GET", "/incidents?bbox=nan,nan,nan,nan", None),
        ("GET", "/incidents?bbox=1e999,0,0,0", None),
        ("GET", "/incidents/9223372036854775808", None),
        ("GET", "/incidents/99999999999999999999999999", None),
        ("POST", "/calls", call_body(received_at=EARLY)),
        ("POST", "/calls", call_body(received_at=LATE)),
        ("POST", "/calls", call_body(narrative="a\x00b")),
        ("POST", "/calls", call_body(caller={"name": "\x00"})),
        ("POST", "/calls", call_body(place={"method": "text", "text": "\x00"})),
        ("POST", "/calls", call_body(narrative="\ud800")),
        ("POST", "/calls", call_body(incident=2**53)),
        ("POST", "/incidents/1/obstruct", {"uid": uid(), **OBSTACLE, "next_word_at": LATE}),
        ("POST", "/incidents/1/note", {"uid": uid(), "text": "a\x00b"}),
        ("POST", "/units/1/position", {"uid": uid(), "lon": 116.5, "lat": -8.5, "at": EARLY}),
        ("POST", "/alerts", {"uid": uid(), "priority": "P1", "order": "go", "text": "a\x00", "unit_ids": [1]}),
    ],
    ids=lambda value: str(value)[:60].replace("\x00", "NUL") if not isinstance(value, dict) else "body",
)
def test_strange_input_is_answered_with_a_sentence(ask, incident, method, path, body):
    answer = ask("coordinator", method, path, body)
    assert answer.status_code in (200, 201, 400, 404, 409, 422), answer.status_code
    if answer.status_code >= 400:
        assert answer.content_type == "application/problem+json" and answer.json["detail"]


@on_spatialite
def test_a_body_that_is_no_json_or_too_deep_or_too_large_is_refused(app, cast):
    def send(data: bytes) -> Any:
        headers = cast.headers("call_taker") | {"Content-Type": "application/json"}
        return app.test_client().post("/api/v1/calls", data=data, headers=headers).status_code

    assert send(b"{") == 400
    assert send(b"\xff\xfe") == 400
    assert send(b"[" * 100_000) in (400, 422)
    assert send(b'{"a":' * 50_000 + b"1" + b"}" * 50_000) in (400, 422)
    assert send(b'"' + b"x" * 1_100_000 + b'"') == 413
    assert send(b"[]") == 422 and send(b"null") == 422
