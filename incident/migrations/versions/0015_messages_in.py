"""Messages that come in from outside."""

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Nothing yet: the number holds the place in the chain."""


def downgrade() -> None:
    """Nothing yet."""
