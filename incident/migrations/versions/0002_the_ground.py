"""The ground: gazetteer, boundaries, landmarks, facilities, zones drawn by hand, tracks, overlays."""

import sqlalchemy as sa
from alembic import op

from gis.database import UtcDateTime, add_geometry_column, drop_geometry_column

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SHAPES = {
    "boundary": ("outline", "MULTIPOLYGON"),
    "landmark": ("point", "POINT"),
    "facility": ("point", "POINT"),
    "zone": ("shape", "GEOMETRY"),
    "track": ("path", "MULTILINESTRING"),
}
TABLES = ("area", "gazetteer", "boundary", "landmark", "facility", "zone", "track", "overlay")


def upgrade() -> None:
    op.create_table(
        "area",
        sa.Column("code", sa.String(length=13), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("folded", sa.String(length=80), nullable=False),
        sa.Column("postcode", sa.String(length=5), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("radius_m", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("code", name="pk_area"),
    )
    op.create_index("ix_area_folded", "area", ["folded"], unique=False)
    op.create_index("ix_area_place", "area", ["lat", "lon"], unique=False)
    op.create_table(
        "gazetteer",
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("loaded_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_gazetteer"),
    )
    op.create_table(
        "boundary",
        sa.Column("code", sa.String(length=13), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("area_m2", sa.Float(), nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_boundary"),
    )
    op.create_index("ix_boundary_level", "boundary", ["level"], unique=False)
    op.create_index("ix_boundary_imported_at", "boundary", ["imported_at"], unique=False)
    op.create_table(
        "landmark",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("folded", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("area_code", sa.String(length=13), nullable=True),
        sa.Column("radius_m", sa.Float(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("remembered_by", sa.String(length=60), nullable=False),
        sa.Column("remembered_at", UtcDateTime(), nullable=False),
        sa.Column("gone_at", UtcDateTime(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_landmark"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_landmark_folded", "landmark", ["folded"], unique=False)
    op.create_index("ix_landmark_area_code", "landmark", ["area_code"], unique=False)
    op.create_table(
        "facility",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("occupied", sa.Integer(), nullable=True),
        sa.Column("area_code", sa.String(length=13), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("changed_by", sa.String(length=60), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_facility"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_facility_kind", "facility", ["kind"], unique=False)
    op.create_table(
        "zone",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("incident_id", ID, nullable=True),
        sa.Column("drawn_by", sa.String(length=60), nullable=False),
        sa.Column("drawn_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("struck_by", sa.String(length=60), nullable=True),
        sa.Column("struck_at", UtcDateTime(), nullable=True),
        sa.Column("struck_why", sa.String(length=200), nullable=True),
        sa.Column("expired_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_zone"),
    )
    op.create_index("ix_zone_incident_id", "zone", ["incident_id"], unique=False)
    op.create_index("ix_zone_expires_at", "zone", ["expires_at"], unique=False)
    op.create_table(
        "track",
        sa.Column("id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("imported_by", sa.String(length=60), nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_track"),
    )
    op.create_index("ix_track_unit_id", "track", ["unit_id"], unique=False)
    op.create_table(
        "overlay",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("attribution", sa.String(length=200), nullable=False),
        sa.Column("bounds", sa.String(length=120), nullable=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_overlay"),
    )
    for table, (column, kind) in SHAPES.items():
        add_geometry_column(op.get_bind(), table, column, kind)


def downgrade() -> None:
    for table, (column, _) in SHAPES.items():
        drop_geometry_column(op.get_bind(), table, column)
    for table in reversed(TABLES):
        op.drop_table(table)
