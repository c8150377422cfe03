"""Attachments: photos, voice notes and documents of calls and incidents."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
