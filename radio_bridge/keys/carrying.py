"""Carries a change of keys from the register to the radio's spool; the radio says it on the air, or why it cannot.

Either is written into the journal, once: who put a station out must learn whether the net knows.
"""

from typing import Any

from incident.post import Post, uid_from
from radio_bridge.keyring import Card, Keyring, mark_of
from radio_bridge.keys import actions, queries, telling
from radio_bridge.keys.telling import Notice
from radio_bridge.link import Outgoing
from radio_bridge.radiogram import Key
from radio_bridge.rig import CENTRE, NET
from radio_bridge.spool import Happening, Spool

BY = "radio"
_VALID_S = 10 * 365 * 86_400.0
_PRIORITY = 1
_AGAIN_S = 3600.0
"""What the radio could not say, on a channel of people say, is asked again after this, and at once on another channel.
"""


def carry(post: Post, spool: Spool) -> bool:
    """Whether a change was carried: as long as the radio is behind the register. The link changes nothing twice."""
    root = bytes.fromhex(post.settings.radio_key)
    with post.database.read() as conn:
        key = queries.newest(conn, mark_of(root))
    if key is None:
        return False
    asked = spool.card(telling.KIND, telling.ASKED) or {}
    if _epoch_of(spool, root) >= key.epoch:
        return _note_said(post, spool, asked, key.epoch)
    now = post.clock().timestamp()
    uid = uid_from("key", mark_of(root), key.epoch, post.settings.radio, int(now // _AGAIN_S))
    notice = [] if asked.get("uid") == uid else [Notice(uid, key.epoch, post.settings.radio).card()]
    return spool.order(Outgoing(uid, key, (), _PRIORITY, now + _VALID_S), now, notice)


def _note_said(post: Post, spool: Spool, asked: dict[str, Any], epoch: int) -> bool:
    """The radio is in the epoch it was asked to begin: its notice went out."""
    if asked.get("epoch") != epoch or asked.get("said"):
        return False
    post.do(actions.record_said, BY, uid_from("key said", asked["uid"]), epoch)
    spool.put(telling.card_of({**asked, "said": True}))
    return True


def note_refusal(post: Post, spool: Spool, happening: Happening) -> None:
    """What the radio refused may have been a change of keys, which no message of ours stands for."""
    asked = spool.card(telling.KIND, telling.ASKED) or {}
    if happening.kind != "refused" or happening.body["uid"] != asked.get("uid"):
        return
    root, epoch, radio = bytes.fromhex(post.settings.radio_key), int(asked["epoch"]), str(asked["radio"])
    with post.database.read() as conn:
        key = queries.newest(conn, mark_of(root))
    why = _why(radio, key) or str(happening.body["reason"])
    post.do(actions.record_refused, BY, uid_from("key refused", mark_of(root), epoch, radio), epoch, why)
    spool.put(Notice(asked["uid"], epoch, radio, why).card())


def _why(radio: str, key: Key | None) -> str:
    return telling.barred(radio, key) if key else ""


def trouble(post: Post, spool: Spool) -> str:
    """What the radio's lamp says while it could not tell the net of its new keys; "" when all is well."""
    card = spool.card(telling.KIND, telling.REFUSED)
    if card is None or card["radio"] != post.settings.radio:
        return ""
    is_told = _epoch_of(spool, bytes.fromhex(post.settings.radio_key)) >= card["epoch"]
    return "" if is_told else f"kunci masa {card['epoch']} belum diumumkan"


def _epoch_of(spool: Spool, root: bytes) -> int:
    """In which epoch of this root the radio is; 0 where it never ran with this root."""
    kept = spool.ring()
    ours = Keyring(Card.of_root(root, NET, CENTRE)).state()["of"]
    return int(kept["epoch"]) if kept.get("of") == ours else 0
