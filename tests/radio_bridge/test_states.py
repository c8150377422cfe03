"""The table of states, walked by a machine, and over the air: never a false "received", never a false "failed"."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from radio_bridge.link import Acked, Expired, Failed, Received, Superseded, Transmit
from radio_bridge.message import Message
from radio_bridge.radiogram import Alert, Cancel, Level
from radio_bridge.traffic import STATES, WAITING
from tests.radio_bridge.test_link import ALERT, Mortal, Net, outgoing

PROVEN = ("heard", "seen", "read_back")
"""States that say that it arrived."""
OPEN_WORDS = {"heard", "seen", "read_back"}


class OneStation(RuleBasedStateMachine):
    """One station and one alert, with what really happened beside the state that is told."""

    @initialize()
    def begin(self) -> None:
        self.message = Message("u", 1, "", 255, {7: "queued"}, 1, 100.0, 0, 0.0)
        self.keyed = self.over = self.replaced = False
        self.proof = {"heard": False, "seen": False, "read_back": False}
        self.replaced_in = ""

    @property
    def state(self) -> str:
        return self.message.states[7]

    @rule()
    def goes_on_the_air(self) -> None:
        if self.state in WAITING or self.state in PROVEN:
            self.message.step(7, "key")
            self.keyed = True

    @rule(verb=st.sampled_from(sorted(OPEN_WORDS)))
    def is_answered(self, verb: str) -> None:
        """A genuine answer: at any time, also when we no longer hope for one."""
        self.message.step(7, verb)
        self.proof[verb] = True

    @rule(verb=st.sampled_from(["expire", "give_up"]))
    def is_over(self, verb: str) -> None:
        self.message.step(7, verb)
        self.over = True

    @rule()
    def is_replaced(self) -> None:
        self.replaced_in = self.replaced_in or self.state
        self.message.step(7, "supersede")
        self.replaced = True

    @invariant()
    def what_is_told_is_true(self) -> None:
        state = getattr(self, "message", None) and self.state
        if not state:
            return
        any_proof = any(self.proof.values())
        assert state != "seen" or self.proof["seen"]
        assert state != "read_back" or self.proof["read_back"]
        assert state != "heard" or any_proof
        assert state not in ("failed", "expired") or not (self.keyed or any_proof)
        assert state != "unknown" or self.keyed and not any_proof
        assert state != "queued" or not (self.keyed or any_proof or self.over or self.replaced)
        assert state != "keyed" or not any_proof

    @invariant()
    def a_persons_word_is_never_taken_back(self) -> None:
        if not getattr(self, "message", None) or self.replaced_in not in ("", "seen", "read_back"):
            return
        if self.proof["read_back"]:
            assert self.state == "read_back"
        elif self.proof["seen"]:
            assert self.state == "seen"

    @invariant()
    def a_proof_is_never_forgotten_but_for_a_newer_alert(self) -> None:
        if getattr(self, "message", None) and not self.replaced and any(self.proof.values()):
            assert self.state in PROVEN


TestOneStation = OneStation.TestCase
TestOneStation.settings = settings(max_examples=200, stateful_step_count=20, deadline=None)


def test_every_state_can_be_reached_and_every_open_one_left() -> None:
    reached, more = {"queued"}, True
    while more:
        more_states = {after for state in reached for after in STATES[state].values()} - reached
        reached |= more_states
        more = bool(more_states)
    assert reached == set(STATES)
    for state in (*WAITING, "unknown", "expired", "failed"):
        assert STATES[state]["seen"] == "seen" and STATES[state]["heard"] == "heard"


class Truth(Mortal):
    """Keeps beside the link's word what the simulator alone can know."""

    def __init__(self, stations: int, seed: int, loss: float) -> None:
        super().__init__(stations, seed, loss)
        self.rang: set[tuple[int, str]] = set()
        self.on_air: set[str] = set()
        self.told: list[tuple[int, str, str]] = []
        """(station, uid, state) as the centre's events said it."""
        self.uid_of: dict[str, str] = {}
        self.immortal = True

    def _person(self, now: float, station: int, event: Any) -> None:
        super()._person(now, station, event)
        if isinstance(event, Received) and event.key:
            self.rang.add((station, event.key))
        elif isinstance(event, Acked):
            self.told.append((event.station, event.uid, "heard" if event.level < Level.SEEN else "seen"))
        elif isinstance(event, Failed):
            self.told.append((event.station, event.uid, event.state))
        elif isinstance(event, Expired):
            self.told += [(one, event.uid, state) for one, state in event.states.items()]

    def _key(self, station: int, transmit: Transmit) -> None:
        super()._key(station, transmit)
        if station == 0 and transmit.uid:
            self.on_air.add(transmit.uid)


deeds = st.lists(
    st.tuples(
        st.sampled_from(["alert", "again", "cancel", "press", "deafen", "hear", "dies", "wait"]),
        st.integers(0, 4),
        st.floats(0.1, 60),
    ),
    min_size=3,
    max_size=12,
)


@pytest.mark.slow
@given(deeds, st.integers(0, 2**16), st.sampled_from([0.0, 0.3, 0.7]), st.floats(5, 400))
@settings(max_examples=60, deadline=None)
def test_over_the_air_nothing_is_called_received_that_is_not_and_nothing_failed_that_arrived(
    plan: list[tuple[str, int, float]], seed: int, loss: float, valid_s: float
) -> None:
    net, stations, revision = Truth(6, seed, loss), tuple(range(1, 7)), 0
    keys: list[str] = []

    def send(words: Alert | Cancel) -> None:
        key = f"0a{words.ref}.{words.revision}"
        net.uid_of[key] = f"u{len(keys)}"
        keys.append(key)
        net.send(outgoing(net.uid_of[key], words, stations, 1, net.now + valid_s))

    send(replace(ALERT, revision=0))
    for deed, which, wait_s in plan:
        if deed in ("again", "cancel") and revision < 6:
            revision += 1
            send(replace(ALERT, revision=revision) if deed == "again" else Cancel(ALERT.ref, revision))
        elif deed == "alert":
            send(replace(ALERT, ref=100 + len(keys)))
        elif deed == "press":
            _press(net, which + 1, keys)
        elif deed == "deafen":
            net.deaf |= {(0, which + 1), (which + 1, 0)}
        elif deed == "hear":
            net.deaf = frozenset()
        elif deed == "dies":
            net._revive(which)
        net.run(net.now + wait_s)
    net.run(net.now + 700)
    _is_true(net, keys)


def _press(net: Truth, station: int, keys: list[str]) -> None:
    alarm = net.links[station].answering.alarms.get(keys[-1])
    if alarm is not None and not alarm.superseded:
        net.press(station, keys[-1])


def _is_true(net: Truth, keys: list[str]) -> None:
    key_of = {uid: key for key, uid in net.uid_of.items()}
    final = [(station, uid, state) for uid in key_of for station, state in net.links[0].progress(uid).items()]
    for station, uid, state in [*net.told, *final]:
        arrived = (station, key_of[uid]) in net.rang
        assert state not in PROVEN or arrived, f"{uid} is called {state} at {station}, where it never rang"
        assert state != "seen" or station in net.pressed, f"nobody pressed a key at {station}"
        assert state not in ("failed", "expired") or uid not in net.on_air, (
            f"{uid} was on the air and is called {state}"
        )
        assert state != "unknown" or uid in net.on_air


@pytest.mark.parametrize("seed", range(4))
def test_states_over_the_air_are_true_though_power_is_lost_at_any_step(seed: int) -> None:
    net, dice = Truth(6, seed, 0.3), Random(seed)
    net.immortal, net.press_after_s = False, 15
    keys = []
    for number in range(4):
        words = replace(ALERT, ref=50 + number)
        net.uid_of[f"0a{words.ref}.0"] = f"u{number}"
        keys.append(f"0a{words.ref}.0")
        net.send(outgoing(f"u{number}", words, tuple(range(1, 7)), dice.randrange(4), net.now + dice.uniform(3, 400)))
        net.run(net.now + dice.uniform(1, 60))
    net.run(net.now + 500)
    assert net.deaths > 5
    _is_true(net, keys)


def test_a_newer_alert_is_the_only_thing_that_takes_back_a_proof() -> None:
    net = Net(2)
    net.send(outgoing("r0", to=(1, 2)))
    net.run(10)
    net.send(outgoing("r1", replace(ALERT, revision=1), (1, 2)))
    net.run(30)
    assert set(net.links[0].progress("r0").values()) == {"superseded"}
    assert net.events(Superseded) == [Superseded("r0")]
