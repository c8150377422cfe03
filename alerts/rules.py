"""The tables of the alert room: ladder, life cycles, who must confirm, when a channel is believed. Pure."""

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

PRIORITIES = ("P0", "P1", "P2", "P3")
ORDERS = ("inform", "stand_by", "go", "evacuate", "stand_down")
AUDIENCES = ("units", "public")

INTERNET = ("web_push", "telegram", "whatsapp", "email", "webhook", "console")
PHONE = ("sms_modem", "sms_gateway", "voice")
SIREN = ("siren",)
CHANNELS = ("screen", *INTERNET, *PHONE, *SIREN, "radio")
# channel -> kind of address it needs; channels of one kind stand in for each other: one of them is enough
ADDRESS_KIND = {"sms_modem": "sms", "sms_gateway": "sms"}
ADDRESS_KINDS = tuple(dict.fromkeys(ADDRESS_KIND.get(name, name) for name in CHANNELS if name not in ("screen",)))
OF_UNITS = ("screen", "radio")  # a unit is reached by these without an address
NEEDS_TWO = SIREN  # whatever the alert, only when a second person approved it


class Rung(NamedTuple):
    """One step of a ladder: its channels, and how many ladder times to wait for a person before the next."""

    channels: tuple[str, ...]
    waits: float


# priority -> rungs; the wait of the last is the wait for the runner
LADDER: dict[str, tuple[Rung, ...]] = {
    "P0": (Rung(CHANNELS, 5.0),),
    "P1": (Rung(("screen", *INTERNET, *SIREN), 1.0), Rung(PHONE, 2.0), Rung(("radio",), 5.0)),
    "P2": (Rung(("screen", *INTERNET, *SIREN), 2.0), Rung(PHONE, 5.0), Rung(("radio",), 5.0)),
    "P3": (Rung(("screen", *INTERNET, *SIREN), 5.0), Rung(PHONE, 5.0), Rung(("radio",), 5.0)),
}
# priority -> what counts as done: a person has seen it; for mere information the device of the person is enough
DONE_AT = {"P0": "seen", "P1": "seen", "P2": "seen", "P3": "heard"}
RUNNER = "runner"  # above the top rung somebody goes there

# (state, verb) -> state of an alert
ALERT_LIFE = {
    ("draft", "approve"): "active",
    ("draft", "cancel"): "cancelled",
    ("draft", "expire"): "expired",
    ("active", "cancel"): "cancelled",
    ("active", "supersede"): "superseded",
    ("active", "expire"): "expired",
    ("active", "end"): "ended",
    ("draft", "end"): "cancelled",
}
ON_BOARD = ("draft", "active")
APPROVAL_S = 600

# what is known of one recipient, weakest first; it only ever gets stronger
KNOWN = ("waiting", "queued", "sent", "keyed", "heard", "seen", "read_back")
CLOSED = ("failed", "expired", "superseded")
BY_A_PERSON = ("seen", "read_back")
WENT_OUT = ("sent", "keyed", "heard", "seen", "read_back")


def needs_second(order: str, audience: str) -> bool:
    """Whether a second, different person must approve: the public, and any evacuation order."""
    return audience == "public" or order == "evacuate"


def stronger(state: str, heard: str) -> bool:
    """Whether `heard` says more than `state`: 'sent' never hides 'seen', a late 'keyed' never takes it back."""
    if state in CLOSED:
        return heard in BY_A_PERSON
    return heard in CLOSED and state not in BY_A_PERSON or heard in KNOWN and KNOWN.index(heard) > KNOWN.index(state)


def weaker_than(heard: str) -> list[str]:
    """The states that `heard` says more than."""
    return [state for state in (*KNOWN, *CLOSED) if stronger(state, heard)]


def done_states(priority: str) -> tuple[str, ...]:
    """The states in which the ladder stops for a recipient."""
    return KNOWN[KNOWN.index(DONE_AT[priority]) :]


# the ladder


def rung_of(priority: str, rung: int) -> Rung | None:
    """The rung, or None above the top of the ladder."""
    ladder = LADDER[priority]
    return ladder[rung] if rung < len(ladder) else None


def wait_s(priority: str, rung: int, ladder_s: float) -> float | None:
    """Seconds to wait on this rung before the next one (above the last: the runner), or None above the top."""
    step = rung_of(priority, rung)
    return step.waits * ladder_s if step else None


class Step(NamedTuple):
    """Where a recipient stands now: the rung (the number of rungs is the runner's), and the ways to begin."""

    rung: int
    ways: tuple[str, ...]
    skipped: tuple[str, ...]  # of these, the dead ones nobody waits for
    channel: str | None
    next_channel: str | None


def walk(priority: str, rung: int, kinds: Collection[str], health: Mapping[str, str], has_two: bool = False) -> Step:
    """The step of someone with these kinds of address who enters a rung (at least number `rung`).

    A rung without a way for them is none; one whose ways are all dead is begun and left at once: what waits there
    goes out when the channel comes back. health: channel -> ok | warn | down | off; one that is not named is well.
    """
    ways: list[str] = []
    skipped: list[str] = []
    while step := rung_of(priority, rung):
        here = _ways(step, kinds, health, has_two)
        ways += here
        dead = [name for name in here if health.get(name) == "down"]
        if len(dead) < len(here):
            living = next(name for name in here if name not in dead)
            return Step(rung, tuple(ways), tuple(skipped), living, _next_way(priority, rung, kinds, health, has_two))
        skipped += dead
        rung += 1
    return Step(len(LADDER[priority]), tuple(ways), tuple(skipped), None, None)


def all_ways(priority: str, kinds: Collection[str], health: Mapping[str, str], has_two: bool = False) -> list[str]:
    """Every channel of the whole ladder for these kinds of address."""
    return [name for step in LADDER[priority] for name in _ways(step, kinds, health, has_two)]


def _ways(step: Rung, kinds: Collection[str], health: Mapping[str, str], has_two: bool) -> list[str]:
    """The channels of a rung for these kinds of address: of those that stand in for each other the first that lives."""
    mine = [name for name in step.channels if ADDRESS_KIND.get(name, name) in kinds and health.get(name) != "off"]
    mine = [name for name in mine if has_two or name not in NEEDS_TWO]
    by_kind: dict[str, str] = {}
    for name in mine:
        chosen = by_kind.setdefault(ADDRESS_KIND.get(name, name), name)
        if health.get(chosen) == "down" and health.get(name) != "down":
            by_kind[ADDRESS_KIND.get(name, name)] = name
    return [name for name in mine if name in by_kind.values()]


def _next_way(priority: str, rung: int, kinds: Collection[str], health: Mapping[str, str], has_two: bool) -> str:
    following = walk(priority, rung + 1, kinds, health, has_two)
    return following.channel or RUNNER


def retry_s(attempts: int, luck: float, asked_s: float | None = None) -> float:
    """Seconds until the next try: 5, 10, 20 ... 300, spread by `luck` (0 to 1) so that not all come at once."""
    wait = min(300.0, 5.0 * 2 ** min(attempts, 6))
    return max(asked_s or 0.0, wait * (0.5 + luck))


# a channel's health: its own probe and what comes back

FALLS = 3  # failures in a row; mere luck, as long as most of the last ones went and the probe says well
LAST = 20  # tries that are looked back upon
SILENT = 8  # sent, and none of them answered
HOLD_S = 30.0  # a channel that fell must be well so long before it is believed, doubled for each fall of the last hour
LONGEST_HOLD_S = 600.0
FORGET_S = 3600.0
SHOWS_ARRIVAL = frozenset({"whatsapp", "sms_modem"})  # the far end tells of each message that it arrived


class Seen(NamedTuple):
    """What is known of a channel now: its probe, failures in a row, which share of the last tries went (0 to 1), what
    of the last minutes came back."""

    probe: str  # ok | warn | down | off
    words: str
    failures: int = 0
    went: float = 0.0
    unanswered: int = 0
    answered: int = 0
    shows_arrival: bool = False


class Pulse(NamedTuple):
    """How a channel is believed to be."""

    state: str
    words: str
    since: dt.datetime
    good_since: dt.datetime | None = None
    flaps: int = 0
    fell_at: dt.datetime | None = None


def judged(seen: Seen) -> tuple[str, str]:
    """(state, words) of what is seen alone, without memory."""
    if seen.probe in ("down", "off"):
        return seen.probe, seen.words
    if seen.failures >= FALLS:
        fell = seen.probe != "ok" or seen.went < 0.5
        return "down" if fell else "warn", f"{seen.failures} kiriman berturut-turut gagal"
    if seen.unanswered >= SILENT and not seen.answered:
        words = f"{seen.unanswered} pesan terkirim tanpa satu pun jawaban"
        return ("down" if seen.shows_arrival else "warn"), words
    return seen.probe, seen.words


def hold_s(flaps: int) -> float:
    """How long a channel that fell so often must be well before it is believed."""
    return min(LONGEST_HOLD_S, HOLD_S * 2 ** max(0, flaps - 1))


def next_pulse(pulse: Pulse | None, seen: Seen, now: dt.datetime) -> Pulse:
    """What is believed next: down at once, up again only after it held; the falls of an hour ago are forgotten."""
    state, words = judged(seen)
    if pulse is None or "off" in (pulse.state, state):
        return Pulse(state, words, now, now if state in ("ok", "warn") else None)
    flaps = 0 if pulse.fell_at and (now - pulse.fell_at).total_seconds() > FORGET_S else pulse.flaps
    if state == "down":
        fell = pulse.state != "down"
        since, fell_at = (now, now) if fell else (pulse.since, pulse.fell_at)
        return Pulse("down", words, since, None, flaps + fell, fell_at)
    good_since = pulse.good_since or now
    if pulse.state == "down" and (now - good_since).total_seconds() < hold_s(flaps):
        return pulse._replace(good_since=good_since, flaps=flaps)
    return Pulse(state, words, pulse.since if state == pulse.state else now, good_since, flaps, pulse.fell_at)


# words


def words_on_air(text: str, exercise: bool) -> str:
    """The text as it goes out: an exercise begins and ends with LATIHAN."""
    bare = text.strip().removeprefix("LATIHAN").removesuffix("LATIHAN").strip(" .")
    return f"LATIHAN. {bare}. LATIHAN" if exercise else text.strip()


def text_hash(
    headline: str, text: str, order: str, unit_ids: Collection[int], more: Mapping[str, Any] | None = None
) -> str:
    """What an approval is bound to: the words, the order, who gets them, and whatever else is frozen (`more`)."""
    frozen = "\x1f".join([headline, text, order, *map(str, sorted(unit_ids))])
    if more:
        frozen += "\x1e" + json.dumps(more, sort_keys=True, default=str)
    return hashlib.sha256(frozen.encode()).hexdigest()


_YES = frozenset(
    [
        "1",
        "ya",
        "y",
        "yes",
        "ok",
        "oke",
        "okay",
        "siap",
        "baik",
        "terima",
        "diterima",
        "paham",
        "mengerti",
        "monitor",
        "86",
        "copy",
        "seen",
    ]
)
_STOP = frozenset(["stop", "berhenti", "unsubscribe"])


def is_yes(text: str) -> bool:
    """Whether the words of a reply acknowledge: "1", "ya", "siap, diterima"."""
    words = "".join(sign if sign.isalnum() else " " for sign in text.lower()).split()
    return 0 < len(words) <= 4 and words[0] in _YES


def is_stop(text: str) -> bool:
    """Whether somebody asks not to be written to any more: the word alone."""
    words = "".join(sign if sign.isalnum() else " " for sign in text.lower()).split()
    return len(words) == 1 and words[0] in _STOP
