"""The public page: CAP messages as they went out, clarifications, opening hours."""

import sqlalchemy as sa
from alembic import op

from gis.database import UtcDateTime

revision = "0013"
down_revision = "0012"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "cap_message",
        sa.Column("id", ID, nullable=False),
        sa.Column("alert_id", ID, nullable=False),
        sa.Column("message_type", sa.String(length=10), nullable=False),
        sa.Column("identifier", sa.String(length=160), nullable=False),
        sa.Column("sender", sa.String(length=120), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("headline", sa.String(length=200), nullable=False),
        sa.Column("past", sa.Text(), nullable=False),
        sa.Column("xml", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_cap_message_alert_id_alert"),
        sa.PrimaryKeyConstraint("id", name="pk_cap_message"),
        sa.UniqueConstraint("identifier", name="uq_cap_message_identifier"),
    )
    op.create_index("ix_cap_message_alert_id", "cap_message", ["alert_id"])
    op.create_index("ix_cap_message_expires_at", "cap_message", ["expires_at"])
    op.create_table(
        "clarification",
        sa.Column("id", ID, nullable=False),
        sa.Column("claim", sa.String(length=300), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("evidence", sa.String(length=500), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=True),
        sa.Column("claim_en", sa.String(length=300), nullable=True),
        sa.Column("fact_en", sa.Text(), nullable=True),
        sa.Column("evidence_en", sa.String(length=500), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("replaces_id", ID, nullable=True),
        sa.Column("written_by", sa.String(length=60), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("approved_by", sa.String(length=60), nullable=True),
        sa.Column("approved_role", sa.String(length=20), nullable=True),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=60), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_why", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["clarification.id"], name="fk_clarification_replaces_id_clarification"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_clarification"),
    )
    op.create_index("ix_clarification_state", "clarification", ["state"])
    op.create_table(
        "opening",
        sa.Column("facility_id", ID, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("hours", sa.String(length=120), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("note_en", sa.String(length=200), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.String(length=60), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"], name="fk_opening_facility_id_facility"),
        sa.PrimaryKeyConstraint("facility_id", name="pk_opening"),
    )


def downgrade() -> None:
    for table in ("opening", "clarification", "cap_message"):
        op.drop_table(table)
