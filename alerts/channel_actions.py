"""The verbs of channels: set up, switched on and off, tried by hand; what the probes say becomes lamps and entries."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from pydantic import BaseModel, SecretStr, ValidationError
from sqlalchemy import insert, select, update

from alerts import notes, rules, secrets
from alerts.channels import outside, outside_class
from alerts.models import ChannelHealth, ChannelSetting, ChannelTrial
from incident import actions
from incident.errors import BadReport, NotFound, WrongState
from incident.post import Act, Post

LAMP_WORDS = 120
TRIAL_S = 300  # a trial that is not home by then is lost
TRIAL_WORDS = "Uji saluran Posko; tidak ada bahaya. Kode {code}."
_setting, _health, _trial = ChannelSetting.__table__, ChannelHealth.__table__, ChannelTrial.__table__


def kind_of(post: Post, name: str) -> type[BaseModel]:
    """The form of a channel's settings; raises NotFound for one that is not listed here."""
    if name not in outside(post.settings.exercise):
        raise NotFound("Saluran itu tidak ada.")
    return outside_class(name, post.settings.exercise).Settings


def set_channel(
    act: Act, name: str, is_on: bool, given: Mapping[str, Any], loop_address: str | None = None
) -> dict[str, Any]:
    """Set a channel up and switch it on or off; a secret that is left out stays as it was."""
    if earlier := act.earlier("channel.set"):
        return earlier.told()
    kind = kind_of(act.post, name)
    row = act.conn.execute(select(_setting).where(_setting.c.name == name)).mappings().first()
    sealed = _sealed(act.post, kind, row, given, is_on)
    values = {
        "is_on": is_on,
        "sealed": sealed,
        "loop_address": loop_address,
        "changed_by": act.by,
        "changed_at": act.now,
    }
    if row is None:
        act.conn.execute(insert(ChannelSetting), {"name": name, **values})
    else:
        act.conn.execute(update(ChannelSetting).where(ChannelSetting.name == name).values(**values))
    line = act.append("channel.set", {"channel": name, "is_on": is_on})
    words = "belum diperiksa" if is_on else "dimatikan"
    _keep(act, name, rules.Pulse("warn" if is_on else "off", words, act.now))
    return line.told()


def _sealed(
    post: Post, kind: type[BaseModel], row: Mapping[Any, Any] | None, given: Mapping[str, Any], is_on: bool
) -> str | None:
    """The sealed settings; raises BadReport naming the field. One that is only switched off needs none."""
    said = {**_kept(post, row), **{name: value for name, value in given.items() if name in kind.model_fields}}
    try:
        return secrets.seal(post.settings.secret_key, kind.model_validate(said))
    except ValidationError as fault:
        if not is_on and not given:
            return row["sealed"] if row else None
        first = fault.errors(include_input=False, include_url=False, include_context=False)[0]
        field = str(first["loc"][0]) if first["loc"] else ""
        sentence = "Wajib diisi." if first["type"] == "missing" else str(first["msg"]).removeprefix("Value error, ")
        raise BadReport(sentence, f"settings.{field}") from None


def _kept(post: Post, row: Mapping[Any, Any] | None) -> dict[str, Any]:
    try:
        return secrets.unseal(post.settings.secret_key, row["sealed"]) if row and row["sealed"] else {}
    except secrets.Unreadable:
        return {}


# what a page shows


def listed(post: Post) -> list[dict[str, Any]]:
    """Every channel that may be set up here: its form, what may be shown of its settings, how it is, its trials."""
    with post.database.read() as conn:
        rows = {row["name"]: row for row in conn.execute(select(_setting)).mappings()}
        health = {row["name"]: row for row in conn.execute(select(_health)).mappings()}
        trials = conn.execute(select(_trial).order_by(_trial.c.id.desc()).limit(400)).mappings().all()
    return [
        _listed(post, name, rows.get(name), health.get(name), [one for one in trials if one["channel"] == name][:28])
        for name in outside(post.settings.exercise)
    ]


def _listed(
    post: Post, name: str, row: Mapping[Any, Any] | None, health: Mapping[Any, Any] | None, trials: list[Any]
) -> dict[str, Any]:
    kind = kind_of(post, name)
    kept = _kept(post, row)
    hidden = {one for one, field in kind.model_fields.items() if field.annotation is SecretStr}
    return {
        "name": name,
        "is_on": bool(row and row["is_on"]),
        "schema": kind.model_json_schema(),
        "settings": {one: value for one, value in kept.items() if one not in hidden and one in kind.model_fields},
        "secrets": sorted(one for one in hidden if kept.get(one)),
        "loop_address": row["loop_address"] if row else None,
        "health": {
            "state": health["state"] if health else "off",
            "words": health["words"] if health else "belum dipasang",
            "since": _iso(health["since"]) if health else None,
        },
        "trials": [
            {"state": one["state"], "kind": one["kind"], "asked_at": _iso(one["asked_at"]), "reason": one["reason"]}
            for one in reversed(trials)
        ],
    }


def _iso(at: dt.datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None


# health


def note_health(act: Act, name: str, seen: rules.Seen) -> None:
    """What a probe and the last deliveries say; a fall and a rise are written down, everything else only kept."""
    row = act.conn.execute(select(_health).where(_health.c.name == name)).mappings().first()
    before = _pulse_of(row) if row else None
    after = rules.next_pulse(before, seen, act.now)
    if before is None or before._replace(words="") != after._replace(words="") or before.words != after.words:
        _keep(act, name, after)
    act.conn.execute(update(ChannelHealth).where(ChannelHealth.name == name).values(probed_at=act.now))
    if after.state == "down" and (before is None or before.state != "down"):
        act.append("channel.down", {"channel": name, "words": after.words})
    elif before is not None and before.state == "down" and after.state in ("ok", "warn"):
        act.append("channel.up", {"channel": name, "words": after.words})


def _pulse_of(row: Mapping[Any, Any]) -> rules.Pulse:
    return rules.Pulse(*(row[name] for name in rules.Pulse._fields))


def _keep(act: Act, name: str, pulse: rules.Pulse) -> None:
    """Keep what is believed, and show it as the channel's lamp."""
    values = {**pulse._asdict(), "words": pulse.words[:200]}
    if not act.conn.execute(update(ChannelHealth).where(ChannelHealth.name == name).values(**values)).rowcount:
        act.conn.execute(insert(ChannelHealth), {"name": name, "flaps": 0, **values})
    lamp = {"down": "off", "off": "ok"}.get(pulse.state, pulse.state)
    words = "saluran dimatikan" if pulse.state == "off" else pulse.words
    actions.set_lamp(act, name, lamp, words[:LAMP_WORDS])


# trials


def try_channel(act: Act, name: str, address: str | None = None, kind: str = "hand") -> dict[str, Any]:
    """Send a message of our own, to an address of our own; answers the words for the page."""
    row = act.conn.execute(select(_setting).where(_setting.c.name == name)).mappings().first()
    kind_of(act.post, name)
    to = address or (row["loop_address"] if row else None)
    if row is None or not row["is_on"]:
        raise WrongState("Saluran itu belum dinyalakan.", allowed=[])
    if not to:
        raise BadReport("Isi dahulu alamat kita sendiri untuk uji saluran ini.", "address")
    known = select(_trial.c.id).where(_trial.c.uid == act.uid)
    if act.uid is None or act.conn.scalar(known) is None:  # asked again with the same key: one message
        begin_trial(act, name, to, kind)
    return {"words": "Pesan uji masuk antrean; hasilnya tampak di sini."}


def begin_trial(act: Act, name: str, address: str, kind: str) -> str:
    """One message to our own address; its uid."""
    uid = act.uid or str(uuid4())
    act.conn.execute(
        insert(ChannelTrial), {"channel": name, "kind": kind, "uid": uid, "state": "waiting", "asked_at": act.now}
    )
    text = rules.words_on_air(TRIAL_WORDS.format(code=uid[:8]), act.post.settings.exercise)
    expires_at = act.now + dt.timedelta(seconds=TRIAL_S)
    notes.queue(
        act, "trial", name, address, text, uid, headline="Uji saluran Posko", expires_at=expires_at, priority="P3"
    )
    return uid
