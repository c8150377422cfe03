"""What a browser is given before it is cut off: its worker, its manifest, its person, the secret of its outbox."""

import json
import re

import pytest

from incident.people import COOKIE, revoke_person
from tests.cast import NAMES, SECRET
from tests.factories import on_spatialite, uid


def facts(app):
    words = app.test_client().get("/sw.js").text
    return json.loads(re.match(r"self\.POSKO = (\{.*\});\n", words)[1])


@on_spatialite
def test_the_worker_keeps_every_file_of_one_version_and_each_of_them_is_there(app):
    about = facts(app)
    assert {"/calls", "/field"} == set(about["pages"])
    assert all(name.startswith(f"/static/{about['version']}/") for name in about["files"])
    for word in ("js/desk.js", "js/field.js", "js/outbox.js", "vendor/icons.svg", "css/field.css", "img/icon-192.png"):
        assert f"/static/{about['version']}/{word}" in about["files"]
    client = app.test_client()
    assert [name for name in about["files"] if client.get(name, buffered=True).status_code != 200] == []


@on_spatialite
def test_the_worker_is_asked_for_anew_and_opens_to_everybody(app):
    answer = app.test_client().get("/sw.js")
    assert answer.status_code == 200 and answer.mimetype == "text/javascript"
    assert "no-cache" in answer.headers["Cache-Control"]


@on_spatialite
@pytest.mark.parametrize(("language", "word"), [("id", "Server tidak terjangkau"), ("en", "cannot be reached")])
def test_what_stands_in_for_a_page_names_nobody_in_either_language(app, cast, language, word):
    client = app.test_client()
    client.post("/login", data={"name": NAMES["call_taker"], "secret": SECRET})
    page = client.get(f"/offline/{language}").text
    assert word in page and 'name="csrf" content=""' in page
    assert not re.search(rf"\b{NAMES['call_taker']}\b", page)


@on_spatialite
def test_a_page_says_for_whom_and_of_which_version_it_is_and_no_other_cache_keeps_it(app, cast):
    client = app.test_client()
    assert client.get("/login").headers["Posko-Person"] == "0"
    client.post("/login", data={"name": NAMES["call_taker"], "secret": SECRET})
    page = client.get("/calls")
    assert page.headers["Posko-Person"] == str(cast.people["call_taker"])
    assert page.headers["Posko-Version"] == facts(app)["version"]
    assert page.headers["Cache-Control"] == "no-store"


@on_spatialite
def test_a_phone_can_put_the_field_page_among_its_programs(app):
    answer = app.test_client().get("/manifest.webmanifest")
    words = json.loads(answer.text)
    assert (words["start_url"], words["display"], words["scope"]) == ("/field", "standalone", "/")
    assert {icon["purpose"] for icon in words["icons"]} == {"any", "maskable"}
    for icon in words["icons"]:
        assert app.test_client().get(icon["src"], buffered=True).mimetype == "image/png"


@on_spatialite
def test_a_field_team_stays_logged_in_when_its_phone_tidies_up_and_nobody_else_does(app, cast):
    kept = {}
    for role in ("field", "call_taker"):
        answer = app.test_client().post("/login", data={"name": NAMES[role], "secret": SECRET})
        kept[role] = "Max-Age=2592000" in answer.headers["Set-Cookie"]
    assert kept == {"field": True, "call_taker": False}


def test_the_secret_of_an_outbox_is_one_persons_and_always_the_same(ask):
    given = {role: ask(role, "POST", "/me/outbox-secret", {}).json["secret"] for role in NAMES}
    assert len(set(given.values())) == len(NAMES)
    assert ask("field", "POST", "/me/outbox-secret", {}).json["secret"] == given["field"]
    assert all(len(secret) >= 43 for secret in given.values())


@on_spatialite
def test_who_is_revoked_gets_no_secret_any_more(app, ask, cast):
    ask("field", "POST", "/me/outbox-secret", {})
    app.extensions["posko"].do(revoke_person, "ayu", uid(), cast.people["field"])
    app.extensions["people"].forget()
    assert ask("field", "POST", "/me/outbox-secret", {}).status_code == 401


@on_spatialite
def test_a_page_opened_long_ago_learns_its_token(app, cast):
    client = app.test_client()
    client.post("/login", data={"name": NAMES["field"], "secret": SECRET})
    told = client.get("/api/v1/me").json
    key = client.get_cookie(COOKIE).value
    assert told == {"name": "tono", "role": "field", "csrf": app.extensions["people"].by_session(key).csrf}
