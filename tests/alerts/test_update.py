"""The next revision of an alert: same units, new words; the older ends when the newer begins."""

from tests.factories import call_body, uid


def _alert(ask, cast, order="go"):
    incident = ask("call_taker", "POST", "/calls", call_body()).json["incident"]
    body = {"uid": uid(), "incident_id": incident, "priority": "P1", "order": order, "text": "Menuju Sajang"}
    units = list(cast.units.values())
    return ask("dispatcher", "POST", "/alerts", body | {"unit_ids": units}).json["body"]["alert"]


def test_an_update_ends_the_older_revision_and_starts_the_ladder_anew(ask, cast):
    first = _alert(ask, cast)
    words = {"uid": uid(), "text": "Menuju Sajang lewat Aikmel, jembatan putus"}
    newer = ask("dispatcher", "POST", f"/alerts/{first}/update", words)
    assert newer.status_code == 201
    board = ask("coordinator", "GET", "/board").json
    (card,) = board["alerts"]
    assert (card["revision"], card["supersedes_id"], card["state"]) == (1, first, "active")
    assert {one["state"] for one in board["recipients"]} == {"waiting"} and len(board["recipients"]) == 2
    again = ask("dispatcher", "POST", f"/alerts/{first}/update", words)
    assert again.json["seq"] == newer.json["seq"]
    assert ask("dispatcher", "POST", f"/alerts/{first}/update", words | {"uid": uid()}).status_code == 409


def test_an_update_that_needs_a_second_person_leaves_the_older_standing_until_approved(ask, cast):
    first = _alert(ask, cast)
    newer = ask(
        "dispatcher", "POST", f"/alerts/{first}/update", {"uid": uid(), "text": "Evakuasi", "order": "evacuate"}
    )
    newer_id = newer.json["body"]["alert"]
    states = {card["id"]: card["state"] for card in ask("coordinator", "GET", "/board").json["alerts"]}
    assert states == {first: "active", newer_id: "draft"}
    assert [card["id"] for card in ask("field", "GET", "/board").json["alerts"]] == [first], (
        "a draft is not for the field"
    )
    assert ask("coordinator", "POST", f"/alerts/{newer_id}/approve", {"uid": uid()}).status_code == 200
    assert [card["id"] for card in ask("field", "GET", "/board").json["alerts"]] == [newer_id]


def _waiting_revision(ask, first, text):
    body = {"uid": uid(), "text": text, "order": "evacuate"}
    return ask("dispatcher", "POST", f"/alerts/{first}/update", body).json["body"]["alert"]


def test_of_two_revisions_that_wait_only_one_can_stand(ask, cast):
    first = _alert(ask, cast)
    one, other = (_waiting_revision(ask, first, text) for text in ("Pindah ke timur", "Pindah ke barat"))
    assert ask("coordinator", "POST", f"/alerts/{one}/approve", {"uid": uid()}).status_code == 200
    refused = ask("coordinator", "POST", f"/alerts/{other}/approve", {"uid": uid()})
    assert (refused.status_code, refused.json["allowed"]) == (409, ["cancel"])
    states = {card["id"]: card["state"] for card in ask("coordinator", "GET", "/board").json["alerts"]}
    assert states == {one: "active", other: "draft"}


def test_a_revision_that_waited_never_undoes_a_retraction(ask, cast):
    first = _alert(ask, cast)
    newer = _waiting_revision(ask, first, "Pindah ke timur")
    assert ask("dispatcher", "POST", f"/alerts/{first}/cancel", {"uid": uid()}).status_code == 200
    refused = ask("coordinator", "POST", f"/alerts/{newer}/approve", {"uid": uid()})
    assert refused.status_code == 409 and "dicabut" in refused.json["detail"]
