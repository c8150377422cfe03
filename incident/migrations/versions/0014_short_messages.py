"""The spool of the GSM modem: messages out with their parts, and parts of messages in."""

import sqlalchemy as sa
from alembic import op

from gis.database import UtcDateTime

revision = "0014"
down_revision = "0013"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "short_message",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("alert_id", ID, nullable=True),
        sa.Column("delivery_id", ID, nullable=True),
        sa.Column("note_id", ID, nullable=True),
        sa.Column("address", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("reference", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_short_message"),
        sa.UniqueConstraint("uid", name="uq_short_message_uid"),
    )
    op.create_index("ix_short_message_due", "short_message", ["state", "due_at"])
    op.create_index("ix_short_message_alert_id", "short_message", ["alert_id"])
    op.create_table(
        "short_part",
        sa.Column("id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.Integer(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_short_part"),
        sa.ForeignKeyConstraint(["message_id"], ["short_message.id"], name="fk_short_part_message_id_short_message"),
        sa.UniqueConstraint("message_id", "part", name="uq_short_part_message_id"),
    )
    op.create_index("ix_short_part_reference", "short_part", ["reference", "state"])
    op.create_table(
        "short_heard",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("sender", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("joint", sa.String(length=60), nullable=True),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.Column("came_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_short_heard"),
        sa.UniqueConstraint("uid", name="uq_short_heard_uid"),
    )
    op.create_index("ix_short_heard_joint", "short_heard", ["joint", "state"])


def downgrade() -> None:
    for table in ("short_heard", "short_part", "short_message"):
        op.drop_table(table)
