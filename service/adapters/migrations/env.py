"""Runs the migrations on the connection that `record_schema.migrate` hands over, inside its transaction."""

from alembic import context

from service.adapters.record_schema import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True
)
context.run_migrations()
