"""The book of airtime: never more in any hour than the law allows, whatever happens to clocks and power."""

import json
import math
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radio_bridge import ledger as book
from radio_bridge import profiles
from radio_bridge.ledger import Ledger
from radio_bridge.profiles import Profile, get_profile

LORA = get_profile("lora_free")


def worst_hour_s(keyed: list[tuple[float, float]]) -> float:
    """The most seconds on the air in any hour; keyed: (from, to) in the order of time."""
    starts = [begin for begin, _ in keyed] + [end - 3600 for _, end in keyed]
    return max((sum(_within(one, start) for one in keyed) for start in starts), default=0.0)


def _within(one: tuple[float, float], start: float) -> float:
    return max(0.0, min(one[1], start + 3600) - max(one[0], start))


seconds = st.floats(0.01, 20, allow_nan=False)
pauses = st.sampled_from([0.0, 0.5, 30.0, 59.9, 60.0, 600.0, 3000.0, 3599.0, 3600.0, 3661.0])
happenings = st.one_of(
    st.tuples(st.just("key"), seconds, st.integers(0, 3)),
    st.tuples(st.just("wait"), pauses, st.just(0)),
    st.tuples(st.just("restart"), pauses, st.just(0)),  # the process, on a machine that runs on
    st.tuples(st.just("reboot"), pauses, st.integers(-5000, 5000)),  # the machine; the wall clock may be set meanwhile
    st.tuples(st.just("clock back"), pauses, st.just(0)),
    st.tuples(st.just("held back"), st.floats(0, 60), st.just(0)),
)


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(st.sampled_from([0.01, 0.1]), st.lists(happenings, max_size=60))
def test_no_hour_is_ever_overdrawn(duty: float, story: list[tuple[str, float, int]]) -> None:
    """`truth` is the time no clock of ours knows; the station's clock begins anew with the machine."""
    law = replace(LORA, duty_cycle=duty)
    mine, truth, clock, held_s = Ledger(law), 0.0, 1000.0, 0.0
    keyed: list[tuple[float, float]] = []
    low: list[tuple[float, float]] = []
    for what, amount, more in story:
        if what == "key":
            if mine.take(amount, more, clock):
                began = truth + held_s
                keyed.append((began, began + amount))
                low += [keyed[-1]] * (more > 0)
                truth, clock = began + amount, clock + held_s + amount
        elif what == "held back":
            held_s = amount
        elif what == "clock back":
            clock -= amount
        elif what == "reboot":
            kept = json.loads(json.dumps(mine.state()))
            off_s = amount
            truth += off_s
            # the new clock starts at nothing; how long we were off is anybody's guess, so no time has passed
            clock = 0.0
            mine = Ledger.restored(law, kept, clock - kept["as_of"] if kept["as_of"] is not None else 0.0)
        else:
            truth, clock = truth + amount, clock + amount
            if what == "restart":
                mine = Ledger.restored(law, json.loads(json.dumps(mine.state())))
    assert worst_hour_s(keyed) <= law.hour_s + 1e-6
    assert worst_hour_s(low) <= 0.7 * law.hour_s + 1e-6


@given(st.lists(seconds, max_size=200))
def test_what_is_kept_for_a_mayday_is_there_whenever_nobody_used_it(frames: list[float]) -> None:
    mine, now = Ledger(LORA), 0.0
    for duration in frames:
        mine.take(duration, 3, now)
        now += duration
        assert mine.left_s(now, 0) >= 0.3 * LORA.hour_s - 1e-9
        assert mine.left_s(now, 3) <= 0.7 * LORA.hour_s


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(seconds, pauses), max_size=40), seconds, st.integers(0, 3))
def test_it_says_when_there_will_be_room_and_then_there_is(
    story: list[tuple[float, float]], wanted: float, priority: int
) -> None:
    mine, now = Ledger(LORA), 0.0
    for duration, pause in story:
        mine.take(duration, 0, now)
        now += duration + pause
    when = mine.free_at(wanted, priority, now)
    assert now <= when <= now + 3600 + 60 + 1
    assert when == now or not mine.may_key(wanted, priority, now)
    assert Ledger.restored(LORA, mine.state()).may_key(wanted, priority, when)


def test_what_is_longer_than_the_whole_hour_never_goes() -> None:
    assert Ledger(LORA).free_at(40.0, 0, 0.0) == math.inf
    assert Ledger(LORA).free_at(30.0, 1, 0.0) == math.inf
    assert Ledger(LORA).free_at(30.0, 0, 0.0) == 0.0


def test_the_book_is_short_however_much_was_said() -> None:
    mine, now = Ledger(replace(LORA, duty_cycle=1.0)), 0.0
    for _ in range(20_000):
        mine.take(0.05, 0, now)
        now += 0.4
    assert len(mine.state()["spans"]) <= 64
    assert len(json.dumps(mine.state())) < 4000


def test_the_time_left_grows_back() -> None:
    mine = Ledger(LORA)
    assert mine.take(20.0, 1, 0.0)
    assert (mine.left_s(20.0), round(mine.left_s(20.0, 1), 6)) == (16.0, 5.2)
    assert mine.left_s(20.0 + 3600 + 60) == 36.0


def test_every_service_has_its_file_and_says_what_it_rests_on() -> None:
    assert profiles.services() == ["amateur", "dinas", "lora_free", "rapi"]
    for name in profiles.services():
        profile = get_profile(name)
        assert profile.words and profile.basis
        assert 0 < profile.duty_cycle <= 1 and profile.longest_key_up_s > 0
    assert {name: get_profile(name).content for name in profiles.services()} == {
        "amateur": "plain", "dinas": "binary", "lora_free": "binary", "rapi": "voice",
    }  # fmt: skip


def test_a_service_nobody_wrote_a_file_for_is_refused_by_name() -> None:
    with pytest.raises(profiles.UnknownService, match="amateur, dinas"):
        get_profile("../dinas")


@pytest.mark.parametrize("slip", ["duty_cycle = 0", "duty_cycle = 1.5", 'content = "morse"'])
def test_a_slip_in_a_file_is_refused(slip: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (profiles.FOLDER / "dinas.toml").read_text()
    name = slip.split(" ")[0]
    lines = [slip if line.startswith(name) else line for line in text.splitlines()]
    (tmp_path / "slip.toml").write_text("\n".join(lines))
    monkeypatch.setattr(profiles, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=name):
        get_profile("slip")


def test_the_page_prints_every_service() -> None:
    page = (Path(__file__).parents[2] / "docs" / "radio.md").read_text()
    for name in profiles.services():
        assert row_of(get_profile(name)) in page
    assert f"{book.KEPT_FOR_P0:.0%}" in page.replace(" %", "%")


def row_of(profile: Profile) -> str:
    """As docs/radio.md prints it."""
    every = f"{profile.identify_every_s / 60:g} min" if profile.identify_every_s else "-"
    says = {"binary": "packed frames", "plain": "plain words only", "voice": "people only, nothing is keyed"}
    return (
        f"| `{profile.name}` | {profile.power_dbm:g} dBm | {100 * profile.duty_cycle:g} % | "
        f"{profile.longest_key_up_s:g} s | {says[profile.content]} | {every} |"
    )


@pytest.mark.slow
def test_a_random_day_of_overload_is_lawful() -> None:
    random, mine, now = Random(1), Ledger(LORA), 0.0
    keyed: list[tuple[float, float]] = []
    while now < 86_400:
        duration = random.uniform(0.05, 2)
        if mine.take(duration, random.randint(0, 3), now):
            keyed.append((now, now + duration))
        now += duration + random.expovariate(1 / 8)
    assert 0.8 * 24 * LORA.hour_s < sum(end - begin for begin, end in keyed)
    assert worst_hour_s(keyed) <= LORA.hour_s
