"""Bulletins from outside and what they propose."""

import sqlalchemy as sa
from alembic import op

from gis.database import UtcDateTime

revision = "0012"
down_revision = "0011"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _moment(name: str, nullable: bool = True) -> sa.Column:
    return sa.Column(name, UtcDateTime(), nullable=nullable)


def upgrade() -> None:
    _bulletins()
    _proposals()
    _feeds()


def _bulletins() -> None:
    op.create_table(
        "bulletin",
        sa.Column("id", ID, nullable=False),
        sa.Column("source", sa.String(length=30), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("alias", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        _moment("at", False),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("magnitude", sa.Float(), nullable=True),
        sa.Column("depth_km", sa.Float(), nullable=True),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("severity", sa.String(length=10), nullable=True),
        _moment("expires_at"),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("attribution", sa.String(length=120), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("near_km", sa.Float(), nullable=True),
        sa.Column("lead_id", ID, nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        _moment("until"),
        _moment("received_at", False),
        _moment("changed_at", False),
        sa.PrimaryKeyConstraint("id", name="pk_bulletin"),
        sa.UniqueConstraint("source", "key", name="uq_bulletin_source"),
    )
    for name, columns in (
        ("ix_bulletin_alias", ["source", "alias"]),
        ("ix_bulletin_kind_at", ["kind", "at"]),
        ("ix_bulletin_lead_id", ["lead_id"]),
        ("ix_bulletin_state", ["state"]),
    ):
        op.create_index(name, "bulletin", columns)


def _proposals() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", ID, nullable=False),
        sa.Column("bulletin_id", ID, nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("asks", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("area_codes", sa.Text(), nullable=False),
        sa.Column("villages", sa.Integer(), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        _moment("made_at", False),
        sa.Column("decided_by", sa.String(length=60), nullable=True),
        _moment("decided_at"),
        sa.Column("why", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
        sa.UniqueConstraint("bulletin_id", "rule", name="uq_proposal_bulletin_id"),
    )
    op.create_index("ix_proposal_state", "proposal", ["state"])


def _feeds() -> None:
    op.create_table(
        "feed",
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        _moment("due_at"),
        _moment("asked_at"),
        _moment("answered_at"),
        sa.Column("changed_by", sa.String(length=60), nullable=False),
        _moment("changed_at", False),
        sa.PrimaryKeyConstraint("name", name="pk_feed"),
    )


def downgrade() -> None:
    for table in ("feed", "proposal", "bulletin"):
        op.drop_table(table)
