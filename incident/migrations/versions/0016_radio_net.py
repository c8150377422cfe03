"""The net: roll-calls of stations and net control for voice."""

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Nothing to change yet."""


def downgrade() -> None:
    """Nothing to take back yet."""
