"""Alerts to people as well as units: contacts, addresses, the state of channels."""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Nothing yet: the number holds the place in the chain."""


def downgrade() -> None:
    """Nothing yet."""
