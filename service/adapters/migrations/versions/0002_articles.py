"""What the second release adds to the record: articles."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Each area's tables and columns."""
    _files()
    _relations()


def _files() -> None:
    """Formats and sync: pages of a document, files as they were read, takedowns, sketches, and requests to ingest."""
    op.add_column("articles", sa.Column("pages", sa.Text))
    op.create_index("articles_by_origin", "articles", ["origin_id"])
    op.create_index("articles_by_path", "articles", ["path"])
    op.create_table(
        "files",
        sa.Column("path", sa.LargeBinary, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("articles", sa.Integer, nullable=False),
    )
    op.execute(
        "INSERT INTO files (path, source, filename, sha256, articles) "
        "SELECT path, MIN(source), MIN(filename), MIN(sha256), 1 FROM articles "
        "WHERE state = 'live' AND path IS NOT NULL GROUP BY path"
    )
    op.create_table(
        "takedowns",
        sa.Column("file_id", sa.String(200), primary_key=True),
        sa.Column("path_hash", sa.String(64)),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("taken_down", sa.String(40), nullable=False),
    )
    op.create_table(
        "sketches",
        sa.Column("file_id", sa.String(200), primary_key=True),
        sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["file_id", "version"], ["articles.file_id", "articles.version"], ondelete="CASCADE"),
    )
    op.create_table(
        "ingest_requests",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reply", sa.Text),
        sa.Column("created", sa.String(40), nullable=False),
    )


def _relations() -> None:
    """Origins and spans: updates, what an article rests on, and lines and quotations that articles share."""
    op.add_column("articles", sa.Column("update_of", sa.String(200)))
    op.add_column("articles", sa.Column("rests_on", sa.Text))
    op.create_table(
        "traces",
        sa.Column("kind", sa.String(10), primary_key=True),
        sa.Column("mark", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("file_id", sa.String(200), primary_key=True),
        sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.ForeignKeyConstraint(["file_id", "version"], ["articles.file_id", "articles.version"], ondelete="CASCADE"),
    )
    op.create_index("traces_of_article", "traces", ["file_id", "version"])
    op.create_table(
        "learned_lines",
        sa.Column("mark", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("learned", sa.String(40), nullable=False),
    )
