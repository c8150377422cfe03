"""The register of radio keys by epoch, and the cards that were handed out. No key stands in it."""

import sqlalchemy as sa
from alembic import op

from gis.database import UtcDateTime

revision = "0017"
down_revision = "0016"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "radio_epoch",
        sa.Column("id", ID, nullable=False),
        sa.Column("root_mark", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("out", sa.Text(), nullable=False),
        sa.Column("commanders", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("begun_by", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_radio_epoch"),
        sa.UniqueConstraint("root_mark", "number", name="uq_radio_epoch_root_mark"),
    )
    op.create_table(
        "radio_card",
        sa.Column("id", ID, nullable=False),
        sa.Column("root_mark", sa.String(length=8), nullable=False),
        sa.Column("station", sa.Integer(), nullable=False),
        sa.Column("commands", sa.Boolean(), nullable=False),
        sa.Column("handed_at", UtcDateTime(), nullable=False),
        sa.Column("handed_by", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_radio_card"),
        sa.ForeignKeyConstraint(["station"], ["station.number"], name="fk_radio_card_station_station"),
    )
    op.create_index("ix_radio_card_station", "radio_card", ["station"])


def downgrade() -> None:
    for table in ("radio_card", "radio_epoch"):
        op.drop_table(table)
