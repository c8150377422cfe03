"""Who plays: people with log-ins made for this run, those who act for the script, and the table that is printed."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from incident import people
from incident.drill import folder as folders
from incident.post import Post, uid_from

BY = "drill"


@dataclass(frozen=True, slots=True)
class Player:
    """A person of the exercise; `page` is where their work begins."""

    name: str
    role: str
    page: str = "/"
    unit: str | None = None
    area_code: str | None = None
    agency_code: str | None = None


# for whoever takes part; each may be played by several people at once
PEOPLE = (
    Player("Sari", "call_taker", "/calls"),
    Player("Dewi", "dispatcher"),
    Player("Komang", "coordinator"),
    Player("Lalu", "leader"),
    Player("Tono", "field", "/field", unit="TRC-2"),
    Player("Oki", "agency", agency_code="BPBD"),
    Player("Desi", "village", area_code="52.03.10.2002"),
    Player("Ayu", "admin"),
)
# for the script: the journal says plainly whose hand it was
SCRIPT = (
    Player("Naskah Meja 112", "call_taker"),
    Player("Naskah Kendali", "dispatcher"),
    Player("Naskah Pengatur", "admin"),
)
_WORDS = (
    *("sungai", "bukit", "hujan", "pasir", "padi", "kopi", "bambu", "perahu", "lampu", "payung", "jembatan"),
    *("kelapa", "melati", "rusa", "elang", "pulau", "ombak", "gunung", "kerang", "rotan", "kapas", "jagung"),
    *("cengkih", "pandan", "sawah", "tambak", "dermaga", "lentera", "gerimis", "mentari", "telaga", "cemara"),
)


def assemble(post: Post, run: str) -> None:
    """Put the cast into the database and keep its log-ins; harmless to do again."""
    kept = folders.read(post.settings.data / folders.CAST)
    if kept:
        return
    given = {one.name: _secret() for one in PEOPLE}
    for one in (*PEOPLE, *SCRIPT):
        if one.unit is None:  # a field team's person joins after its unit
            _add(post, run, one, given.get(one.name))
    tokens = {one.role: post.do(people.add_token, BY, None, one.name) for one in SCRIPT}
    folders.write(post.settings.data / folders.CAST, {"secrets": given, "tokens": tokens})


def _add(post: Post, run: str, one: Player, secret: str | None) -> None:
    more: dict[str, Any] = {"agency_code": one.agency_code, "area_code": one.area_code}
    post.do(people.add_person, BY, uid_from("drill", run, "person", one.name), one.name, one.role, secret, **more)


def _secret() -> str:
    """Easy to read out across a room, and new for each run: the room may be on a network."""
    return f"{secrets.choice(_WORDS)}-{secrets.choice(_WORDS)}-{secrets.randbelow(9000) + 1000}"


def log_ins(kept: Mapping[str, Any], url: str) -> Table:
    """The log-ins as a table: name, role, secret, and the address that leads to the right screen."""
    table = Table(title="LATIHAN: masuk sebagai")
    for heading in ("Nama", "Peran", "Kata sandi", "Alamat"):
        table.add_column(heading, no_wrap=True)
    for one in PEOPLE:
        table.add_row(one.name, one.role, kept["secrets"][one.name], f"{url}/login?next={one.page}")
    return table


def tell_log_ins(folder: Path, url: str) -> None:
    """Print the table, wide enough that no secret is cut where nobody measures the window."""
    console = Console()
    wide = console if console.is_terminal and console.width >= 92 else Console(width=110)
    wide.print(log_ins(folders.read(folder / folders.CAST), url))
