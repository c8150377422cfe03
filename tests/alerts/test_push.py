"""A browser signs up for alerts: whose it is, which one, and never without the channel being on."""

from typing import Any

import pytest
from sqlalchemy import insert, select

from alerts.channels.web_push import WebPushSettings, padless, subscription_of, unpadded
from alerts.models import ChannelSetting, Contact, ContactAddress
from alerts.secrets import seal
from incident.models import Entry, Person
from incident.post import Post
from tests.alerts.channel_fakes.web_push import AUTH, BROWSER, VAPID, point
from tests.factories import on_spatialite, uid

ENDPOINT = "https://updates.push.services.mozilla.com/wpush/v2/gAAAA5521"


@pytest.fixture
def post(app: Any) -> Post:
    here: Post = app.extensions["posko"]
    sealed = seal(here.settings.secret_key, WebPushSettings(private_key=VAPID, subject="mailto:posko@lotim.test"))
    row = {"name": "web_push", "is_on": True, "sealed": sealed, "changed_by": "ayu", "changed_at": here.clock()}
    here.database.write(lambda conn: conn.execute(insert(ChannelSetting), row))
    return here


def body(**said: Any) -> dict[str, Any]:
    keys = {"p256dh": padless(point(BROWSER)), "auth": padless(AUTH)}
    return {"uid": uid(), "endpoint": ENDPOINT, **keys, **said}


def addresses(post: Post) -> list[Any]:
    with post.database.read() as conn:
        return list(conn.execute(select(ContactAddress.__table__)).mappings())


@on_spatialite
def test_a_field_team_s_browser_becomes_the_address_of_its_unit(ask: Any, post: Post, cast: Any):
    told = ask("field", "GET", "/push").json
    assert (told["may"], told["is_heard"], len(unpadded(told["key"]) or b"")) == (True, False, 65)
    assert ask("field", "POST", "/push", body()).status_code == 200
    [one] = addresses(post)
    kept = subscription_of(one["address"])
    assert (one["unit_id"], one["channel"]) == (cast.units["TRC-1"], "web_push")
    assert kept is not None
    assert (kept.endpoint, kept.auth) == (ENDPOINT, AUTH)
    assert ask("field", "GET", "/push").json["is_heard"] is True


@on_spatialite
def test_the_same_key_signs_up_once_and_a_newer_browser_takes_the_place(ask: Any, post: Post):
    first = body()
    assert ask("field", "POST", "/push", first).json == ask("field", "POST", "/push", first).json
    ask("field", "POST", "/push", body(endpoint=ENDPOINT + "x"))
    assert [subscription_of(one["address"]).endpoint for one in addresses(post)] == [ENDPOINT + "x"]  # type: ignore[union-attr]
    ask("field", "POST", "/push/stop", {"uid": uid()})
    assert addresses(post) == []


@on_spatialite
def test_a_person_without_a_unit_needs_a_line_in_the_phone_book(ask: Any, post: Post):
    assert ask("dispatcher", "GET", "/push").json["may"] is False
    assert ask("dispatcher", "POST", "/push", body()).status_code == 404
    with post.database.read() as conn:
        person = conn.scalar(select(Person.id).where(Person.role == "dispatcher"))
    row = {"name": "Dewi", "person_id": person, "made_by": "ayu", "made_at": post.clock(), "changed_at": post.clock()}
    post.database.write(lambda conn: conn.execute(insert(Contact), row))
    assert ask("dispatcher", "POST", "/push", body()).status_code == 200
    assert addresses(post)[0]["contact_id"] is not None


@on_spatialite
def test_while_the_channel_is_off_there_is_no_key_and_nobody_signs_up(ask: Any, post: Post):
    post.database.write(lambda conn: conn.execute(ChannelSetting.__table__.update().values(is_on=False)))
    assert ask("field", "GET", "/push").json["key"] is None
    assert ask("field", "POST", "/push", body()).status_code == 409
    assert ask("field", "POST", "/push/stop", {"uid": uid()}).status_code == 200


@on_spatialite
@pytest.mark.parametrize(
    "wrong", [{"endpoint": "javascript:x"}, {"p256dh": "AA"}, {"auth": "%%"}, {"endpoint": "https://" + "x" * 700}]
)
def test_what_is_no_subscription_is_named(ask: Any, post: Post, wrong: dict[str, str]):
    answer = ask("field", "POST", "/push", body(**wrong))
    assert (answer.status_code, answer.json["field"]) == (422, next(iter(wrong)))


@on_spatialite
def test_the_address_stands_in_no_entry_and_strangers_stay_out(ask: Any, post: Post):
    ask("field", "POST", "/push", body())
    with post.database.read() as conn:
        assert "wpush" not in " ".join(conn.scalars(select(Entry.body)))
    assert ask(None, "GET", "/push").status_code == 401
    assert ask("call_taker", "POST", "/push", body()).status_code == 403
