"""The register of radio keys by epoch, and the units whose key was taken back."""

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Nothing to change yet."""


def downgrade() -> None:
    """Nothing to take back yet."""
