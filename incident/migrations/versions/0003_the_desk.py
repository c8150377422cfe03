"""The desk: ringing calls, numbers held back, the declared status, notes of places, times of a call."""

import sqlalchemy as sa
from alembic import op

from gis.database import UtcDateTime, add_geometry_column, drop_geometry_column

revision = "0003"
down_revision = "0002"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIMES_OF_A_CALL = ("rang_at", "answered_at", "classified_at", "located_at", "written_at")


def upgrade() -> None:
    _make_rings()
    _make_holds()
    _make_declared_status()
    _tell_more_of_calls()
    _make_place_notes()
    _make_time_marks()


def downgrade() -> None:
    op.drop_table("time_mark")
    drop_geometry_column(op.get_bind(), "place_note", "point")
    op.drop_table("place_note")
    op.drop_index("ix_call_rt", "call")
    for name in (*TIMES_OF_A_CALL, "source", "answers", "rt"):
        op.drop_column("call", name)
    for table in ("declared_status", "hold", "ring_attempt", "ring"):
        op.drop_table(table)


def _make_rings() -> None:
    op.create_table(
        "ring",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("line", sa.String(length=40), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.Column("announced_by", sa.String(length=60), nullable=False),
        sa.Column("rang_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("claimed_by", sa.String(length=60), nullable=True),
        sa.Column("claimed_at", UtcDateTime(), nullable=True),
        sa.Column("touched_at", UtcDateTime(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by", sa.String(length=60), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("call_id", ID, nullable=True),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("times_rung", sa.Integer(), nullable=False),
        sa.Column("last_rang_at", UtcDateTime(), nullable=False),
        sa.Column("same_as", ID, nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("settled_why", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_ring"),
        sa.UniqueConstraint("uid"),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"]),
        sa.ForeignKeyConstraint(["same_as"], ["ring.id"]),
    )
    for name in ("state", "call_id", "same_as", "rang_at"):
        op.create_index(f"ix_ring_{name}", "ring", [name], unique=False)
    op.create_index("ix_ring_phone", "ring", ["phone", "rang_at"], unique=False)
    op.create_table(
        "ring_attempt",
        sa.Column("id", ID, nullable=False),
        sa.Column("ring_id", ID, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ring_attempt"),
        sa.ForeignKeyConstraint(["ring_id"], ["ring.id"]),
    )
    op.create_index("ix_ring_attempt_ring_id", "ring_attempt", ["ring_id"], unique=False)


def _make_holds() -> None:
    op.create_table(
        "hold",
        sa.Column("id", ID, nullable=False),
        sa.Column("number_key", sa.String(length=64), nullable=False),
        sa.Column("masked", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("held_by", sa.String(length=60), nullable=False),
        sa.Column("held_at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("over_at", UtcDateTime(), nullable=True),
        sa.Column("lifted_by", sa.String(length=60), nullable=True),
        sa.Column("lifted_why", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_hold"),
    )
    op.create_index("ix_hold_number_key", "hold", ["number_key"], unique=False)


def _make_declared_status() -> None:
    op.create_table(
        "declared_status",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("decree", sa.String(length=120), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("extended_days", sa.Integer(), nullable=False),
        sa.Column("extension_decree", sa.String(length=120), nullable=True),
        sa.Column("declared_by", sa.String(length=60), nullable=False),
        sa.Column("declared_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.String(length=60), nullable=True),
        sa.Column("ended_why", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_declared_status"),
    )


def _tell_more_of_calls() -> None:
    """When it rang, was answered, classified, located and (on paper) written; the answers in codes; RT and RW."""
    for name in TIMES_OF_A_CALL:
        op.add_column("call", sa.Column(name, UtcDateTime(), nullable=True))
    op.add_column("call", sa.Column("source", sa.String(length=10), nullable=False, server_default="live"))
    op.add_column("call", sa.Column("answers", sa.Text(), nullable=True))
    op.add_column("call", sa.Column("rt", sa.String(length=7), nullable=True))
    told = sa.text("rt IS NOT NULL")
    op.create_index("ix_call_rt", "call", ["area_code", "rt"], sqlite_where=told, postgresql_where=told)


def _make_place_notes() -> None:
    op.create_table(
        "place_note",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("radius_m", sa.Float(), nullable=False),
        sa.Column("written_by", sa.String(length=60), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("struck_by", sa.String(length=60), nullable=True),
        sa.Column("struck_at", UtcDateTime(), nullable=True),
        sa.Column("struck_why", sa.String(length=200), nullable=True),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_place_note"),
    )
    add_geometry_column(op.get_bind(), "place_note", "point", "POINT")


def _make_time_marks() -> None:
    op.create_table(
        "time_mark",
        sa.Column("id", ID, nullable=False),
        sa.Column("incident_id", ID, nullable=False),
        sa.Column("which", sa.String(length=3), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=True),
        sa.Column("was", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_time_mark"),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"]),
    )
    op.create_index("ix_time_mark_incident", "time_mark", ["incident_id", "which"])
