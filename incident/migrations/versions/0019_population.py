"""How many people live in an area."""

import sqlalchemy as sa
from alembic import op

from gis.database import UtcDateTime

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "population",
        sa.Column("area_code", sa.String(length=13), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("changed_by", sa.String(length=60), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("area_code", name="pk_population"),
    )


def downgrade() -> None:
    op.drop_table("population")
