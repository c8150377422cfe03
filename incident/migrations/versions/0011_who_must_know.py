"""Alerts to people as well as units: contacts, addresses, the state of channels."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from gis.database import UtcDateTime

revision = "0011"
down_revision = "0010"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ONE = "(unit_id IS NULL) <> (contact_id IS NULL)"
ALERT: tuple[tuple[str, Any], ...] = (
    ("template", sa.String(length=30)),
    ("event", sa.String(length=80)),
    *((name, sa.String(length=20)) for name in ("category", "urgency", "severity", "certainty")),
    ("instruction", sa.Text()),
    ("sender_name", sa.String(length=120)),
    ("area", sa.Text()),
    ("area_codes", sa.Text()),
    ("area_words", sa.String(length=300)),
    ("english", sa.Text()),
    ("audience", sa.Text()),
    ("retraction", sa.Text()),
    ("cancelled_by", sa.String(length=60)),
    ("ended_at", UtcDateTime()),
)
DELIVERY: tuple[tuple[str, Any], ...] = (
    ("address", sa.String(length=1000)),
    ("code", sa.String(length=16)),
    ("foreign_id", sa.String(length=200)),
    ("sent_at", UtcDateTime()),
    ("claimed_until", UtcDateTime()),
)
INDEXES = {  # of the tables that SQLite cannot change in place
    "recipient": (("ix_recipient_alert_id", ["alert_id"]), ("ix_recipient_clock", ["next_rung_at"])),
    "delivery": (("ix_delivery_recipient_id", ["recipient_id"]), ("ix_delivery_state", ["state"])),
    "reception": (("ix_reception_transmission_id", ["transmission_id"]),),
}


def upgrade() -> None:
    _contacts()
    _channels()
    for name, kind in ALERT:
        op.add_column("alert", sa.Column(name, kind, nullable=True))
    op.add_column("alert", sa.Column("language", sa.String(length=5), nullable=False, server_default="id"))
    op.create_index("ix_alert_written_at", "alert", ["written_at"])
    _recipients()
    for name, kind in DELIVERY:
        op.add_column("delivery", sa.Column(name, kind, nullable=True))
    op.create_index("uq_delivery_code", "delivery", ["code"], unique=True)
    op.create_index("ix_delivery_due", "delivery", ["channel", "state", "due_at"])
    op.create_index("ix_delivery_foreign", "delivery", ["channel", "foreign_id"])
    op.create_index("ix_delivery_address", "delivery", ["address"])


def _contacts() -> None:
    op.create_table(
        "contact",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False, server_default="person"),
        sa.Column("office", sa.String(length=20), nullable=False, server_default="other"),
        sa.Column("area_code", sa.String(length=13), nullable=True),
        sa.Column("agency_code", sa.String(length=20), sa.ForeignKey("agency.code"), nullable=True),
        sa.Column("person_id", ID, sa.ForeignKey("person.id"), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False, server_default="id"),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("gone_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_contact"),
    )
    op.create_index("ix_contact_area_code", "contact", ["area_code"])
    op.create_index("ix_contact_agency_code", "contact", ["agency_code"])
    op.create_table(
        "contact_address",
        sa.Column("id", ID, nullable=False),
        sa.Column("contact_id", ID, sa.ForeignKey("contact.id"), nullable=True),
        sa.Column("unit_id", ID, sa.ForeignKey("unit.id"), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=1000), nullable=False),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_contact_address"),
        sa.CheckConstraint(ONE, name="ck_contact_address_one"),
    )
    for column in ("contact_id", "unit_id"):
        op.create_index(f"ix_contact_address_{column}", "contact_address", [column])
    op.create_index("ix_contact_address_where", "contact_address", ["address", "channel"])
    op.create_table(
        "contact_group",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contact_group"),
        sa.UniqueConstraint("name", name="uq_contact_group_name"),
    )
    op.create_table(
        "group_member",
        sa.Column("id", ID, nullable=False),
        sa.Column("group_id", ID, sa.ForeignKey("contact_group.id"), nullable=False),
        sa.Column("contact_id", ID, sa.ForeignKey("contact.id"), nullable=True),
        sa.Column("unit_id", ID, sa.ForeignKey("unit.id"), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_group_member"),
        sa.UniqueConstraint("group_id", "contact_id", name="uq_group_member_contact"),
        sa.UniqueConstraint("group_id", "unit_id", name="uq_group_member_unit"),
        sa.CheckConstraint(ONE, name="ck_group_member_one"),
    )
    for column in ("group_id", "contact_id"):
        op.create_index(f"ix_group_member_{column}", "group_member", [column])


def _channels() -> None:
    op.create_table(
        "channel_setting",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("loop_address", sa.String(length=1000), nullable=True),
        sa.Column("changed_by", sa.String(length=60), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_channel_setting"),
    )
    op.create_table(
        "channel_health",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("probed_at", UtcDateTime(), nullable=True),
        sa.Column("good_since", UtcDateTime(), nullable=True),
        sa.Column("flaps", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("fell_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_channel_health"),
    )
    op.create_table(
        "channel_trial",
        sa.Column("id", ID, nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_channel_trial"),
        sa.UniqueConstraint("uid", name="uq_channel_trial_uid"),
    )
    op.create_index("ix_channel_trial_when", "channel_trial", ["channel", "asked_at"])
    op.create_table(
        "note_out",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=1000), nullable=False),
        sa.Column("headline", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("priority", sa.String(length=2), nullable=False, server_default="P2"),
        sa.Column("order", sa.String(length=20), nullable=False, server_default="inform"),
        sa.Column("alert_id", ID, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("foreign_id", sa.String(length=200), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("claimed_until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_note_out"),
        sa.UniqueConstraint("uid", name="uq_note_out_uid"),
    )
    op.create_index("ix_note_out_alert_id", "note_out", ["alert_id"])
    op.create_index("ix_note_out_due", "note_out", ["channel", "state", "due_at"])
    op.create_index("ix_note_out_foreign", "note_out", ["channel", "foreign_id"])


# a recipient is a unit or a contact


def _recipients() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_recipient()
    else:
        op.add_column("recipient", sa.Column("contact_id", ID, sa.ForeignKey("contact.id"), nullable=True))
        for name in ("channel", "next_channel"):
            op.add_column("recipient", sa.Column(name, sa.String(length=20), nullable=True))
        op.add_column("recipient", sa.Column("read_back", sa.String(length=500), nullable=True))
        op.add_column("recipient", sa.Column("runner_task_id", ID, nullable=True))
        op.alter_column("recipient", "unit_id", nullable=True)
        op.create_check_constraint("ck_recipient_one", "recipient", ONE)
        op.create_unique_constraint("uq_recipient_contact", "recipient", ["alert_id", "contact_id"])
    op.create_index("ix_recipient_counts", "recipient", ["alert_id", "state", "contact_id"])
    op.create_index("ix_recipient_contact_id", "recipient", ["contact_id"])


def _rebuild_recipient(is_old: bool = False) -> None:
    """SQLite cannot drop a NOT NULL: the table is made anew, and with it those that refer to it, children last.

    A table that is renamed takes the references to it along, so each is made again under its own name by the words
    it was made by, filled, and the old ones go, children first: no row is without its parent at any moment.
    """
    conn = op.get_bind()
    made = {name: _words_of(conn, name) for name in ("delivery", "reception")}
    for name, indexes in INDEXES.items():
        for index, _ in indexes:
            op.drop_index(index, name)
        op.rename_table(name, f"{name}_old")
        if name == "recipient":
            _create_recipient(is_old)
        else:
            conn.exec_driver_sql(made[name])
        filled = ", ".join(row[1] for row in conn.exec_driver_sql(f"PRAGMA table_info({name})"))
        if not is_old and name == "recipient":
            filled = filled.removesuffix(", contact_id, channel, next_channel, read_back, runner_task_id")
        conn.exec_driver_sql(f"INSERT INTO {name} ({filled}) SELECT {filled} FROM {name}_old")
    for name in reversed(INDEXES):
        op.drop_table(f"{name}_old")
        for index, columns in INDEXES[name]:
            op.create_index(index, name, columns)


def _words_of(conn: sa.Connection, table: str) -> str:
    return str(conn.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).scalar_one())


def _create_recipient(is_old: bool) -> None:
    new = (
        sa.Column("contact_id", ID, sa.ForeignKey("contact.id"), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("next_channel", sa.String(length=20), nullable=True),
        sa.Column("read_back", sa.String(length=500), nullable=True),
        sa.Column("runner_task_id", ID, nullable=True),
        sa.UniqueConstraint("alert_id", "contact_id", name="uq_recipient_contact"),
        sa.CheckConstraint(ONE, name="ck_recipient_one"),
    )
    op.create_table(
        "recipient",
        sa.Column("id", ID, nullable=False),
        sa.Column("alert_id", ID, sa.ForeignKey("alert.id"), nullable=False),
        sa.Column("unit_id", ID, sa.ForeignKey("unit.id"), nullable=not is_old),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("next_rung_at", UtcDateTime(), nullable=True),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.Column("seen_by", sa.String(length=60), nullable=True),
        sa.Column("seen_via", sa.String(length=20), nullable=True),
        *(() if is_old else new),
        sa.PrimaryKeyConstraint("id", name="pk_recipient"),
        sa.UniqueConstraint("alert_id", "unit_id"),
    )


def downgrade() -> None:
    """Back to alerts for units alone; what went to contacts cannot be said in the older shape and is left out."""
    conn = op.get_bind()
    gone = "SELECT id FROM recipient WHERE contact_id IS NOT NULL"
    conn.exec_driver_sql(f"DELETE FROM delivery WHERE recipient_id IN ({gone})")
    conn.exec_driver_sql("DELETE FROM recipient WHERE contact_id IS NOT NULL")
    for index in ("uq_delivery_code", "ix_delivery_due", "ix_delivery_foreign", "ix_delivery_address"):
        op.drop_index(index, "delivery")
    for index in ("ix_recipient_counts", "ix_recipient_contact_id"):
        op.drop_index(index, "recipient")
    op.drop_index("ix_alert_written_at", "alert")
    for name, _ in DELIVERY:
        op.drop_column("delivery", name)
    for name in ("language", *(name for name, _ in ALERT)):
        op.drop_column("alert", name)
    if conn.dialect.name == "sqlite":
        _rebuild_recipient(is_old=True)
    else:
        for name in ("contact_id", "channel", "next_channel", "read_back", "runner_task_id"):
            op.drop_column("recipient", name)
        op.alter_column("recipient", "unit_id", nullable=False)
    for table in ("note_out", "channel_trial", "channel_health", "channel_setting"):
        op.drop_table(table)
    for table in ("group_member", "contact_group", "contact_address", "contact"):
        op.drop_table(table)
