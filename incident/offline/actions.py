"""The one verb: give a person the secret of their outbox, made when it is first asked for."""

import secrets

from sqlalchemy import insert, select

from incident.offline.models import OutboxKey
from incident.post import Act

SECRET_BYTES = 32


def give_outbox_secret(act: Act, person_id: int) -> str:
    """The person's secret, the same each time: what was sealed with it on one day opens on another."""
    known = act.conn.scalar(select(OutboxKey.secret).where(OutboxKey.person_id == person_id))
    if known is not None:
        return str(known)
    row = {"person_id": person_id, "secret": secrets.token_urlsafe(SECRET_BYTES), "made_at": act.now}
    act.conn.execute(insert(OutboxKey), row)
    return str(row["secret"])
