"""Messages kept beside: what was decided about them."""

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Nothing to change yet."""


def downgrade() -> None:
    """Nothing to take back yet."""
