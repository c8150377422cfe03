"""Messages kept beside keep the place and the files that came with them."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("message_in", sa.Column("lon", sa.Float(), nullable=True))
    op.add_column("message_in", sa.Column("lat", sa.Float(), nullable=True))
    op.add_column("message_in", sa.Column("files", sa.Text(), nullable=True))


def downgrade() -> None:
    for column in ("files", "lat", "lon"):
        op.drop_column("message_in", column)
