"""Messages that come in from outside: reporters, their messages, files to fetch."""

import sqlalchemy as sa
from alembic import op

from gis.database import UtcDateTime

revision = "0015"
down_revision = "0014"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "reporter",
        sa.Column("id", ID, nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_reporter"),
        sa.UniqueConstraint("channel", "address", name="uq_reporter_channel"),
    )
    op.create_table(
        "message_in",
        sa.Column("id", ID, nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("foreign_id", sa.String(length=200), nullable=False),
        sa.Column("reporter_id", ID, nullable=False),
        sa.Column("became", sa.String(length=10), nullable=False),
        sa.Column("call_id", ID, nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.Column("came_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_message_in"),
        sa.ForeignKeyConstraint(["reporter_id"], ["reporter.id"], name="fk_message_in_reporter_id_reporter"),
        sa.UniqueConstraint("channel", "foreign_id", name="uq_message_in_channel"),
    )
    op.create_index("ix_message_in_call_id", "message_in", ["call_id"])
    op.create_index("ix_message_in_reporter_id", "message_in", ["reporter_id", "came_at"])
    op.create_table(
        "message_file",
        sa.Column("id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_message_file"),
        sa.ForeignKeyConstraint(["message_id"], ["message_in.id"], name="fk_message_file_message_id_message_in"),
    )
    op.create_index("ix_message_file_message_id", "message_file", ["message_id"])
    op.create_index("ix_message_file_due", "message_file", ["channel", "state", "due_at"])


def downgrade() -> None:
    for table in ("message_file", "message_in", "reporter"):
        op.drop_table(table)
