"""The queue: who heard a new P1, the views people saved."""

import sqlalchemy as sa
from alembic import op

from gis.database import UtcDateTime

revision = "0010"
down_revision = "0009"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("incident", sa.Column("heard_by", sa.String(length=60), nullable=True))
    op.add_column("incident", sa.Column("heard_at", UtcDateTime(), nullable=True))
    op.create_table(
        "saved_view",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("query", sa.String(length=300), nullable=False),
        sa.Column("digit", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_view"),
        sa.UniqueConstraint("person_id", "digit", name="uq_saved_view_person_id"),
    )


def downgrade() -> None:
    op.drop_table("saved_view")
    for column in ("heard_at", "heard_by"):
        op.drop_column("incident", column)
