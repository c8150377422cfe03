"""Which stations are relays, in which order they speak, and which of them stand on a card."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("station", sa.Column("relay_place", sa.Integer(), nullable=True))
    op.add_column("radio_card", sa.Column("relays", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("radio_card", "relays")
    op.drop_column("station", "relay_place")
