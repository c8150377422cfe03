"""How strong an overlay lies on the map when it is switched on."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("overlay", sa.Column("opacity", sa.Float(), nullable=False, server_default="1"))


def downgrade() -> None:
    with op.batch_alter_table("overlay") as table:
        table.drop_column("opacity")
