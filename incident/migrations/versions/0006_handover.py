"""Handover: shifts of the room, what they hand over, decisions of the coordination meeting, search over everything."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
