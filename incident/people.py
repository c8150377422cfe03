"""Who works here: log-ins kept on the server, API tokens, CSRF, and the rule every route must carry.

A session ends by log-out or revocation, never by a clock: disaster laptops have wrong ones.
"""

import contextlib
import fcntl
import hashlib
import hmac
import re
import secrets
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app, g, request
from sqlalchemy import Connection, delete, func, insert, null, select, update

from gis.database import Database
from incident import lens, rules
from incident.config import Settings
from incident.errors import BadReport, NotAllowed, NotFound, NotKnown
from incident.models import Agency, Person, Session, SetupLink, Token, Unit
from incident.post import Act, Post, utc_now

COOKIE = "posko_session"
SIOCGIFADDR = 0x8915
REMEMBER_S = 1.0  # how long a looked-up key is trusted: the bound on a revocation
MIN_SECRET = 8
NAME = r"[\w.\- ]{2,60}"
AREA_CODE = r"\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?"  # whole: half a code would show a village its neighbours
_hasher = PasswordHasher()
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Someone:
    """The person behind a request: who, what they may, and the CSRF token of their session (None with a token)."""

    id: int
    name: str
    role: str
    unit_id: int | None
    agency_code: str | None
    area_code: str | None
    csrf: str | None
    key_hash: str

    @property
    def viewer(self) -> lens.Viewer:
        return lens.Viewer(self.role, self.unit_id, self.agency_code, self.area_code)


# the rule on a route


def may(verb: str) -> Callable[[View], View]:
    """Mark a route with the verb its caller's role must have; a route without a mark is refused at start."""

    def mark(view: View) -> View:
        setattr(view, "verb", verb)  # noqa: B010 - a mark that the walk over all routes reads
        return view

    return mark


def public(view: View) -> View:
    """Mark a route as open to everyone without a log-in."""
    return may("public")(view)


def with_query_token(view: View) -> View:
    """Mark a route that takes `?token=` too, for programs that can send no header; nothing else reads it there."""
    setattr(view, "takes_query_token", True)  # noqa: B010 - a mark, as the verb is
    return view


def verb_of(endpoint: str | None) -> str | None:
    """The verb of a route, or None for one without a rule."""
    view = current_app.view_functions.get(endpoint or "")
    return getattr(view, "verb", None)


def authorise() -> None:
    """Let the request through or raise NotKnown or NotAllowed; runs before every request."""
    if request.endpoint is None:
        return
    verb = verb_of(request.endpoint)
    if verb is None:
        raise NotAllowed("Halaman ini belum punya aturan siapa yang boleh.")
    _refuse_foreign_origin()
    if rules.may(None, verb):
        return
    someone = require()
    if not rules.may(someone.role, verb):
        raise NotAllowed("Peran Anda tidak boleh melakukan ini.")
    _refuse_forged(someone)


def find_someone() -> Someone | None:
    """The person behind this request, or None."""
    if "someone" not in g:
        g.someone = _look_up()
    return g.someone


def require() -> Someone:
    """The person behind this request; raises NotKnown."""
    someone = find_someone()
    if someone is None:
        raise NotKnown("Masuk dahulu.")
    return someone


def _look_up() -> Someone | None:
    register: Register = current_app.extensions["people"]
    header = request.headers.get("Authorization", "")
    if header.startswith("Bearer "):
        return register.by_token(header.removeprefix("Bearer ").strip())
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "takes_query_token", False) and "token" in request.args:
        return register.by_token(request.args["token"])
    key = request.cookies.get(COOKIE)
    return register.by_session(key) if key else None


def _refuse_forged(someone: Someone) -> None:
    """A cookie travels by itself, so an unsafe request must also know the session's token."""
    if someone.csrf is None or request.method in ("GET", "HEAD", "OPTIONS"):
        return
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf", "")
    if not hmac.compare_digest(given.encode(), someone.csrf.encode()):
        raise NotAllowed("Halaman ini sudah lama terbuka; muat ulang lalu coba lagi.")


def _refuse_foreign_origin() -> None:
    origin = request.headers.get("Origin")
    if origin and request.method not in ("GET", "HEAD", "OPTIONS") and origin not in allowed_origins():
        raise NotAllowed("Permintaan datang dari alamat yang tidak dikenal.")


def allowed_origins() -> list[str]:
    """The origins whose pages may speak to us: our own address and those of POSKO_ORIGINS."""
    return current_app.config["ORIGINS"]


def origins_of(settings: Settings) -> list[str]:
    """Our own origins from the bind address, the address for people outside, and the listed ones."""
    host, _, port = settings.bind.rpartition(":")
    names = {host or "0.0.0.0", "127.0.0.1", "localhost"}
    if "0.0.0.0" in names:
        names = names - {"0.0.0.0"} | {socket.gethostname()} | set(_own_addresses())
    own = [f"http://{name}:{port}" for name in names]
    own += [settings.public_url] if settings.public_url else []
    return sorted(own) + [one.strip().rstrip("/") for one in settings.origins.split(",") if one.strip()]


def _own_addresses() -> Iterator[str]:
    """The IPv4 address of each network card of this machine (netdevice(7), SIOCGIFADDR)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            with contextlib.suppress(OSError):  # a card without an address
                asked = struct.pack("256s", name.encode()[:15])
                yield socket.inet_ntoa(fcntl.ioctl(probe.fileno(), SIOCGIFADDR, asked)[20:24])


# looking people up


class Register:
    """Finds people by session or token; remembers an answer for a second, because every request asks."""

    def __init__(self, database: Database):
        self._database = database
        self._known: dict[str, tuple[float, Someone | None]] = {}
        self._lock = threading.Lock()

    def by_session(self, key: str) -> Someone | None:
        return self._remembered(digest(key), Session)

    def by_token(self, key: str) -> Someone | None:
        return self._remembered(digest(key), Token)

    def forget(self) -> None:
        """Ask afresh from now on (someone's access changed)."""
        with self._lock:
            self._known.clear()

    def _remembered(self, key_hash: str, table: Any) -> Someone | None:
        asked, someone = self._known.get(key_hash, (0.0, None))
        if time.monotonic() - asked > REMEMBER_S or not asked:
            someone = self._ask(key_hash, table)
            with self._lock:
                if len(self._known) > 5000:
                    self._known.clear()
                self._known[key_hash] = (time.monotonic(), someone)
        return someone

    def _ask(self, key_hash: str, table: Any) -> Someone | None:
        csrf = Session.csrf if table is Session else null().label("csrf")
        people = Person.__table__
        found = (
            select(people, csrf)
            .select_from(table.__table__.join(people, people.c.id == table.person_id))
            .where(table.key_hash == key_hash, people.c.revoked_at.is_(None))
        )
        with self._database.read() as conn:
            row = conn.execute(found).mappings().first()
        return _someone(row, key_hash) if row else None

    def still_valid(self, key_hashes: list[str]) -> set[str]:
        """Which of these sessions and tokens still stand."""
        valid: set[str] = set()
        with self._database.read() as conn:
            for table in (Session, Token):
                found = (
                    select(table.key_hash)
                    .join(Person, Person.id == table.person_id)
                    .where(table.key_hash.in_(key_hashes), Person.revoked_at.is_(None))
                )
                valid |= set(conn.scalars(found))
        return valid


def _someone(row: Any, key_hash: str) -> Someone:
    names = ("id", "name", "role", "unit_id", "agency_code", "area_code", "csrf")
    return Someone(**{name: row[name] for name in names}, key_hash=key_hash)


def digest(key: str) -> str:
    """What is kept of a session key or token."""
    return hashlib.sha256(key.encode()).hexdigest()


# logging in and out


def check_secret(
    post: Post, name: str, secret: str, run_apart: Callable[[Callable[[], bool]], bool] = lambda work: work()
) -> int | None:
    """The id of the person with this name and secret, or None; takes as long for an unknown name.

    argon2 takes its time: `run_apart` gives it a thread of its own where there is an event loop.
    """
    row = _find_by_name(post, name) if re.fullmatch(NAME, name) else None
    kept = row.secret_hash if row and row.secret_hash else _dummy()
    fits = run_apart(lambda: _fits(kept, secret))
    return row.id if row and row.secret_hash and fits else None


def _find_by_name(post: Post, name: str) -> Any:
    wanted = select(Person.id, Person.secret_hash).where(Person.name == name, Person.revoked_at.is_(None))
    with post.database.read() as conn:
        return conn.execute(wanted).first()


def role_of(conn: Connection, person_id: int) -> str | None:
    """The role of a person, or None when there is no such person."""
    return conn.scalar(select(Person.role).where(Person.id == person_id))


def _fits(kept: str, secret: str) -> bool:
    try:
        return _hasher.verify(kept, secret)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _dummy() -> str:
    """The hash of a secret nobody has; made when first needed, because it takes its time."""
    return _hasher.hash(secrets.token_urlsafe(32))


def open_session(act: Act, person_id: int) -> str:
    """Start a session and return its key, which is kept nowhere but in the cookie."""
    key = secrets.token_urlsafe(32)
    row = {"key_hash": digest(key), "person_id": person_id, "csrf": secrets.token_urlsafe(24), "started_at": act.now}
    act.conn.execute(insert(Session), row)
    return key


def close_session(act: Act, key: str) -> None:
    """End a session."""
    act.conn.execute(delete(Session).where(Session.key_hash == digest(key)))


def add_token(act: Act, name: str) -> str:
    """Make an API token for a person; the only time it is seen."""
    person_id = act.conn.scalar(select(Person.id).where(Person.name == name, Person.revoked_at.is_(None)))
    if person_id is None:
        raise NotFound(f"There is no person named {name}; add one with `posko person add`.")
    key = "posko_" + secrets.token_urlsafe(32)
    act.conn.execute(insert(Token), {"key_hash": digest(key), "person_id": person_id, "created_at": act.now})
    return key


# people


def add_person(
    act: Act,
    name: str,
    role: str,
    secret: str | None = None,
    unit_id: int | None = None,
    agency_code: str | None = None,
    area_code: str | None = None,
) -> dict[str, Any]:
    """Let someone in; raises BadReport for a taken name, an unknown role or a weak secret."""
    if earlier := act.earlier("person.added"):
        return earlier.told()
    _check_person(act.conn, name, role, secret, unit_id, agency_code)
    if area_code is not None and not re.fullmatch(AREA_CODE, area_code):
        raise BadReport("Kode wilayah adalah kode Kemendagri yang utuh, misalnya 52.03.01.2001.", "area_code")
    row = {
        "name": name,
        "role": role,
        "secret_hash": _hasher.hash(secret) if secret else None,
        "unit_id": unit_id,
        "agency_code": agency_code,
        "area_code": area_code,
        "created_at": act.now,
    }
    person_id = act.conn.execute(insert(Person).returning(Person.id), row).scalar_one()
    return act.append("person.added", {"person": person_id, "name": name, "role": role}).told()


def _check_person(
    conn: Connection, name: str, role: str, secret: str | None, unit_id: int | None, agency_code: str | None
) -> None:
    if not re.fullmatch(NAME, name):
        raise BadReport("Nama 2 sampai 60 huruf, angka, titik atau garis.", "name")
    if role not in rules.ROLES:
        raise BadReport(f"Peran itu tidak ada; pilih salah satu: {', '.join(rules.ROLES)}.", "role")
    if secret is not None and len(secret) < MIN_SECRET:
        raise BadReport(f"Kata sandi paling sedikit {MIN_SECRET} huruf.", "secret")
    if conn.scalar(select(Person.id).where(Person.name == name)):
        raise BadReport(f"Nama {name} sudah dipakai.", "name")
    if unit_id is not None and not conn.scalar(select(Unit.id).where(Unit.id == unit_id)):
        raise BadReport("Satuan itu tidak ada.", "unit_id")
    check_agency(conn, agency_code)


def check_agency(conn: Connection, code: str | None) -> None:
    """Raises BadReport when the agency is unknown."""
    if code is not None and not conn.scalar(select(Agency.code).where(Agency.code == code)):
        raise BadReport("Kode OPD itu tidak dikenal.", "agency_code")


def revoke_person(act: Act, person_id: int) -> dict[str, Any]:
    """End someone's access: sessions and tokens go, open screens close within two seconds."""
    if earlier := act.earlier("person.revoked"):
        return earlier.told()
    row = act.conn.execute(select(Person.name, Person.revoked_at).where(Person.id == person_id)).first()
    if row is None or row.revoked_at:
        raise NotFound("Orang itu tidak ada atau sudah dicabut.")
    act.conn.execute(delete(Session).where(Session.person_id == person_id))
    act.conn.execute(delete(Token).where(Token.person_id == person_id))
    act.conn.execute(update(Person).where(Person.id == person_id).values(revoked_at=act.now))
    return act.append("person.revoked", {"person": person_id, "name": row.name}).told()


def people(conn: Connection) -> list[dict[str, Any]]:
    """Everyone who works or worked here, without secrets."""
    rows = conn.execute(select(Person.__table__).order_by(Person.name)).mappings()
    names = ("id", "name", "role", "unit_id", "agency_code", "area_code", "revoked_at")
    return [{name: row[name] for name in names} for row in rows]


# the first start


def setup_link(database: Database, settings: Settings) -> str | None:
    """A fresh one-time link while nobody works here yet, else None."""
    with database.read() as conn:
        if conn.scalar(select(func.count()).select_from(Person)):
            return None
    key = secrets.token_urlsafe(24)
    database.write(lambda conn: _keep_link(conn, key))
    return f"http://{settings.bind}/setup/{key}"


def _keep_link(conn: Connection, key: str) -> None:
    conn.execute(delete(SetupLink).where(SetupLink.used_at.is_(None)))
    conn.execute(insert(SetupLink), {"key_hash": digest(key)})


def is_setup_link(conn: Connection, key: str) -> bool:
    """Whether the key opens the first set-up: made, not used, and nobody here yet."""
    unused = select(SetupLink.key_hash).where(SetupLink.key_hash == digest(key), SetupLink.used_at.is_(None))
    return bool(conn.scalar(unused)) and not conn.scalar(select(func.count()).select_from(Person))


def use_setup_link(act: Act, key: str, name: str, secret: str) -> int:
    """Make the first administrator; the link works once."""
    if not is_setup_link(act.conn, key):
        raise NotAllowed("Tautan ini sudah dipakai atau tidak berlaku.")
    act.conn.execute(update(SetupLink).where(SetupLink.key_hash == digest(key)).values(used_at=utc_now()))
    return int(add_person(act, name, "admin", secret)["body"]["person"])
