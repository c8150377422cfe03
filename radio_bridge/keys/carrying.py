"""Carries a change of keys from the register to the radio's spool, once; the radio says it on the air."""

from incident.post import Post, uid_from
from radio_bridge.keyring import mark_of
from radio_bridge.keys import queries
from radio_bridge.link import Outgoing
from radio_bridge.spool import Spool

_VALID_S = 10 * 365 * 86_400.0
_PRIORITY = 1


def carry(post: Post, spool: Spool) -> bool:
    """Whether a change was carried. A spool that forgot it gets it again; the link changes nothing twice."""
    root_mark = mark_of(bytes.fromhex(post.settings.radio_key))
    with post.database.read() as conn:
        key = queries.newest(conn, root_mark)
    if key is None or spool.knows(uid := uid_from("key", root_mark, key.epoch)):
        return False
    now = post.clock().timestamp()
    spool.order(Outgoing(uid, key, (), _PRIORITY, now + _VALID_S), now)
    return True
