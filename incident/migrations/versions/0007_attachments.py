"""Attachments: photos, voice notes and documents of calls and incidents."""

import sqlalchemy as sa
from alembic import op

from gis.database import UtcDateTime

revision = "0007"
down_revision = "0006"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INDEXED = ("incident_id", "call_id", "digest", "thumb_digest")


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", ID, nullable=False),
        sa.Column("incident_id", ID, nullable=True),
        sa.Column("call_id", ID, nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("type", sa.String(length=30), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("thumb_digest", sa.String(length=64), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("camera_lon", sa.Float(), nullable=True),
        sa.Column("camera_lat", sa.Float(), nullable=True),
        sa.Column("camera_at", UtcDateTime(), nullable=True),
        sa.Column("position_said", sa.String(length=10), nullable=True),
        sa.Column("time_said", sa.String(length=10), nullable=True),
        sa.Column("sent_by", sa.String(length=60), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("struck_by", sa.String(length=60), nullable=True),
        sa.Column("struck_at", UtcDateTime(), nullable=True),
        sa.Column("struck_why", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
    )
    for column in INDEXED:
        op.create_index(f"ix_attachment_{column}", "attachment", [column], unique=False)


def downgrade() -> None:
    op.drop_table("attachment")
