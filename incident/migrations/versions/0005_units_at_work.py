"""Units at work: kinds and capabilities, crews, shifts, welfare checks, run cards."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
