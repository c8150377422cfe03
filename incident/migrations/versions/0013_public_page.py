"""The public page: clarifications, opening hours."""

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Nothing yet: the number holds the place in the chain."""


def downgrade() -> None:
    """Nothing yet."""
