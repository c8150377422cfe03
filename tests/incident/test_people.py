"""Who may come in, how they prove it, and how they are out again: whatever the clock of the laptop says."""

import datetime as dt
import hashlib
import json
import os
import time
from typing import Any

import pytest
import time_machine
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type
from sqlalchemy import select, text

from incident import people
from incident.errors import BadReport, NotAllowed, NotFound
from incident.models import Person, Session, SetupLink, Token
from incident.people import COOKIE
from tests.cast import NAMES, SECRET
from tests.factories import call_body, on_spatialite, uid

JSON = {"Accept": "application/json"}


def log_in(app: Any, role: str = "coordinator", secret: str = SECRET, **more: Any) -> Any:
    client = app.test_client()
    client.answer = client.post("/login", data={"name": NAMES.get(role, role), "secret": secret, **more})
    return client


def board(client: Any, **headers: str) -> int:
    return int(client.get("/api/v1/board", headers=JSON | headers).status_code)


def csrf_of(app: Any, client: Any) -> str:
    return str(app.extensions["people"].by_session(client.get_cookie(COOKIE).value).csrf)


# a clock decides nothing


@on_spatialite
@pytest.mark.parametrize("step", [dt.timedelta(seconds=-2), dt.timedelta(seconds=3700), dt.timedelta(days=3653)])
def test_a_clock_that_jumps_logs_nobody_out_and_ends_no_form(app, cast, step):
    """Measured: with signed cookies -2 s logs everybody out and +3,700 s ends every form."""
    client = log_in(app)
    token = csrf_of(app, client)
    with time_machine.travel(dt.datetime.now(dt.UTC) + step, tick=True):
        assert board(client) == 200
        assert client.post("/api/v1/calls", json=call_body(), headers={"X-CSRF-Token": token}).status_code == 201
        assert board(app.test_client(), **cast.headers("leader")) == 200


# secrets


def test_a_secret_is_kept_as_argon2id_and_nothing_else(post):
    post.do(people.add_person, "test", None, "ayu", "admin", SECRET)
    with post.database.read() as conn:
        kept = conn.scalar(select(Person.secret_hash))
    found = extract_parameters(kept)
    assert found.type == Type.ID
    assert found.memory_cost >= 19_456 and found.time_cost >= 2, "OWASP's least"
    assert SECRET not in kept
    assert PasswordHasher().verify(kept, SECRET)


def test_two_people_with_one_secret_have_two_hashes(post):
    for name in ("ayu", "sari"):
        post.do(people.add_person, "test", None, name, "admin", SECRET)
    with post.database.read() as conn:
        assert len(set(conn.scalars(select(Person.secret_hash)))) == 2


@on_spatialite
def test_a_wrong_name_and_a_wrong_secret_get_the_same_answer(app, cast):
    wrong_secret, wrong_name = log_in(app, secret="salah-sekali"), log_in(app, role="nobody")
    assert wrong_secret.answer.status_code == wrong_name.answer.status_code == 401
    pages = [
        one.answer.text.replace(NAMES["coordinator"], "X").replace("nobody", "X") for one in (wrong_secret, wrong_name)
    ]
    assert pages[0] == pages[1]
    assert board(wrong_secret) == board(wrong_name) == 401


def test_a_wrong_name_takes_as_long_as_a_wrong_secret(post, monkeypatch):
    """Otherwise the time of the answer tells who works here: each is one hash, of the same cost."""
    post.do(people.add_person, "test", None, "ayu", "admin", SECRET)
    post.do(people.add_person, "test", None, "sari", "leader")  # who has no secret yet
    costs, fits = [], people._fits
    monkeypatch.setattr(people, "_fits", lambda kept, said: costs.append(extract_parameters(kept)) or fits(kept, said))
    for name in ("ayu", "nobody", "sari", "b?d n@me"):
        assert people.check_secret(post, name, "salah-sekali") is None
    assert len(costs) == 4 and costs.count(costs[0]) == 4, costs
    assert costs[0].type == Type.ID


def test_nothing_a_stranger_types_at_the_log_in_breaks_it(app, cast):
    """A NUL byte is refused by PostgreSQL with an error of its own."""
    for name in ("sari\x00", "\x00", "'; DROP TABLE person; --", "s" * 100_000, "\ud7ff", "محمد"):
        assert log_in(app, role=name).answer.status_code in (401, 429), repr(name[:20])


def test_a_person_without_a_secret_cannot_log_in(post):
    post.do(people.add_person, "test", None, "sari", "leader")
    for secret in ("", "nobody has this secret", "None"):
        assert people.check_secret(post, "sari", secret) is None


def test_a_secret_that_is_too_short_is_refused(post):
    with pytest.raises(BadReport) as refused:
        post.do(people.add_person, "test", None, "sari", "leader", "pendek")
    assert refused.value.field == "secret"


@on_spatialite
def test_the_eleventh_guess_in_a_minute_waits(app, cast):
    answers = [log_in(app, secret=f"tebakan-{number}").answer for number in range(11)]
    assert [one.status_code for one in answers] == [401] * 10 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 61
    assert "Terlalu sering salah. Tunggu" in answers[-1].get_data(as_text=True)
    assert board(app.test_client(), **cast.headers("leader")) == 200, "who is in already goes on working"


@on_spatialite
def test_behind_a_proxy_of_this_machine_one_stranger_shuts_nobody_elses_door(app, cast):
    def knock(name: str, secret: str = SECRET, **more: Any) -> int:
        headers = {"X-Forwarded-For": name}
        said = {"name": NAMES["coordinator"], "secret": secret}
        return int(app.test_client().post("/login", data=said, headers=headers, **more).status_code)

    stranger = [knock("203.0.113.9", f"tebakan-{number}") for number in range(11)]
    assert stranger == [401] * 10 + [429]
    assert knock("192.168.1.20") == 302
    assert knock("192.168.1.20, 203.0.113.9") == 429, "only the proxy's own word counts, which is the last"
    outside = {"environ_base": {"REMOTE_ADDR": "198.51.100.7"}}
    assert [knock(f"10.0.0.{number}", "tebakan", **outside) for number in range(11)] == [401] * 10 + [429]


@on_spatialite
def test_many_who_know_their_secret_come_in_from_one_address(app, cast):
    """A whole command room stands behind one router at the change of shift."""
    assert {log_in(app).answer.status_code for _ in range(12)} == {302}


def test_a_token_and_a_session_are_kept_as_hashes_alone(app, cast):
    client = log_in(app)
    secrets = [client.get_cookie(COOKIE).value, *cast.tokens.values(), SECRET]
    with app.extensions["posko"].database.read() as conn:
        kept = [hashlib.sha256(one.encode()).hexdigest() for one in secrets[:-1]]
        stored = set(conn.scalars(select(Token.key_hash))) | set(conn.scalars(select(Session.key_hash)))
        assert set(kept) <= stored
        for table in ("token", "session", "person", "journal", "setup_link"):
            rows = str(conn.execute(text(f"SELECT * FROM {table}")).all())
            assert not [one for one in secrets if one in rows], table


def test_a_token_is_for_someone_who_works_here(post):
    with pytest.raises(NotFound):
        post.do(people.add_token, "cli", None, "nobody")


# the first start


def first_key(app: Any) -> str:
    here = app.extensions["posko"]
    link = people.setup_link(here.database, here.settings)
    assert link
    return str(link.rpartition("/")[2])


def set_up(app: Any, key: str, **more: str) -> Any:
    return app.test_client().post(f"/setup/{key}", data={"name": "ayu", "secret": SECRET, "again": SECRET, **more})


def test_a_fresh_installation_lets_nobody_in(app):
    with app.extensions["posko"].database.read() as conn:
        assert conn.scalar(select(Person.id)) is None
    for name in ("admin", "posko", "root"):
        assert log_in(app, role=name, secret=name).answer.status_code == 401


def test_the_first_link_makes_one_administrator_and_then_never_works_again(app):
    key = first_key(app)
    answer = set_up(app, key)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert COOKIE in answer.headers["Set-Cookie"]
    assert set_up(app, key, name="mallory").status_code in (404, 302)
    here = app.extensions["posko"]
    assert people.setup_link(here.database, here.settings) is None, "somebody works here now"
    with here.database.read() as conn:
        assert conn.execute(select(Person.name, Person.role)).all() == [("ayu", "admin")]
        assert conn.scalar(select(SetupLink.key_hash)) == hashlib.sha256(key.encode()).hexdigest()


def test_a_newer_first_link_ends_the_older(app):
    older, newer = first_key(app), first_key(app)
    assert app.test_client().get(f"/setup/{older}", headers=JSON).status_code == 404
    assert app.test_client().get(f"/setup/{newer}").status_code == 200


def test_a_first_link_is_worth_nothing_once_somebody_is_here(app):
    key = first_key(app)
    here = app.extensions["posko"]
    here.do(people.add_person, "cli", None, "sari", "leader", SECRET)
    with pytest.raises(NotAllowed):
        here.do(people.use_setup_link, "setup", None, key, "mallory", SECRET)
    assert app.test_client().get(f"/setup/{key}", headers=JSON).status_code == 404


def test_a_weak_or_mistyped_first_secret_keeps_the_link(app):
    key = first_key(app)
    assert set_up(app, key, secret="pendek", again="pendek").status_code == 422
    assert set_up(app, key, again="lain-lain-lain").status_code == 422
    assert set_up(app, key).status_code == 302


# out again


@on_spatialite
def test_log_out_ends_the_session_at_once(app, cast):
    client = log_in(app)
    key = client.get_cookie(COOKIE).value
    assert board(client) == 200
    assert client.post("/logout", headers={"X-CSRF-Token": csrf_of(app, client)}).status_code == 302
    again = app.test_client()
    again.set_cookie(COOKIE, key)
    assert board(again) == 401


def test_a_revoked_person_is_out_within_two_seconds_with_session_and_token(app, cast, ask):
    client = log_in(app, "dispatcher")
    assert (board(client), ask("dispatcher", "GET", "/board").status_code) == (200, 200)
    assert people.REMEMBER_S <= 1, "the other second is for the way"
    began = time.monotonic()
    revoked = ask("admin", "POST", f"/people/{cast.people['dispatcher']}/revoke", {"uid": uid()})
    assert revoked.status_code == 200
    while board(client) == 200 or ask("dispatcher", "GET", "/board").status_code == 200:
        assert time.monotonic() - began < 40
        time.sleep(0.05)
    assert (board(client), ask("dispatcher", "GET", "/board").status_code) == (401, 401)
    assert log_in(app, "dispatcher").answer.status_code == 401
    with pytest.raises(NotFound):
        app.extensions["posko"].do(people.add_token, "cli", None, NAMES["dispatcher"])


@on_spatialite
def test_nobody_revokes_themselves_or_somebody_twice(ask, cast):
    assert ask("admin", "POST", f"/people/{cast.people['admin']}/revoke", {"uid": uid()}).status_code == 409
    leader = f"/people/{cast.people['leader']}/revoke"
    assert ask("admin", "POST", leader, {"uid": uid()}).status_code == 200
    assert ask("admin", "POST", leader, {"uid": uid()}).status_code == 404


@on_spatialite
@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        "evil.example",
        " //evil.example",
        "///evil.example",
        "/%5cevil.example/../..//evil.example",
    ],
)
def test_the_log_in_leads_nowhere_but_to_ourselves(app, cast, target):
    location = log_in(app, next=target).answer.headers["Location"]
    assert location.startswith("/") and not location.startswith(("//", "/\\", "/\t", "/\n", "/%09", "/%0A")), location


@on_spatialite
def test_the_log_in_leads_to_the_page_one_wanted(app, cast):
    answer = app.test_client().get("/people", headers={"Accept": "text/html"})
    assert answer.headers["Location"] == "/login?next=/people"
    assert log_in(app, next="/people").answer.headers["Location"] == "/people"


@on_spatialite
def test_people_are_listed_without_anything_secret(ask):
    listed = ask("admin", "GET", "/people")
    assert {one["role"] for one in listed.json["people"]} == set(NAMES)
    assert "hash" not in listed.text and "$argon2" not in listed.text


@on_spatialite
def test_an_area_is_a_whole_code_or_nothing(ask):
    """Half a code would show a village what belongs to its neighbours: 5 begins 51, 52 and 53."""
    for area, status in (("5", 422), ("52.0", 422), ("52.03.01.200", 422), ("52.03", 201), ("52.03.01.2001", 201)):
        body = {"uid": uid(), "name": f"desa {area}", "role": "village", "secret": SECRET, "area_code": area}
        assert ask("admin", "POST", "/people", body).status_code == status, area


@on_spatialite
def test_a_revocation_is_in_the_journal_with_who_did_it(ask, app, cast):
    ask("admin", "POST", f"/people/{cast.people['leader']}/revoke", {"uid": uid()})
    entries = ask("coordinator", "GET", "/journal?after=0&limit=1000").json["entries"]
    entry = entries[-1]
    assert (entry["kind"], entry["by"], entry["body"]["name"]) == ("person.revoked", "ayu", "lalu")
    assert SECRET not in json.dumps(entries)


@on_spatialite
def test_the_secret_of_the_installation_is_readable_by_its_owner_alone(settings):
    for name in ("secret_key", "radio_key"):
        assert os.stat(settings.data / name).st_mode & 0o777 == 0o600
