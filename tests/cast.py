"""The people of every test: one of each role, with the same secret."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from argon2 import PasswordHasher

from incident import actions, people, rules
from incident.post import Post

SECRET = "rahasia-panjang"
NAMES = {
    "admin": "ayu",
    "coordinator": "komang",
    "dispatcher": "dewi",
    "call_taker": "sari",
    "field": "tono",
    "agency": "oki",
    "village": "desi",
    "leader": "lalu",
}


@dataclass(frozen=True)
class Cast:
    """Who is here: their tokens by role, and the units."""

    tokens: dict[str, str]
    units: dict[str, int]
    people: dict[str, int]

    def headers(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[role]}"}


def assemble(post: Post) -> Cast:
    """Put two units and one person of each role into an empty database."""
    units = {
        "TRC-1": _unit(post, "TRC-1", "BPBD", 116.55, -8.55),
        "PSC-1": _unit(post, "PSC-1", "PSC119", 116.60, -8.60),
    }
    with _quick_hashes():
        ids = {role: _person(post, role, units["TRC-1"]) for role in rules.ROLES}
    tokens = {role: post.do(people.add_token, "test", None, NAMES[role]) for role in rules.ROLES}
    return Cast(tokens, units, ids)


@contextmanager
def _quick_hashes() -> Iterator[None]:
    """argon2 is slow on purpose; eight people for every test need not be."""
    real = people._hasher
    people._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    try:
        yield
    finally:
        people._hasher = real


def _unit(post: Post, call_sign: str, agency: str, lon: float, lat: float) -> int:
    entry = post.do(actions.add_unit, "test", None, call_sign, "trc", agency, ["rescue"], "Selong", lon, lat)
    return int(entry["body"]["cards"]["units"][0]["id"])


def _person(post: Post, role: str, unit_id: int) -> int:
    more: dict[str, Any] = {
        "field": {"unit_id": unit_id},
        "agency": {"agency_code": "BPBD"},
        "village": {"area_code": "52.03.01.2001"},
    }.get(role, {})
    entry = post.do(people.add_person, "test", None, NAMES[role], role, SECRET, **more)
    return int(entry["body"]["person"])
