"""The desk: ringing calls, numbers held back, notes of places, times of a call."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
