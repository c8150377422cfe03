"""How many people live in an area."""

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Nothing to change yet."""


def downgrade() -> None:
    """Nothing to take back yet."""
