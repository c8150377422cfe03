"""Bulletins from outside and what they propose."""

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Nothing yet: the number holds the place in the chain."""


def downgrade() -> None:
    """Nothing yet."""
