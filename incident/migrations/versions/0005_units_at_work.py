"""Units at work: kinds and capabilities, crews, shifts, alarms; what a unit says without a task."""

import sqlalchemy as sa
from alembic import op

from gis.database import UtcDateTime
from incident.duty.seeds import capability_rows, kind_rows

revision = "0005"
down_revision = "0004"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("unit_kind", "capability", "crew_member", "duty_shift", "unit_alarm")
COLUMNS = ("word_at", "posture", "posture_since", "out_reason", "mayday_at", "mayday_why")


def upgrade() -> None:
    _unit()
    kinds, capabilities = _kinds(), _capabilities()
    _crew()
    _alarm()
    _take_over(kinds, capabilities)


def _unit() -> None:
    op.add_column("unit", sa.Column("word_at", UtcDateTime(), nullable=True))
    op.add_column("unit", sa.Column("posture", sa.String(length=10), server_default="base", nullable=False))
    op.add_column("unit", sa.Column("posture_since", UtcDateTime(), nullable=True))
    op.add_column("unit", sa.Column("out_reason", sa.String(length=200), nullable=True))
    op.add_column("unit", sa.Column("mayday_at", UtcDateTime(), nullable=True))
    op.add_column("unit", sa.Column("mayday_why", sa.String(length=10), nullable=True))


def _kinds() -> sa.Table:
    return op.create_table(
        "unit_kind",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_id", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("agency_code", sa.String(length=20), nullable=True),
        sa.Column("least_crew", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rank", sa.Integer(), server_default="100", nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_unit_kind"),
    )


def _capabilities() -> sa.Table:
    return op.create_table(
        "capability",
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("name_id", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("serves", sa.String(length=200), server_default="", nullable=False),
        sa.Column("rank", sa.Integer(), server_default="100", nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_capability"),
    )


def _crew() -> None:
    op.create_table(
        "crew_member",
        sa.Column("id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column("left_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_crew_member"),
    )
    op.create_index("ix_crew_member_unit_id", "crew_member", ["unit_id"], unique=False)
    op.create_table(
        "duty_shift",
        sa.Column("id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("struck_at", UtcDateTime(), nullable=True),
        sa.Column("struck_why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_duty_shift"),
    )
    op.create_index("ix_duty_shift_unit_id", "duty_shift", ["unit_id"], unique=False)
    op.create_index("ix_duty_shift_ends_at", "duty_shift", ["ends_at"], unique=False)


def _alarm() -> None:
    op.create_table(
        "unit_alarm",
        sa.Column("id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("why", sa.String(length=10), nullable=True),
        sa.Column("incident_id", ID, nullable=True),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("limit_s", sa.Integer(), nullable=True),
        sa.Column("misses", sa.Integer(), server_default="0", nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("acknowledged_by", sa.String(length=60), nullable=True),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_unit_alarm"),
    )
    op.create_index("ix_unit_alarm_unit_id", "unit_alarm", ["unit_id"], unique=False)
    op.create_index("ix_unit_alarm_ended_at", "unit_alarm", ["ended_at"], unique=False)


def _take_over(kinds: sa.Table, capabilities: sa.Table) -> None:
    """The seeds, and every free word that units carry already: a known one becomes its code, another a row."""
    conn = op.get_bind()
    unit = sa.table("unit", sa.column("id"), sa.column("kind"), sa.column("capabilities"))
    made_kinds, made_capabilities = kind_rows(), capability_rows()
    known_kinds, known_capabilities = _known(made_kinds), _known(made_capabilities)
    for row in conn.execute(sa.select(unit)).all():
        kind = _code(row.kind, known_kinds, made_kinds, {"agency_code": None, "least_crew": 0})
        words = [word.strip() for word in (row.capabilities or "").split(",") if word.strip()]
        able = [_code(word, known_capabilities, made_capabilities, {"serves": word.lower()[:200]}) for word in words]
        changes = {"kind": kind, "capabilities": ",".join(dict.fromkeys(able))}
        conn.execute(sa.update(unit).where(unit.c.id == row.id).values(**changes))
    op.bulk_insert(kinds, made_kinds)
    op.bulk_insert(capabilities, made_capabilities)


def _known(rows: list[dict[str, object]]) -> dict[str, str]:
    return {str(row[name]).lower(): str(row["code"]) for row in rows for name in ("name_en", "name_id", "code")}


def _code(word: str, known: dict[str, str], made: list[dict[str, object]], more: dict[str, object]) -> str:
    code = known.get(word.lower())
    if code is None:
        code = known[word.lower()] = word
        made.append({"code": word, "name_id": word, "name_en": word, "rank": 100 + len(made), **more})
    return code


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    for column in reversed(COLUMNS):
        op.drop_column("unit", column)
