"""What is known of each article in short, without a look at its text."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_COLUMNS = ["state", "file_id", "version", "chunk_count", "published", "publisher", "origin_id"]


def upgrade() -> None:
    """An index that has all of it, for SQLite: there what stands behind a long text in its row is read through it.
    PostgreSQL keeps long texts apart, and bounds an index's rows."""
    if op.get_bind().dialect.name == "sqlite":
        op.create_index("articles_in_short", "articles", _COLUMNS)


def downgrade() -> None:
    """Without it."""
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index("articles_in_short", "articles")
