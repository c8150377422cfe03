"""Runs the one migration tree on whichever database the connection belongs to."""

from alembic import context

from gis.database import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
