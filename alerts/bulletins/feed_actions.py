"""The verbs of feeds: switch one on or off, choose what it is asked for, note how it fared."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import insert, update

from alerts.bulletins import actions, queries
from alerts.bulletins.models import FeedState
from alerts.feeds import REGISTER, get_feed
from alerts.feeds.shape import Bulletin, Wanted, host_of
from gis.codes import kemendagri
from incident import journal
from incident.actions import set_lamp
from incident.errors import BadReport, NotFound, WrongState
from incident.post import Act

journal.declare({"feed.switched": "A person switched a feed on or off, or chose what it is asked for."})
MOST_CHOSEN = 50
WARN_AFTER, DOWN_AFTER = 1, 5  # failures in a row


def switch(
    act: Act, name: str, is_on: bool, villages: Sequence[str] | None = None, addresses: Sequence[str] | None = None
) -> dict[str, Any]:
    """Switch a feed; what is not chosen anew stays as it was. An exercise asks nobody outside."""
    if earlier := act.earlier("feed.switched"):
        return earlier.told()
    if name not in REGISTER:
        raise NotFound("Sumber itu tidak ada.")
    if is_on and act.post.settings.exercise:
        raise WrongState("Latihan tidak bertanya kepada sumber di luar.", allowed=[])
    row = queries.find_feed(act.conn, name)
    chosen = _chosen(orjson.loads(row["chosen"]) if row else {}, villages, addresses)
    _require_chosen(name, is_on, chosen)
    _keep(act, name, row is not None, is_on, chosen)
    line = act.append("feed.switched", {"feed": name, "is_on": is_on, **chosen})
    light_lamp(act)
    return line.told()


def _chosen(
    before: Mapping[str, Any], villages: Sequence[str] | None, addresses: Sequence[str] | None
) -> dict[str, list[str]]:
    chosen = {name: list(before.get(name, [])) for name in Wanted._fields}
    if villages is not None:
        chosen["villages"] = list(dict.fromkeys(map(_village, villages)))
    if addresses is not None:
        chosen["addresses"] = list(dict.fromkeys(map(_address, addresses)))
    if any(len(one) > MOST_CHOSEN for one in chosen.values()):
        raise BadReport(f"Paling banyak {MOST_CHOSEN} pilihan.", "villages")
    return chosen


def _village(given: str) -> str:
    code = kemendagri(given)
    if code is None or code.count(".") != 3:
        raise BadReport(f"{given} bukan kode desa atau kelurahan.", "villages")
    return code


def _address(given: str) -> str:
    try:
        host = host_of(given)
    except ValueError:
        host = ""
    if not given.startswith("https://") or "." not in host or "@" in given:
        raise BadReport("Alamat sumber dimulai dengan https:// dan nama situsnya.", "addresses")
    return given


def _require_chosen(name: str, is_on: bool, chosen: Mapping[str, Any]) -> None:
    needs = get_feed(name).needs
    if is_on and needs and not chosen[needs]:
        words = {"villages": "Pilih paling sedikit satu desa.", "addresses": "Sebut paling sedikit satu alamat."}
        raise BadReport(words[needs], needs)


def _keep(act: Act, name: str, is_known: bool, is_on: bool, chosen: Mapping[str, Any]) -> None:
    row = {
        "name": name,
        "is_on": is_on,
        "chosen": orjson.dumps(chosen).decode(),
        "marks": "{}",
        "failures": 0,
        "state": "ok" if is_on else "off",
        "words": "belum ditanya" if is_on else "",
        "due_at": None,
        "changed_by": act.by,
        "changed_at": act.now,
    }
    if is_known:
        act.conn.execute(update(FeedState).where(FeedState.name == name).values(**row))
    else:
        act.conn.execute(insert(FeedState), {**row, "asked_at": None, "answered_at": None})


# how it fared


def note(
    act: Act, name: str, bulletins: Sequence[Bulletin], fared: Mapping[str, Any], attribution: str
) -> dict[str, int]:
    """Keep what a feed told and how it fared, in one transaction; answers what `actions.take` does."""
    row = queries.find_feed(act.conn, name)
    if row is None or not row["is_on"]:
        return {"new": 0, "changed": 0, "elsewhere": 0}  # switched off while it was being asked
    act.conn.execute(update(FeedState).where(FeedState.name == name).values(**fared))
    counts = actions.take(act, name, bulletins, attribution)
    if fared.get("state", row["state"]) != row["state"]:
        light_lamp(act)
    return counts


def light_lamp(act: Act) -> None:
    """One lamp for all feeds that are on: the worst of them, and how many answer."""
    rows = [row for row in queries.feed_rows(act.conn).values() if row["is_on"]]
    if not rows:
        set_lamp(act, "feeds", "unknown", "dimatikan")
        return
    well = sum(row["state"] == "ok" for row in rows)
    worst = "ok" if well == len(rows) else "off" if not well else "warn"
    set_lamp(act, "feeds", worst, f"{well}/{len(rows)} sumber")


def state_of(failures: int) -> str:
    """How a feed is after so many failures in a row."""
    return "down" if failures >= DOWN_AFTER else "warn" if failures >= WARN_AFTER else "ok"
