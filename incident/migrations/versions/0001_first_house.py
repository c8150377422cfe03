"""The first house: people, calls, incidents, units, the journal, alerts and the radio."""

from alembic import op

import alerts.models
import incident.models
import radio_bridge.models
from gis.database import Base, add_spatial_index

revision = "0001"
down_revision = None


def upgrade() -> None:
    Base.metadata.create_all(op.get_bind())
    for table in ("unit", "incident", "call"):
        add_spatial_index(op.get_bind(), table, "point")


def downgrade() -> None:
    Base.metadata.drop_all(op.get_bind())
