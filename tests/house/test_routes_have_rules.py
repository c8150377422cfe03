"""Every door has a rule, and the rule is kept: each route by each role and by nobody, each socket by each origin."""

from collections.abc import Iterator
from typing import Any

import pytest

from incident import rules
from incident.people import COOKIE
from tests.cast import NAMES, SECRET
from tests.factories import call_body, on_spatialite, uid
from tests.sockets import PollingScreen, Refused

OURS = "http://127.0.0.1:5112"
EVIL = "http://evil.example"
EXAMPLES = {"incident_id": 1, "assignment_id": 1, "unit_id": 1, "alert_id": 1, "person_id": 99, "verb": "nosuch"}
WORDS = {"key": "nosuch", "code": "id", "filename": "js/picture.js"}


def doors(app: Any) -> Iterator[tuple[str, str, str]]:
    """(verb, method, path) of every route, its variables filled in."""
    for found in app.url_map.iter_rules():
        verb = getattr(app.view_functions[found.endpoint], "verb", None)
        given = {name: EXAMPLES.get(name, WORDS.get(name, "1")) for name in found.arguments}
        with app.test_request_context(base_url=OURS):
            path = app.url_map.bind("127.0.0.1:5112").build(found.endpoint, given, force_external=False)
        for method in sorted(found.methods - {"HEAD", "OPTIONS"}):
            yield verb, method, path


def knock(app: Any, method: str, path: str, headers: dict[str, str]) -> int:
    body = None if method == "GET" else {}
    asked = {"Accept": "application/json", **headers}
    with app.test_client().open(path, method=method, json=body, headers=asked) as answer:
        return int(answer.status_code)


@on_spatialite
def test_every_route_carries_the_verb_its_caller_needs(app):
    bare = [path for verb, _, path in doors(app) if verb is None]
    assert bare == [], "give each of these a rule: may(...) or public"
    assert len(list(doors(app))) > 30


@on_spatialite
def test_every_verb_of_a_route_belongs_to_somebody(app):
    held = frozenset().union(*rules.ROLE_VERBS.values()) | rules.PUBLIC_VERBS
    assert {verb for verb, _, _ in doors(app)} <= held


@on_spatialite
@pytest.mark.parametrize("role", rules.ROLES)
def test_a_route_opens_to_the_roles_that_have_its_verb_and_to_no_other(app, cast, role):
    for verb, method, path in doors(app):
        status = knock(app, method, path, cast.headers(role))
        if rules.may(role, verb):
            assert status not in (401, 403, 500) or path == "/login", (role, method, path, status)
        else:
            assert status == 403, (role, method, path, status)


@on_spatialite
def test_nobody_gets_through_a_route_that_is_not_public(app, cast):
    for verb, method, path in doors(app):
        status = knock(app, method, path, {})
        if verb == "public":
            assert status != 403, (method, path)
        else:
            assert status == 401, (method, path, status)


@on_spatialite
def test_a_token_that_is_none_opens_nothing(app, cast):
    for header in ("Bearer nosuch", "Bearer ", "Basic c2FyaTpyYWhhc2lh", f"bearer {cast.tokens['admin']}x"):
        assert knock(app, "GET", "/api/v1/board", {"Authorization": header}) == 401


@on_spatialite
def test_a_verb_inside_a_route_needs_its_own_right(ask, cast):
    """POST /incidents/{id}/{verb} opens with incident.read; what it does is asked again."""
    incident = ask("call_taker", "POST", "/calls", call_body()).json["incident"]
    ask("dispatcher", "POST", f"/incidents/{incident}/assignments", {"uid": uid(), "unit_id": cast.units["TRC-1"]})
    for role in rules.ROLES:
        for verb in rules.INCIDENT_VERBS:
            needed = f"incident.{verb}" if verb in rules.OWN_VERBS else "incident.verb"
            status = ask(role, "POST", f"/incidents/{incident}/{verb}", {"uid": uid()}).status_code
            assert (status == 403) == (not rules.may(role, needed)), (role, verb, status)
            if verb == "verify" and status != 403:
                assert status == 409, "a responding incident is past verifying"


# a cookie travels by itself


@pytest.fixture
def session(app, cast) -> Any:
    """A browser of the coordinator's, logged in by the form: (client, csrf)."""
    client = app.test_client()
    answer = client.post("/login", data={"name": NAMES["coordinator"], "secret": SECRET})
    assert answer.status_code == 302
    key = client.get_cookie(COOKIE).value
    return client, app.extensions["people"].by_session(key).csrf


@on_spatialite
def test_a_cookie_alone_reads_but_does_not_write(session):
    client, csrf = session
    assert client.get("/api/v1/board").status_code == 200
    assert client.post("/api/v1/calls", json=call_body()).status_code == 403
    assert client.post("/api/v1/calls", json=call_body(), headers={"X-CSRF-Token": "nosuch"}).status_code == 403
    assert client.post("/api/v1/calls", json=call_body(), headers={"X-CSRF-Token": csrf}).status_code == 201


@on_spatialite
def test_a_page_of_another_origin_writes_nothing_even_with_the_token(session):
    client, csrf = session
    for origin in (EVIL, "null", f"{OURS}.evil.example", "http://127.0.0.1:5113"):
        headers = {"X-CSRF-Token": csrf, "Origin": origin, "X-Forwarded-Host": "evil.example"}
        assert client.post("/api/v1/calls", json=call_body(), headers=headers).status_code == 403, origin
    assert client.post("/login", data={"name": "x", "secret": "y"}, headers={"Origin": EVIL}).status_code == 403
    ours = {"X-CSRF-Token": csrf, "Origin": OURS}
    assert client.post("/api/v1/calls", json=call_body(), headers=ours).status_code == 201


@on_spatialite
def test_a_token_needs_no_csrf_for_it_never_travels_by_itself(ask):
    assert ask("call_taker", "POST", "/calls", call_body()).status_code == 201


@on_spatialite
def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(app, cast):
    answer = app.test_client().post(
        "/login", data={"name": NAMES["admin"], "secret": SECRET}, base_url="https://posko.test"
    )
    cookie = answer.headers["Set-Cookie"]
    for word in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/"):
        assert word in cookie


@on_spatialite
def test_every_answer_forbids_inline_script_and_framing(app):
    for path in ("/login", "/healthz", "/api/v1/board", "/nosuch"):
        policy = app.test_client().get(path).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


# the sockets


@on_spatialite
def test_a_socket_opens_to_a_token_and_to_a_cookie_from_our_own_page(app, session, cast):
    cookie = session[0].get_cookie(COOKIE).value
    PollingScreen(app, token=cast.tokens["leader"])
    PollingScreen(app, origin=OURS, cookie=cookie)


@on_spatialite
@pytest.mark.parametrize(
    "who",
    [
        "nobody",
        "nobody from our own page",
        "a wrong token",
        "a cookie without an origin",
        "a cookie from another site",
        "a cookie from another site that names us",
        "a token from another site",
        "a logged out cookie",
    ],
)
def test_a_socket_stays_shut_to(app, session, cast, who):
    client, csrf = session
    cookie = client.get_cookie(COOKIE).value
    forwarded = {"X_Forwarded_Host": "evil.example", "X_Forwarded_Proto": "http", "Host": "evil.example"}
    knocks: dict[str, dict[str, Any]] = {
        "nobody": {},
        "nobody from our own page": {"origin": OURS},
        "a wrong token": {"token": "nosuch"},
        "a cookie without an origin": {"cookie": cookie},
        "a cookie from another site": {"cookie": cookie, "origin": EVIL},
        "a cookie from another site that names us": {"cookie": cookie, "origin": EVIL, "headers": forwarded},
        "a token from another site": {"token": cast.tokens["admin"], "origin": EVIL},
        "a logged out cookie": {"cookie": cookie, "origin": OURS},
    }
    if who == "a logged out cookie":
        client.post("/logout", headers={"X-CSRF-Token": csrf})
    with pytest.raises(Refused):
        PollingScreen(app, **knocks[who])


@on_spatialite
def test_no_screen_can_say_anything_over_its_socket(app):
    """Commands go by HTTP with a key; the server alone speaks on the socket."""
    server = app.extensions["live"].socketio.server
    assert {event for handlers in server.handlers.values() for event in handlers} == {"connect", "disconnect"}
    assert server.namespace_handlers == {}
