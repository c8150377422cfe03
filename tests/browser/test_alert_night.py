"""A night of alerts watched on the page while it happens, by real processes: the internet becomes a black hole.

The ladder walks from the screen and the internet to SMS, to the radio and to a runner. What the page shows is held
against the simulator of the far ends (tests/alerts/village.py) all the time: it never says more than is true, and in
the end exactly that. `script/test tests/browser/test_alert_night.py --pairs 10000` for a whole night.
"""

import contextlib
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, insert, select

from alerts import channel_actions, lists
from alerts.models import ChannelHealth, Contact, ContactAddress, ContactGroup, Delivery, GroupMember
from incident.drill.field import Events, Terminal, terminal_command
from incident.post import Act, Post
from radio_bridge.net.stations import add_station
from tests.alerts.fakes import far_end
from tests.alerts.sending_room import SECRET
from tests.alerts.village import Gateway, Village, wait_for
from tests.basins import Basin
from tests.browser.conftest import Visit
from tests.browser.proxy import Proxy
from tests.browser.room import Room
from tests.browser.seeds import Caller
from tests.factories import uid

pytestmark = pytest.mark.slow(80)

TOKEN = "rahasia-pesan-masuk-gateway"
STATION = 11
PHONE_OF_TEAM = "081200011011"
AIR = "?air=20000&txdelay=20"
WAYS = ("webhook", "SMS", "radio", "diutus")  # as the steps of the ladder are named on the page
# the real sender, less patient: a night of minutes and not of hours
SENDER = """
import runpy, sys
from alerts import rules
from alerts.channels import sms_gateway, webhook
from alerts.sending import lane, process
webhook.WebhookChannel.pace = sms_gateway.SmsGatewayChannel.pace = 2000.0
process.WIRE_S, lane.PROBE_S, lane.PROBE_FALLEN_S, rules.HOLD_S = 1.0, 2.0, 0.5, 1.0
sys.argv = ["posko", "sender"]
runpy.run_module("incident.cli", run_name="__main__")
"""
SHOWN = """() => {
  const numberOf = (li) => Number(li.querySelector("b").textContent.replace(/\\D/g, ""));
  const groupOf = (li) => li.querySelector(".count-swatch").classList[1].slice(6);
  const parts = [...document.querySelectorAll("#alert-sums .count-legend li")];
  const steps = [...document.querySelectorAll("#alert-ladder .ladder li")];
  const clock = document.querySelector("#alert-ladder .alert-next time");
  return {
    counts: Object.fromEntries(parts.map((li) => [groupOf(li), numberOf(li)])),
    said: document.querySelector("#alert-sums .alert-sum")?.textContent.replace(/\\s+/g, " ") ?? "",
    clock: clock?.textContent ?? "",
    until: clock?.dateTime ?? "",
    here: steps.filter((li) => li.querySelector(".chip")).map((li) => li.querySelector("b").textContent),
  };
}"""
GROUP = {"seen": "seen", "heard": "device", "sent": "out", "waiting": "queue"}
People = dict[str, tuple[str, ...]]  # name -> addresses


class NightRoom(Room):
    """Posko as it is started in the field, its sender a little quicker to give up and to come back."""

    def _command(self, part: str) -> list[str]:
        return [sys.executable, "-c", SENDER] if part == "sender" else super()._command(part)


@dataclass
class Night:
    """A room, the simulator of everybody outside, and the line between them."""

    room: NightRoom
    post: Post
    village: Village
    gateway: Gateway
    line: Proxy
    team: Terminal
    on_air: Events
    shown: list[tuple[dict[str, Any], Counter[str]]] = field(default_factory=list)

    def put_people(self, group: str, first: int, many: int) -> People:
        """Contacts with a way over the internet and a telephone, in a group of their own."""
        people: People = {f"Kontak {one}": (f"w-{one}", f"0812{one:08}") for one in range(first, first + many)}
        self.post.do(_put, "ayu", None, group, people)
        return people

    def write(self, group: str, units: tuple[str, ...] = ()) -> int:
        with self.post.database.read() as conn:
            group_id = conn.scalar(select(ContactGroup.id).where(ContactGroup.name == group))
        assert self.room.cast is not None
        said = {"priority": "P1", "order": "go", "text": f"Air naik, {group}: ke bukit.", "expires_in_min": 600}
        unit_ids = [self.room.cast.units[one] for one in units]
        told = Caller(self.room, "dispatcher").post("/alerts", **said, group_ids=[group_id], unit_ids=unit_ids)
        return int(told["body"]["alert"])

    def look(self, page: Page, people: People) -> dict[str, Any]:
        """What the page shows, and beside it what is true; the page is read first, the truth may only have grown."""
        shown: dict[str, Any] = page.evaluate(SHOWN)
        true = self.village.counts(people)
        self.shown.append((shown, true))
        return shown

    def watch(self, page: Page, people: People, until: Callable[[], Any], within_s: float, what: str) -> None:
        """Hold the page against the truth five times a second until something is so."""

        def wait(seconds: float) -> None:
            assert_no_more_than_true(self.look(page, people)["counts"], self.shown[-1][1])
            page.wait_for_timeout(seconds * 1000)

        wait_for(until, wait, within_s, f"{what}: {self.shown[-1:]}")

    def stands_on(self, way: str) -> bool:
        """Whether the page showed somebody on that step of the ladder."""
        return any(way in step for step in self.shown[-1][0]["here"])

    def waiting(self, *channels: str) -> int:
        """How many deliveries by these channels are still to go."""
        with self.post.database.read() as conn:
            mine = Delivery.channel.in_(channels), Delivery.state == "waiting"
            return int(conn.scalar(select(func.count()).select_from(Delivery).where(*mine)) or 0)

    def is_down(self, channel: str) -> bool:
        with self.post.database.read() as conn:
            return conn.scalar(select(ChannelHealth.state).where(ChannelHealth.name == channel)) == "down"

    def is_over(self) -> bool:
        """Whether nothing more will happen: nothing to send, nothing to answer."""
        return not self.waiting("webhook", "sms_gateway") and self.gateway.is_silent

    def everybody(self, alert: int) -> dict[str, dict[str, Any]]:
        with self.post.database.read() as conn:
            found = lists.recipients(conn, alert, (), "", None, 50_000)["recipients"]
        return {one["name"] or one["call_sign"]: one for one in found}


def _put(act: Act, group: str, people: People) -> None:
    whole: dict[str, Any] = {"kind": "person", "office": "kades", "language": "id"}
    whole |= {"made_by": act.by, "made_at": act.now, "changed_at": act.now}
    ids = act.conn.scalars(
        insert(Contact).returning(Contact.id, sort_by_parameter_order=True),
        [{**whole, "name": name} for name in people],
    ).all()
    ways = [
        {"contact_id": one, "channel": kind, "address": address}
        for one, addresses in zip(ids, people.values(), strict=True)
        for kind, address in zip(("webhook", "sms"), addresses, strict=True)
    ]
    act.conn.execute(insert(ContactAddress), ways)
    made = {"name": group, "made_by": act.by, "made_at": act.now}
    number = act.conn.execute(insert(ContactGroup).returning(ContactGroup.id), made).scalar_one()
    act.conn.execute(insert(GroupMember), [{"group_id": number, "contact_id": one} for one in ids])


def assert_no_more_than_true(shown: dict[str, int], true: Counter[str], others: int = 1) -> None:
    """No false "seen", no false "on the device", no false "went out", and nobody failed. `others`: the unit."""
    steps = (("seen",), ("seen", "device"), ("seen", "device", "out"))
    for groups in steps:
        told = sum(shown.get(one, 0) for one in groups)
        known = sum(many for state, many in true.items() if GROUP[state] in groups)
        assert told <= known + others, (groups, shown, true)
    assert not shown.get("failed") and not shown.get("over")


@pytest.fixture
def pairs(pytestconfig: pytest.Config) -> int:
    """Alerts times people; in the usual run 120."""
    asked = int(pytestconfig.getoption("--pairs"))
    return 120 if asked <= 800 else asked


@pytest.fixture(params=["spatialite", pytest.param("postgis", marks=pytest.mark.postgis)])
def night(request: pytest.FixtureRequest, template_file: Path, tmp_path: Path, pairs: int) -> Iterator[Night]:
    """Web, relay, radio and sender in processes of their own; a field team with the real terminal on the air."""
    with contextlib.ExitStack() as stack:
        more = {"POSKO_LADDER_S": str(max(5.0, pairs / 700)), "POSKO_RADIO": f"loopback:{AIR}"}
        if request.param == "postgis":
            basin: Basin = request.getfixturevalue("empty_basin")
            name = basin.lend()
            stack.callback(basin.take_back, name)
            more["POSKO_DATABASE"] = basin.cluster.url(name)
        room = NightRoom(tmp_path, template_file, ("serve", "relay", "radio"), more=more)
        stack.callback(room.close)
        yield _begun(stack, room)


def _begun(stack: contextlib.ExitStack, room: NightRoom) -> Night:
    post, village = room.post(), Village(112, {PHONE_OF_TEAM: "sent"})
    stack.callback(post.database.close)
    gateway = Gateway(village, f"http://127.0.0.1:{room.port}/api/v1/webhooks/sms", TOKEN)
    stack.callback(gateway.close)
    internet, phones = stack.enter_context(far_end()), stack.enter_context(far_end())
    internet.answer, phones.answer = village.internet, gateway
    line = Proxy(int(internet.host.rpartition(":")[2]))
    stack.callback(line.close)
    _switch_on(post, line, phones.url)
    team, on_air = _team(post, room)
    stack.callback(_leave, team)
    room.parts["sender"] = room._start("sender")
    return Night(room, post, village, gateway, line, team, on_air)


def _switch_on(post: Post, line: Proxy, phones: str) -> None:
    webhook = {"url": f"http://127.0.0.1:{line.port}/masuk", "secret": SECRET}
    sms = {"url": f"{phones}/kirim", "body": '{"to": "{to}", "text": "{text}", "id": "{uid}"}', "inbound_token": TOKEN}
    for name, settings in (("webhook", webhook), ("sms_gateway", sms)):
        post.do(channel_actions.set_channel, "ayu", uid(), name, True, settings, None)


def _team(post: Post, room: NightRoom) -> tuple[Terminal, Events]:
    """TRC-1 sits in the field with a radio, and a telephone nobody picks up."""
    assert room.cast is not None
    unit, on_air = room.cast.units["TRC-1"], Events()
    post.do(add_station, "ayu", None, "TRC-1", unit, STATION)
    phone = {"unit_id": unit, "channel": "sms", "address": PHONE_OF_TEAM}
    post.do(lambda act: act.conn.execute(insert(ContactAddress), phone), "ayu", None)
    port = f"loopback:{room.folder / 'radio.sock'}{AIR}"
    command = terminal_command(port, "TRC-1", STATION, room.folder)
    team = Terminal(command, post.settings.radio_key, on_air, "TRC-1")
    team.keep_running(0.0)
    return team, on_air


def _leave(team: Terminal) -> None:
    team.hang_up()
    team.wait_gone(time.monotonic() + 5)


@pytest.fixture
def page(night: Night, chromium: Browser) -> Iterator[Page]:
    """Dewi sits before the page of the alerts."""
    context = chromium.new_context(base_url=night.room.url, viewport={"width": 1366, "height": 768}, locale="id-ID")
    visit = Visit(context, night.room.url)
    visit.log_in("dewi")
    yield visit.open("/alerts")
    context.close()
    assert visit.errors == []


def test_the_page_shows_the_ladder_walk_through_a_black_hole_and_never_more_than_is_true(
    night: Night, page: Page, pairs: int
) -> None:
    many, patience = pairs // 2, 60 + pairs / 20
    first, second = night.put_people("pesisir", 0, many), night.put_people("hulu", many, many)
    near = night.write("pesisir", units=("TRC-1",))
    page.locator(".alert-row", has_text="pesisir").click()
    expect(page.locator("#alert-sums .alert-sum")).to_contain_text("dilihat orang")
    night.watch(page, first, lambda: len(night.village.told) > many // 4, patience, "the internet carries")
    night.line.hold()
    night.watch(page, first, lambda: night.is_down("webhook"), patience, "the channel is known to be dead")
    far = night.write("hulu")
    night.watch(page, first, lambda: not night.waiting("sms_gateway"), patience, "SMS carries")
    night.watch(page, first, lambda: press_the_key(night), patience, "the team has it by radio")
    night.watch(page, first, lambda: night.stands_on("diutus"), patience, "a runner is called")
    assert night.waiting("webhook") > 0, "the internet is still gone"
    night.line.mend()
    night.watch(page, first, night.is_over, patience, "everything is told")
    assert_the_end(night, page, near, first, units=1)
    page.locator(".alert-row", has_text="hulu").click()
    assert_the_end(night, page, far, second)
    assert_the_walk(night)


def press_the_key(night: Night) -> bool:
    """The team acknowledges what its terminal heard on the air, as soon as it heard it."""
    while not night.on_air.empty():
        _, event = night.on_air.get()
        if event.get("event") == "alert" and event["state"] == "new":
            return night.team.tell(f"ack {event['key']}")
    return False


def assert_the_end(night: Night, page: Page, alert: int, people: People, units: int = 0) -> None:
    """The same numbers on the page and in the simulator; then everybody and every way by name."""
    true = night.village.counts(people)
    numbers = {GROUP[state]: many for state, many in true.items()}
    numbers["seen"] = numbers.get("seen", 0) + units
    wait_for(lambda: page.evaluate(SHOWN)["counts"] == numbers, _pause(page), 60, f"the page shows {numbers}")
    total = f"{len(people) + units:,}".replace(",", ".")
    assert page.evaluate(SHOWN)["said"].endswith(f"dari {total} dilihat orang")
    book = night.everybody(alert)
    assert {one: book[one]["state"] for one in people} == {
        one: night.village.knows(addresses) for one, addresses in people.items()
    }
    for name, (address, phone) in people.items():
        for way in book[name]["deliveries"]:
            far = address if way["channel"] == "webhook" else phone
            assert way["state"] != "failed" or far in night.village.refused, (name, way)
            assert way["state"] == "failed" or book[name]["state"] != "waiting", (name, way)
            assert far in night.village.told or way["state"] not in ("sent", "heard", "seen"), (name, way)
    if units:
        assert book["TRC-1"]["state"] == "seen" and book["TRC-1"]["seen_via"] == "radio"
    assert all(len(keys) == 1 for keys in night.village.got.values()), "one key each, however often it was sent"


def _pause(page: Page) -> Callable[[float], None]:
    return lambda seconds: page.wait_for_timeout(seconds * 1000)


def assert_the_walk(night: Night) -> None:
    """People stood on each step in its turn, and the clock to the next ran down before everybody's eyes."""
    shown = [one for one, _ in night.shown]
    turn = [next(n for n, one in enumerate(shown) if any(way in step for step in one["here"])) for way in WAYS]
    # one look may find two of them; whose every way was refused needs a runner at once
    assert turn[0] <= turn[1] <= min(turn[2:]), turn
    clocks: dict[str, list[str]] = {}
    for one in shown:
        said = clocks.setdefault(one["until"], [])
        if one["clock"] and one["clock"] not in said:
            said.append(one["clock"])
    assert sum(len(said) for said in clocks.values()) > 5
    assert any(len(said) > 2 and said == sorted(said, reverse=True) for said in clocks.values()), clocks
