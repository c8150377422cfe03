"""Messages kept beside: what was decided about them; the contacts of an alert are counted with their clocks."""

import sqlalchemy as sa
from alembic import op

from gis.database import UtcDateTime

revision = "0018"
down_revision = "0017"

COUNTED = ["alert_id", "state", "rung", "next_channel", "contact_id", "next_rung_at"]


def upgrade() -> None:
    op.add_column("message_in", sa.Column("decided", sa.String(length=10), nullable=True))
    op.add_column("message_in", sa.Column("decided_by", sa.String(length=60), nullable=True))
    op.add_column("message_in", sa.Column("decided_at", UtcDateTime(), nullable=True))
    op.create_index("ix_message_in_became", "message_in", ["became", "decided", "came_at"])
    op.create_index("ix_reporter_last_at", "reporter", ["last_at"])
    op.drop_index("ix_recipient_counts", "recipient")
    op.create_index("ix_recipient_counts", "recipient", COUNTED)


def downgrade() -> None:
    op.drop_index("ix_recipient_counts", "recipient")
    op.create_index("ix_recipient_counts", "recipient", ["alert_id", "state", "contact_id"])
    op.drop_index("ix_reporter_last_at", "reporter")
    op.drop_index("ix_message_in_became", "message_in")
    for column in ("decided_at", "decided_by", "decided"):
        op.drop_column("message_in", column)
