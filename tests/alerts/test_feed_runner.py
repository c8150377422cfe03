"""Asking sources: politely, within limits, of nobody in an exercise; time is an argument and the far end is our own."""

import datetime as dt
import json
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from random import Random
from typing import Any
from urllib.parse import urlsplit

import pytest

from alerts.bulletins import feed_actions, feed_queries, queries, rules
from alerts.bulletins.runner import A_MINUTE, MOST_LINKS, Budget, FeedRunner
from alerts.feeds import REGISTER, get_feed
from alerts.feeds.shape import Wanted, host_of
from alerts.wire import Answer, NotAllowedHost, Unreachable, Wire
from incident.config import Settings
from incident.errors import BadReport, NotFound, WrongState
from incident.post import Post
from tests.alerts import feed_words as words
from tests.alerts.bulletin_ground import NOW, lay_villages, shown
from tests.alerts.fakes import FarEnd, Said
from tests.factories import on_spatialite, uid
from tests.room import Clock

URL = get_feed("bmkg_strong").targets(Wanted())[0].url


class World:
    """What lies at which address, who was asked for what, and by which headers."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer | Exception] = {}
        self.asked: list[tuple[str, Mapping[str, str]]] = []

    def put(self, url: str, body: bytes = b"", status: int = 200, **headers: str) -> None:
        self.answers[url] = Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)

    def open(self, hosts: Collection[str], largest_bytes: int) -> "World":
        self.hosts, self.largest_bytes = hosts, largest_bytes
        return self

    def ask(self, method: str, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        if host_of(url) not in self.hosts:
            raise NotAllowedHost(f"Alamat di luar daftar: {host_of(url)}.")
        self.asked.append((url, headers or {}))
        answer = self.answers.get(url, Unreachable(f"{host_of(url)}: tidak menjawab"))
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        return None

    @property
    def urls(self) -> list[str]:
        return [url for url, _ in self.asked]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def room(post: Post) -> Post:
    post.clock = Clock(NOW + dt.timedelta(minutes=2))
    lay_villages(post)
    return post


@pytest.fixture
def runner(room: Post, world: World) -> FeedRunner:
    return FeedRunner(room, world.open, Random(1))


def switch(room: Post, name: str = "bmkg_strong", is_on: bool = True, **chosen: Any) -> Any:
    return room.do(feed_actions.switch, "ayu", uid(), name, is_on, **chosen)


def state(room: Post, name: str = "bmkg_strong") -> Any:
    with room.database.read() as conn:
        return queries.find_feed(conn, name)


def lamp(room: Post) -> str:
    from incident.queries import lamp_cards

    with room.database.read() as conn:
        return next(f"{one['state']} {one['words']}" for one in lamp_cards(conn) if one["id"] == "feeds")


def later(**time: float) -> dt.datetime:
    return NOW + dt.timedelta(minutes=2) + dt.timedelta(**time)


def strong() -> bytes:
    return words.bmkg({**words.QUAKE, "DateTime": NOW.isoformat()})


# asking


def test_nobody_is_asked_before_a_person_switched_a_feed_on(runner: FeedRunner, world: World):
    assert runner.step(later()) == 0 and world.asked == []


def test_a_feed_that_is_on_is_asked_and_what_it_tells_stands(room: Post, runner: FeedRunner, world: World):
    world.put(URL, strong())
    switch(room)
    assert runner.step(later()) == 1
    assert [card["magnitude"] for card in shown(room)] == [6.8]
    assert shown(room)[0]["sources"][0]["attribution"].startswith("BMKG (Badan Meteorologi")
    assert (state(room)["state"], state(room)["words"]) == ("ok", "menjawab") and lamp(room) == "ok 1/1 sumber"


def test_it_is_asked_again_only_when_it_is_due(room: Post, runner: FeedRunner, world: World):
    world.put(URL, strong())
    switch(room)
    for seconds in range(0, 600, 10):
        runner.step(later(seconds=seconds))
    assert 4 <= len(world.asked) <= 7, "every two minutes, spread by a fifth"


def test_a_second_process_or_a_restart_asks_nobody_twice(room: Post, world: World):
    world.put(URL, strong())
    switch(room)
    for seed in range(3):
        FeedRunner(room, world.open, Random(seed)).step(later())
    assert len(world.asked) == 1


def test_what_did_not_change_is_not_sent_again(room: Post, runner: FeedRunner, world: World):
    world.put(URL, strong(), etag='"v1"', last_modified="Sun, 22 Nov 2026 03:00:00 GMT")
    switch(room)
    runner.step(later())
    world.put(URL, b"", 304)
    runner.step(later(minutes=5))
    runner.step(later(minutes=10))
    assert "If-None-Match" not in world.asked[0][1]
    for _, headers in world.asked[1:]:
        assert headers["If-None-Match"] == '"v1"' and headers["If-Modified-Since"].startswith("Sun, 22 Nov")
    assert state(room)["state"] == "ok" and len(shown(room)) == 1


def test_a_feed_switched_off_is_not_asked_and_its_lamp_says_so(room: Post, runner: FeedRunner, world: World):
    switch(room)
    switch(room, is_on=False)
    assert runner.step(later()) == 0
    assert (state(room)["state"], lamp(room)) == ("off", "unknown dimatikan")


def test_an_answer_that_comes_after_it_was_switched_off_is_dropped(room: Post, world: World):
    switch(room)

    class Late(World):
        def ask(self, method: str, url: str, headers: Mapping[str, str] | None = None) -> Answer:
            switch(room, is_on=False)
            return Answer(200, {}, strong())

    FeedRunner(room, Late().open, Random(1)).step(later())
    assert shown(room) == []


# when it does not answer


def test_who_does_not_answer_is_asked_more_and_more_seldom_and_the_lamp_goes_out(
    room: Post, runner: FeedRunner, world: World
):
    switch(room)
    tries = [seconds for seconds in range(0, 4 * 3600, 20) if runner.step(later(seconds=seconds))]
    pauses = [after - before for before, after in zip(tries, tries[1:], strict=False)]
    assert pauses[0] < pauses[2] < pauses[4] and max(pauses) <= 3600 * 1.2 + 20
    assert len(tries) < 10 and state(room)["state"] == "down" and "tidak menjawab" in state(room)["words"]
    assert lamp(room) == "off 0/1 sumber"


def test_one_good_answer_makes_it_well_again(room: Post, runner: FeedRunner, world: World):
    switch(room)
    runner.step(later())
    assert lamp(room) == "off 0/1 sumber" and state(room)["state"] == "warn"
    world.put(URL, strong())
    runner.step(later(hours=1))
    assert (state(room)["failures"], lamp(room)) == (0, "ok 1/1 sumber")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed_and_is_said(room: Post, runner: FeedRunner, world: World, status: int):
    world.put(URL, b"", status, location="https://elsewhere.example/")
    switch(room)
    runner.step(later())
    assert world.urls == [URL] and "tidak diikuti" in state(room)["words"]


@pytest.mark.parametrize(("said", "least"), [("7200", 7200), ("Sun, 22 Nov 2026 05:02:00 GMT", 7000), ("soon", 100)])
def test_a_source_that_asks_to_be_left_alone_is(room: Post, runner: FeedRunner, world: World, said: str, least: int):
    world.put(URL, b"", 429, retry_after=said)
    switch(room)
    runner.step(later())
    assert (state(room)["due_at"] - later()).total_seconds() >= least


def test_an_answer_that_cannot_be_read_is_a_failure_with_its_sentence(room: Post, runner: FeedRunner, world: World):
    world.put(URL, b"<html>Sedang dirawat</html>")
    switch(room)
    runner.step(later())
    assert (state(room)["state"], state(room)["words"]) == ("warn", "Jawaban sumber bukan JSON yang utuh.")


def test_a_slip_in_the_table_of_rules_is_said_and_nobody_is_asked(
    room: Post, runner: FeedRunner, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
):
    (tmp_path / "rules.toml").write_text("[same_quake]\n")
    monkeypatch.setattr(rules, "TABLE", tmp_path / "rules.toml")
    rules.table.cache_clear()
    switch(room)
    runner.step(later())
    rules.table.cache_clear()
    assert world.asked == [] and state(room)["words"].startswith("Tabel aturan tidak terbaca")


def test_one_bad_item_is_said_while_the_others_stand(room: Post, runner: FeedRunner, world: World):
    quake = {**words.QUAKE, "DateTime": NOW.isoformat()}
    world.put(URL, words.bmkg(quake, {**quake, "Magnitude": "?"}))
    switch(room)
    runner.step(later())
    assert len(shown(room)) == 1
    assert state(room)["words"] == "1 butir tidak terbaca: butir ke-2: magnitudo bukan angka"


def test_what_nobody_thought_of_is_noted_and_asked_more_seldom(room: Post, runner: FeedRunner, world: World):
    world.answers[URL] = ZeroDivisionError()
    switch(room)
    for _ in range(3):
        runner.run(iter((False, True)).__next__, lambda seconds: None)
    assert world.urls == [URL] and (state(room)["state"], state(room)["failures"]) == ("warn", 1)
    assert "tidak dapat diolah (ZeroDivisionError)" in state(room)["words"]


def test_not_modified_is_no_answer_to_who_has_nothing(room: Post, runner: FeedRunner, world: World):
    world.put(URL, b"", 304)
    switch(room)
    runner.step(later())
    assert state(room)["failures"] == 1 and "padahal belum memberi apa pun" in state(room)["words"]


def forecasts(*codes: str) -> list[str]:
    return [one.url for one in get_feed("bmkg_forecast").targets(Wanted(villages=codes))]


VILLAGES = ("52.03.19.2001", "52.03.19.2002", "52.03.20.2001")


def test_an_address_that_fails_costs_the_others_nothing(room: Post, runner: FeedRunner, world: World):
    first, second, third = forecasts(*VILLAGES)
    world.put(first, b"", 404)
    world.put(second, b"<html>Sedang dirawat</html>")
    world.put(third, words.forecast((NOW.isoformat(), "Hujan Lebat")), etag='"3"')
    switch(room, "bmkg_forecast", villages=VILLAGES)
    runner.step(later())
    assert len(world.urls) == 3 and state(room, "bmkg_forecast")["state"] == "warn"
    assert "menjawab 404" in state(room, "bmkg_forecast")["words"]
    world.put(third, b"", 304)
    runner.step(later(hours=2))
    assert world.asked[-1][1]["If-None-Match"] == '"3"'


@pytest.mark.parametrize("status", [429, None])
def test_a_host_that_wants_or_gives_no_answer_is_asked_once_a_turn(
    room: Post, runner: FeedRunner, world: World, status: int | None
):
    first, *_ = forecasts(*VILLAGES)
    if status:
        world.put(first, b"", status, retry_after="9000")
    switch(room, "bmkg_forecast", villages=VILLAGES)
    runner.step(later())
    assert world.urls == [first] and state(room, "bmkg_forecast")["failures"] == 1


def test_what_was_read_before_the_budget_ended_is_kept_and_the_rest_comes(room: Post, runner: FeedRunner, world: World):
    names = [f"N{number}" for number in range(9)]
    world.put(INDEX, words.index(*map(link, names)), etag='"1"')
    for name in names:
        world.put(link(name), words.cap(name))
    switch(room, "bmkg_nowcast")
    runner.budget = Budget(4)
    for minutes in range(0, 8, 2):
        runner.step(later(minutes=minutes))
    assert len(shown(room)) == len(names) and len(set(world.urls)) == len(world.urls) - 2


# an index and its messages

INDEX = "https://www.bmkg.go.id/alerts/nowcast/id"


def link(name: str, host: str = "www.bmkg.go.id") -> str:
    return f"https://{host}/alerts/nowcast/id/{name}_alert.xml"


def test_the_messages_of_an_index_are_asked_for_once(room: Post, runner: FeedRunner, world: World):
    world.put(INDEX, words.index(link("A")))
    world.put(link("A"), words.cap("A"))
    switch(room, "bmkg_nowcast")
    runner.step(later())
    runner.step(later(minutes=10))
    world.put(INDEX, words.index(link("A"), link("B")))
    world.put(link("B"), words.cap("B"))
    runner.step(later(minutes=20))
    assert world.urls == [INDEX, link("A"), INDEX, INDEX, link("B")] and len(shown(room)) == 2


def test_an_index_that_did_not_change_forgets_nothing_of_what_it_led_to(room: Post, runner: FeedRunner, world: World):
    world.put(INDEX, words.index(link("A")), etag='"1"')
    world.put(link("A"), words.cap("A"))
    switch(room, "bmkg_nowcast")
    runner.step(later())
    world.put(INDEX, b"", 304)
    runner.step(later(minutes=10))
    world.put(INDEX, words.index(link("A")), etag='"2"')
    runner.step(later(minutes=20))
    assert world.urls.count(link("A")) == 1


def test_a_message_that_failed_is_asked_for_again_even_if_the_index_did_not_change(
    room: Post, runner: FeedRunner, world: World
):
    world.put(INDEX, words.index(link("A"), link("B")), etag='"1"')
    world.put(link("B"), words.cap("B"))
    switch(room, "bmkg_nowcast")
    runner.step(later())
    assert len(shown(room)) == 1 and "tidak menjawab" in state(room, "bmkg_nowcast")["words"]
    world.put(link("A"), words.cap("A"))
    runner.step(later(minutes=10))
    assert len(shown(room)) == 2 and "If-None-Match" not in world.asked[-2][1]


def test_an_index_leads_to_no_other_host(room: Post, runner: FeedRunner, world: World):
    world.put(INDEX, words.index(link("A", "evil.example"), "http://127.0.0.1:5112/x", link("B")))
    world.put(link("B"), words.cap("B"))
    switch(room, "bmkg_nowcast")
    runner.step(later())
    assert world.urls == [INDEX, link("B")]


def test_a_link_from_the_root_of_its_site_is_followed_and_one_that_is_none_is_not(
    room: Post, runner: FeedRunner, world: World
):
    home = "https://posko.lombokbarat.example/cap"
    world.put(home, words.index("/cap/A.xml", "https://[::1", "//evil.example/x"))
    world.put("https://posko.lombokbarat.example/cap/A.xml", words.cap("A"))
    switch(room, "cap_rss", addresses=[home])
    runner.step(later())
    assert world.urls == [home, f"{home}/A.xml"] and len(shown(room)) == 1


def test_an_endless_index_is_read_in_parts(room: Post, runner: FeedRunner, world: World):
    names = [f"N{number}" for number in range(MOST_LINKS + 15)]
    world.put(INDEX, words.index(*map(link, names)), etag='"1"')
    for name in names:
        world.put(link(name), words.cap(name))
    switch(room, "bmkg_nowcast")
    runner.step(later())
    assert len(world.asked) == MOST_LINKS + 1
    runner.step(later(minutes=10))
    assert len(world.asked) == len(names) + 2 and len(shown(room)) == len(names)


# limits


def test_all_feeds_together_keep_within_sixty_requests_a_minute(room: Post, world: World):
    codes = [f"52.03.01.20{number:02}" for number in range(1, 41)]
    for name in ("bmkg_strong", "bmkg_felt", "usgs", "gdacs"):
        switch(room, name)
    switch(room, "bmkg_forecast", villages=codes)
    for target in get_feed("bmkg_forecast").targets(Wanted(villages=tuple(codes))):
        world.put(target.url, words.forecast((NOW.isoformat(), "Cerah")))
    runner, count = FeedRunner(room, world.open, Random(1)), []
    runner.budget = Budget(30)
    for seconds in range(0, 180, 5):
        before = len(world.asked)
        runner.step(later(seconds=seconds))
        count.append(len(world.asked) - before)
    assert all(sum(count[at : at + 12]) <= 30 for at in range(len(count))), count


def test_the_budget_is_given_back_after_a_minute():
    budget = Budget()
    assert all(budget.take(NOW) for _ in range(A_MINUTE)) and not budget.take(NOW + dt.timedelta(seconds=59))
    assert budget.take(NOW + dt.timedelta(seconds=60))


def test_a_feed_is_given_only_its_own_hosts_and_a_bounded_answer(room: Post, runner: FeedRunner, world: World):
    for name in ("bmkg_strong", "usgs"):
        switch(room, name)
        runner.step(later())
        assert set(world.hosts) == {host_of(get_feed(name).targets(Wanted())[0].url)}
        assert world.largest_bytes <= 4_000_000


# switching


def test_a_feed_that_needs_a_choice_is_not_on_without_it(room: Post):
    with pytest.raises(BadReport, match="satu desa"):
        switch(room, "bmkg_forecast")
    with pytest.raises(BadReport, match="bukan kode desa"):
        switch(room, "bmkg_forecast", villages=["52.03"])
    for bad in (
        "http://a.example.id/x",
        "https://localhost/x",
        "ftp://a.id",
        "https://u:p@a.example.id/",
        "https://[::1",
    ):
        with pytest.raises(BadReport, match="https"):
            switch(room, "cap_rss", addresses=[bad])
    with pytest.raises(NotFound):
        switch(room, "tiktok")


def test_what_was_chosen_stays_when_a_feed_is_switched_off_and_on(room: Post):
    switch(room, "bmkg_forecast", villages=["5203012001", "52.03.01.2001"])
    switch(room, "bmkg_forecast", is_on=False)
    switch(room, "bmkg_forecast")
    assert json.loads(state(room, "bmkg_forecast")["chosen"])["villages"] == ["52.03.01.2001"]


def test_who_may_not_switch_a_feed_is_told(ask: Any):
    body = {"uid": uid(), "is_on": True}
    assert ask("coordinator", "PUT", "/feeds/usgs", body).status_code == 403
    assert ask("admin", "PUT", "/feeds/usgs", body).status_code == 200
    assert ask("admin", "PUT", "/feeds/tiktok", {**body, "uid": uid()}).status_code == 404
    rows = {one["name"]: one for one in ask("coordinator", "GET", "/feeds").json["feeds"]}
    assert list(rows) == list(REGISTER) and rows["usgs"]["is_on"] and not rows["gdacs"]["is_on"]
    assert all(one["credit"] for one in rows.values())


# an exercise


@on_spatialite
def test_what_keeps_anything_from_being_proposed_is_said(room: Post, ask: Any):
    assert ask("coordinator", "GET", "/feeds").json["missing"] is None
    with room.database.read() as conn:
        nowhere = room.settings.model_copy(update={"site": room.settings.site.model_copy(update={"area_code": ""})})
        elsewhere = room.settings.model_copy(update={"site": room.settings.site.model_copy(update={"area_code": "99"})})
        assert feed_queries.missing(conn, nowhere) == "area_code"
        assert feed_queries.missing(conn, elsewhere) == "villages"


def test_an_exercise_asks_nobody_and_cannot_be_told_to(room: Post, world: World):
    switch(room)
    room.settings = room.settings.model_copy(update={"exercise": True})
    assert FeedRunner(room, world.open, Random(1)).step(later()) == 0
    assert world.asked == []
    with pytest.raises(WrongState, match="Latihan"):
        switch(room)


EXERCISE = """
import sys
from incident.app import create_app
app = create_app(database="{0}", data="{1}", exercise=True, migrate=False)
with app.app_context():
    from alerts.bulletins import feed_queries, runner
    post = app.extensions["posko"]
    with post.database.read() as conn:
        assert feed_queries.listed(conn, post.settings) == []
    assert runner.FeedRunner(post).step(post.clock()) == 0
print([name for name in sys.modules if name.startswith("alerts.feeds.") and name not in ("alerts.feeds.shape",)])
app.extensions["live"].stop()
"""


@on_spatialite
def test_in_an_exercise_not_one_feed_is_even_loaded(settings: Settings):
    words = EXERCISE.format(settings.database, settings.data)
    said = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, timeout=300, check=False)
    assert said.stdout.strip().splitlines()[-1:] == ["[]"], said.stderr


# over a real wire


@pytest.fixture
def far() -> Iterator[FarEnd]:
    server = FarEnd()
    yield server
    server.close()


class Through:
    """A real wire to a server of ours, whatever host is asked for."""

    def __init__(self, far: FarEnd, timeout_s: float = 5.0):
        self.far, self.timeout_s = far, timeout_s

    def open(self, hosts: Collection[str], largest_bytes: int) -> "Through":
        self.wire = Wire([self.far.host], self.timeout_s, largest_bytes)
        return self

    def ask(self, method: str, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.wire.ask(method, self.far.url + urlsplit(url).path, headers)

    def close(self) -> None:
        self.wire.close()


@on_spatialite
def test_a_real_server_is_asked_with_its_marks_and_who_we_are(room: Post, far: FarEnd):
    far.say(Said(200, strong(), {"ETag": '"v1"'}), Said(304))
    switch(room)
    runner = FeedRunner(room, Through(far).open, Random(1))
    runner.step(later())
    runner.step(later(minutes=10))
    first, second = far.asked
    assert first.path == "/DataMKG/TEWS/gempaterkini.json" and "Posko" in first.headers["user-agent"]
    assert second.headers["if-none-match"] == '"v1"' and len(shown(room)) == 1


@on_spatialite
@pytest.mark.parametrize(
    "said",
    [
        Said(200, b"x" * 5_000_000),
        Said(200, b"x" * 60, drip_s=1),
        Said(200, strong(), after_s=60),
        Said(302, b"", {"Location": "http://127.0.0.1:1/"}),
        Said(500),
    ],
)
def test_a_server_that_floods_drips_stalls_or_leads_astray_costs_one_turn(room: Post, far: FarEnd, said: Said):
    far.say(said)
    switch(room)
    began = time.monotonic()
    FeedRunner(room, Through(far, 1.0).open, Random(1)).step(later())
    assert time.monotonic() - began < 30  # of sixty
    assert (state(room)["failures"], len(far.asked)) == (1, 1) and state(room)["words"]


@on_spatialite
def test_a_source_that_hangs_holds_up_no_other(room: Post, world: World):
    """Each feed has a thread of its own."""
    world.put(URL, strong())
    stuck, stopped = threading.Event(), threading.Event()

    class Slow(World):
        def ask(self, method: str, url: str, headers: Mapping[str, str] | None = None) -> Answer:
            return world.ask(method, url, headers) if url == URL else self.hang()

        def hang(self) -> Answer:
            stuck.wait(240)
            raise Unreachable("usgs: tidak menjawab")

    for name in ("usgs", "bmkg_strong"):
        switch(room, name)
    runner = FeedRunner(room, lambda hosts, largest: _known(Slow(), world.open(hosts, largest)), Random(1))
    working = threading.Thread(
        target=runner.run, args=(stopped.is_set, lambda seconds: bool(stopped.wait(0.05)) or None)
    )
    working.start()
    try:
        until = time.monotonic() + 60
        while not shown(room) and time.monotonic() < until:
            time.sleep(0.02)
        assert shown(room), "the other one waited"
    finally:
        stuck.set()
        stopped.set()
        working.join(60)
    assert not working.is_alive()


def _known(slow: World, world: World) -> World:
    slow.hosts = world.hosts
    return slow
