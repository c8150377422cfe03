"""Casework: tasks, merged and split incidents, strikes, who reads an incident now."""

import sqlalchemy as sa
from alembic import op

from gis.database import UtcDateTime

revision = "0004"
down_revision = "0003"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("task", "regrouping", "regrouped", "strike")


def upgrade() -> None:
    _task()
    _regrouping()
    op.create_table(
        "strike",
        sa.Column("seq", ID, autoincrement=False, nullable=False),
        sa.Column("incident_id", ID, nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("struck_by", sa.String(length=60), nullable=False),
        sa.Column("struck_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_strike"),
    )
    op.create_index("ix_strike_incident_id", "strike", ["incident_id"], unique=False)
    op.add_column("incident", sa.Column("merged_into", ID, nullable=True))
    op.add_column("incident", sa.Column("open_tasks", sa.Integer(), server_default="0", nullable=False))
    op.add_column("incident", sa.Column("next_due_at", UtcDateTime(), nullable=True))
    op.add_column("incident", sa.Column("feedback_at", UtcDateTime(), nullable=True))
    op.create_index("ix_incident_merged_into", "incident", ["merged_into"], unique=False)


def _task() -> None:
    op.create_table(
        "task",
        sa.Column("id", ID, nullable=False),
        sa.Column("incident_id", ID, nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("owner_kind", sa.String(length=10), nullable=True),
        sa.Column("owner", sa.String(length=60), nullable=True),
        sa.Column("unit_id", ID, nullable=True),
        sa.Column("agency_code", sa.String(length=20), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("ended_by", sa.String(length=60), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("why", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_task"),
    )
    for column in ("incident_id", "unit_id", "state"):
        op.create_index(f"ix_task_{column}", "task", [column], unique=False)


def _regrouping() -> None:
    op.create_table(
        "regrouping",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("from_id", ID, nullable=False),
        sa.Column("to_id", ID, nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("done_by", sa.String(length=60), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("undone_by", sa.String(length=60), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_regrouping"),
    )
    op.create_index("ix_regrouping_from_id", "regrouping", ["from_id"], unique=False)
    op.create_index("ix_regrouping_to_id", "regrouping", ["to_id"], unique=False)
    op.create_table(
        "regrouped",
        sa.Column("id", ID, nullable=False),
        sa.Column("regrouping_id", ID, nullable=False),
        sa.Column("what", sa.String(length=30), nullable=False),
        sa.Column("row_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_regrouped"),
    )
    op.create_index("ix_regrouped_regrouping_id", "regrouped", ["regrouping_id"], unique=False)
    op.create_index("ix_regrouped_row", "regrouped", ["what", "row_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_incident_merged_into", "incident")
    for column in ("feedback_at", "next_due_at", "open_tasks", "merged_into"):
        op.drop_column("incident", column)
    for table in reversed(TABLES):
        op.drop_table(table)
