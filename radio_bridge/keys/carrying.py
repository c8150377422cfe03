"""Carries a change of keys from the register to the radio's spool; the radio says it on the air."""

from incident.post import Post, uid_from
from radio_bridge.keyring import Card, Keyring, mark_of
from radio_bridge.keys import queries
from radio_bridge.link import Outgoing
from radio_bridge.rig import CENTRE, NET
from radio_bridge.spool import Spool

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
    if key is None or _epoch_of(spool, root) >= key.epoch:
        return False
    now = post.clock().timestamp()
    uid = uid_from("key", mark_of(root), key.epoch, post.settings.radio, int(now // _AGAIN_S))
    return spool.order(Outgoing(uid, key, (), _PRIORITY, now + _VALID_S), now)


def _epoch_of(spool: Spool, root: bytes) -> int:
    """In which epoch of this root the radio is; 0 where it never ran with this root."""
    kept = spool.ring()
    ours = Keyring(Card.of_root(root, NET, CENTRE)).state()["of"]
    return int(kept["epoch"]) if kept.get("of") == ours else 0
