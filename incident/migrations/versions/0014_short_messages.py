"""The spool of the GSM modem."""

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Nothing yet: the number holds the place in the chain."""


def downgrade() -> None:
    """Nothing yet."""
