"""Handover: shifts of the room, what they hand over, decisions of the coordination meeting, search over everything."""

import sqlalchemy as sa
from alembic import op

from gis.database import UtcDateTime
from gis.fulltext import add_word_index, drop_word_index

revision = "0006"
down_revision = "0005"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DIGITS = sa.String(length=30).with_variant(sa.String(length=30, collation="C"), "postgresql")


def upgrade() -> None:
    _room_shift()
    _decision()
    _find_leaf()
    _find_number()


def _room_shift() -> None:
    op.create_table(
        "room_shift",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("led_by", sa.String(length=60), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("left_at", UtcDateTime(), nullable=True),
        sa.Column("left_by", sa.String(length=60), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("frozen", sa.Text(), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.Column("signed_at", UtcDateTime(), nullable=True),
        sa.Column("signed_by", sa.String(length=60), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("next_id", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_room_shift"),
    )
    op.create_index("ix_room_shift_state", "room_shift", ["state"], unique=False)


def _decision() -> None:
    op.create_table(
        "decision",
        sa.Column("id", ID, nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("basis", sa.String(length=500), nullable=True),
        sa.Column("meeting", sa.String(length=120), nullable=True),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("incident_id", ID, nullable=True),
        sa.Column("status_id", ID, nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("ended_by", sa.String(length=60), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("why", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
    )
    for column in ("incident_id", "status_id", "state"):
        op.create_index(f"ix_decision_{column}", "decision", [column], unique=False)


def _find_leaf() -> None:
    op.create_table(
        "find_leaf",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=1), nullable=False),
        sa.Column("ref", ID, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_find_leaf"),
    )
    op.create_index("ix_find_leaf_ref", "find_leaf", ["kind", "ref"], unique=True)
    add_word_index(op.get_bind(), "find_leaf", "words")


def _find_number() -> None:
    op.create_table(
        "find_number",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=1), nullable=False),
        sa.Column("ref", ID, nullable=False),
        sa.Column("digits", DIGITS, nullable=False),
        sa.Column("backwards", DIGITS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_find_number"),
    )
    op.create_index("ix_find_number_ref", "find_number", ["kind", "ref"], unique=True)
    for column in ("digits", "backwards"):
        op.create_index(f"ix_find_number_{column}", "find_number", [column], unique=False)


def downgrade() -> None:
    drop_word_index(op.get_bind(), "find_leaf", "words")
    for table in ("find_number", "find_leaf", "decision", "room_shift"):
        op.drop_table(table)
