"""The first house: people, calls, incidents, units, the journal, alerts and the radio."""

import sqlalchemy as sa
from alembic import op

from gis.database import UtcDateTime, add_geometry_column, drop_geometry_column

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WITH_A_POINT = ("unit", "incident", "call")
TABLES = (
    "agency",
    "heard",
    "incident_type",
    "journal",
    "lamp",
    "parked",
    "reader",
    "setup_link",
    "incident",
    "unit",
    "alert",
    "assignment",
    "call",
    "person",
    "station",
    "recipient",
    "session",
    "token",
    "transmission",
    "delivery",
    "reception",
)


def upgrade() -> None:
    op.create_table(
        "agency",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_agency"),
    )
    op.create_table(
        "heard",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("station", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("heard_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_heard"),
        sa.UniqueConstraint("uid"),
    )
    op.create_index("ix_heard_station", "heard", ["station"], unique=False)
    op.create_table(
        "incident_type",
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("also", sa.String(length=120), nullable=False),
        sa.Column("family", sa.String(length=30), nullable=False),
        sa.Column("name_id", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("priority", sa.String(length=2), nullable=False),
        sa.Column("icon", sa.String(length=40), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_incident_type"),
    )
    op.create_table(
        "journal",
        sa.Column("seq", ID, autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("incident_id", ID, nullable=True),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_journal"),
        sa.UniqueConstraint("uid"),
    )
    op.create_index("ix_journal_incident", "journal", ["incident_id", "seq"], unique=False)
    op.create_table(
        "lamp",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("words", sa.String(length=120), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lamp"),
    )
    op.create_table(
        "parked",
        sa.Column("id", ID, nullable=False),
        sa.Column("reader", sa.String(length=60), nullable=False),
        sa.Column("seq", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("parked_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_parked"),
        sa.UniqueConstraint("reader", "seq"),
    )
    op.create_table(
        "reader",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("seq", ID, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_reader"),
    )
    op.create_table(
        "setup_link",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key_hash", name="pk_setup_link"),
    )
    op.create_table(
        "incident",
        sa.Column("id", ID, nullable=False),
        sa.Column("type", sa.String(length=30), nullable=False),
        sa.Column("priority", sa.String(length=2), nullable=False),
        sa.Column("priority_reason", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("area_code", sa.String(length=13), nullable=True),
        sa.Column("method", sa.String(length=20), nullable=True),
        sa.Column("radius_m", sa.Double(), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("disposition", sa.String(length=30), nullable=True),
        sa.Column("obstacle", sa.Text(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("under_control_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["type"],
            ["incident_type.code"],
        ),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
    )
    op.create_index("ix_incident_area_code", "incident", ["area_code"], unique=False)
    op.create_index("ix_incident_queue", "incident", ["state", "priority", "opened_at"], unique=False)
    op.create_index("ix_incident_state", "incident", ["state"], unique=False)
    op.create_table(
        "unit",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_sign", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("agency_code", sa.String(length=20), nullable=True),
        sa.Column("capabilities", sa.String(length=200), nullable=False),
        sa.Column("base", sa.String(length=80), nullable=False),
        sa.Column("in_service", sa.Boolean(), nullable=False),
        sa.Column("in_service_since", UtcDateTime(), nullable=False),
        sa.Column("position_at", UtcDateTime(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_code"],
            ["agency.code"],
        ),
        sa.PrimaryKeyConstraint("id", name="pk_unit"),
        sa.UniqueConstraint("call_sign"),
    )
    op.create_table(
        "alert",
        sa.Column("id", ID, nullable=False),
        sa.Column("incident_id", ID, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("supersedes_id", ID, nullable=True),
        sa.Column("priority", sa.String(length=2), nullable=False),
        sa.Column("audience_kind", sa.String(length=10), nullable=False),
        sa.Column("order", sa.String(length=20), nullable=False),
        sa.Column("headline", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("written_by", sa.String(length=60), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("approved_by", sa.String(length=60), nullable=True),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["alert.id"],
        ),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
    )
    op.create_index("ix_alert_incident_id", "alert", ["incident_id"], unique=False)
    op.create_index("ix_alert_state", "alert", ["state"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("id", ID, nullable=False),
        sa.Column("incident_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("state_since", UtcDateTime(), nullable=False),
        sa.Column("assigned_at", UtcDateTime(), nullable=False),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.Column("en_route_at", UtcDateTime(), nullable=True),
        sa.Column("on_scene_at", UtcDateTime(), nullable=True),
        sa.Column("transporting_at", UtcDateTime(), nullable=True),
        sa.Column("at_referral_at", UtcDateTime(), nullable=True),
        sa.Column("cleared_at", UtcDateTime(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id", name="pk_assignment"),
    )
    op.create_index("ix_assignment_incident_id", "assignment", ["incident_id"], unique=False)
    op.create_index("ix_assignment_state", "assignment", ["state"], unique=False)
    op.create_index("ix_assignment_unit_id", "assignment", ["unit_id"], unique=False)
    op.create_table(
        "call",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("class", sa.String(length=10), nullable=False),
        sa.Column("type", sa.String(length=30), nullable=True),
        sa.Column("priority", sa.String(length=2), nullable=True),
        sa.Column("narrative", sa.Text(), nullable=True),
        sa.Column("caller_name", sa.String(length=120), nullable=True),
        sa.Column("caller_phone", sa.String(length=30), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("method", sa.String(length=20), nullable=True),
        sa.Column("radius_m", sa.Double(), nullable=True),
        sa.Column("area_code", sa.String(length=13), nullable=True),
        sa.Column("incident_id", ID, nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("taken_by", sa.String(length=60), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
        ),
        sa.ForeignKeyConstraint(
            ["type"],
            ["incident_type.code"],
        ),
        sa.PrimaryKeyConstraint("id", name="pk_call"),
        sa.UniqueConstraint("uid"),
    )
    op.create_index("ix_call_caller_phone", "call", ["caller_phone"], unique=False)
    op.create_index("ix_call_incident_id", "call", ["incident_id"], unique=False)
    op.create_index("ix_call_recorded_at", "call", ["recorded_at"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("secret_hash", sa.String(length=200), nullable=True),
        sa.Column("agency_code", sa.String(length=20), nullable=True),
        sa.Column("area_code", sa.String(length=13), nullable=True),
        sa.Column("unit_id", ID, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_code"],
            ["agency.code"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "station",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("call_sign", sa.String(length=30), nullable=False),
        sa.Column("unit_id", ID, nullable=True),
        sa.Column("last_heard_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("number", name="pk_station"),
        sa.UniqueConstraint("call_sign"),
        sa.UniqueConstraint("unit_id"),
    )
    op.create_table(
        "recipient",
        sa.Column("id", ID, nullable=False),
        sa.Column("alert_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("next_rung_at", UtcDateTime(), nullable=True),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.Column("seen_by", sa.String(length=60), nullable=True),
        sa.Column("seen_via", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["alert.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recipient"),
        sa.UniqueConstraint("alert_id", "unit_id"),
    )
    op.create_index("ix_recipient_alert_id", "recipient", ["alert_id"], unique=False)
    op.create_index("ix_recipient_clock", "recipient", ["next_rung_at"], unique=False)
    op.create_table(
        "session",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("key_hash", name="pk_session"),
    )
    op.create_index("ix_session_person_id", "session", ["person_id"], unique=False)
    op.create_table(
        "token",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("key_hash", name="pk_token"),
    )
    op.create_index("ix_token_person_id", "token", ["person_id"], unique=False)
    op.create_table(
        "transmission",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("alert_id", ID, nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("ref", sa.Integer(), nullable=True),
        sa.Column("radiogram", sa.Text(), nullable=False),
        sa.Column("bytes_on_air", sa.Integer(), nullable=False),
        sa.Column("airtime_s", sa.Double(), nullable=False),
        sa.Column("written_by", sa.String(length=60), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("keyed_at", UtcDateTime(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["alert.id"],
        ),
        sa.PrimaryKeyConstraint("id", name="pk_transmission"),
        sa.UniqueConstraint("uid"),
    )
    op.create_index("ix_transmission_alert_id", "transmission", ["alert_id"], unique=False)
    op.create_index("ix_transmission_state", "transmission", ["state"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", ID, nullable=False),
        sa.Column("recipient_id", ID, nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recipient_id"],
            ["recipient.id"],
        ),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("recipient_id", "channel"),
        sa.UniqueConstraint("uid"),
    )
    op.create_index("ix_delivery_recipient_id", "delivery", ["recipient_id"], unique=False)
    op.create_index("ix_delivery_state", "delivery", ["state"], unique=False)
    op.create_table(
        "reception",
        sa.Column("id", ID, nullable=False),
        sa.Column("transmission_id", ID, nullable=False),
        sa.Column("station", sa.Integer(), nullable=False),
        sa.Column("delivery_id", ID, nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["delivery.id"],
        ),
        sa.ForeignKeyConstraint(
            ["station"],
            ["station.number"],
        ),
        sa.ForeignKeyConstraint(
            ["transmission_id"],
            ["transmission.id"],
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reception"),
        sa.UniqueConstraint("transmission_id", "station"),
    )
    op.create_index("ix_reception_transmission_id", "reception", ["transmission_id"], unique=False)
    for table in WITH_A_POINT:
        add_geometry_column(op.get_bind(), table, "point", "POINT")


def downgrade() -> None:
    for table in WITH_A_POINT:
        drop_geometry_column(op.get_bind(), table, "point")
    for table in reversed(TABLES):
        op.drop_table(table)
