"""Casework: tasks, merged and split incidents, strikes, who reads an incident now."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
