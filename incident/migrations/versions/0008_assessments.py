"""Assessments: rapid assessment (kaji cepat) figures with source, time and state; the keys of browsers' outboxes."""

import sqlalchemy as sa
from alembic import op

from gis.database import UtcDateTime

revision = "0008"
down_revision = "0007"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "assessment",
        sa.Column("id", ID, nullable=False),
        sa.Column("incident_id", ID, nullable=False),
        sa.Column("what", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("source_words", sa.String(length=120), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("official_by", sa.String(length=60), nullable=True),
        sa.Column("official_at", UtcDateTime(), nullable=True),
        sa.Column("struck_by", sa.String(length=60), nullable=True),
        sa.Column("struck_at", UtcDateTime(), nullable=True),
        sa.Column("struck_why", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_assessment"),
    )
    op.create_index("ix_assessment_incident_id", "assessment", ["incident_id", "what"], unique=False)
    op.create_table(
        "outbox_key",
        sa.Column("person_id", ID, nullable=False, autoincrement=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_outbox_key"),
    )


def downgrade() -> None:
    op.drop_table("outbox_key")
    op.drop_table("assessment")
