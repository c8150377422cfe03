"""Assessments: rapid assessment (kaji cepat) figures with source, time and state."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
