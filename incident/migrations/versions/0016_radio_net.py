"""The net: where stations were heard, roll-calls of stations, and net control for voice."""

import sqlalchemy as sa
from alembic import op

from gis.database import UtcDateTime

revision = "0016"
down_revision = "0015"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("station") as station:
        station.add_column(sa.Column("lon", sa.Float(), nullable=True))
        station.add_column(sa.Column("lat", sa.Float(), nullable=True))
        station.add_column(sa.Column("located_at", UtcDateTime(), nullable=True))
    op.create_table(
        "roll_call",
        sa.Column("id", ID, nullable=False),
        sa.Column("transmission_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("begun_by", sa.String(length=60), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("was_on_air", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_roll_call"),
        sa.ForeignKeyConstraint(
            ["transmission_id"], ["transmission.id"], name="fk_roll_call_transmission_id_transmission"
        ),
        sa.UniqueConstraint("transmission_id", name="uq_roll_call_transmission_id"),
    )
    op.create_index("ix_roll_call_begun_at", "roll_call", ["begun_at"])
    op.create_table(
        "voice_net",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("channel", sa.String(length=60), nullable=False),
        sa.Column("traffic", sa.String(length=10), nullable=False),
        sa.Column("is_silent", sa.Boolean(), nullable=False),
        sa.Column("opened_by", sa.String(length=60), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_by", sa.String(length=60), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_voice_net"),
    )
    op.create_index("ix_voice_net_opened_at", "voice_net", ["opened_at"])
    op.create_table(
        "voice_line",
        sa.Column("id", ID, nullable=False),
        sa.Column("net_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("call_sign", sa.String(length=30), nullable=False),
        sa.Column("signal", sa.String(length=5), nullable=False),
        sa.Column("report", sa.String(length=300), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.Column("written_by", sa.String(length=60), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("struck_by", sa.String(length=60), nullable=True),
        sa.Column("struck_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_voice_line"),
        sa.ForeignKeyConstraint(["net_id"], ["voice_net.id"], name="fk_voice_line_net_id_voice_net"),
    )
    op.create_index("ix_voice_line_net_id", "voice_line", ["net_id"])


def downgrade() -> None:
    for table in ("voice_line", "voice_net", "roll_call"):
        op.drop_table(table)
    with op.batch_alter_table("station") as station:
        for column in ("located_at", "lat", "lon"):
            station.drop_column(column)
