"""The first schema: articles with their chunks and vectors, answers, feedback, failures."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _of_article() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["file_id", "version"], ["articles.file_id", "articles.version"], ondelete="CASCADE"
    )


def _articles() -> None:
    optional = ("title", "title_from", "publisher", "publisher_from", "publisher_key", "author",
                "author_from")
    op.create_table(
        "articles",
        sa.Column("file_id", sa.String(200), primary_key=True),
        sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("path", sa.LargeBinary),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("text", sa.LargeBinary, nullable=False),
        *(sa.Column(name, sa.Text) for name in optional),
        sa.Column("published", sa.Date),
        sa.Column("published_from", sa.Text),
        sa.Column("url", sa.Text),
        sa.Column("credit", sa.Text),
        sa.Column("credit_from", sa.Text),
        sa.Column("origin_id", sa.String(200), nullable=False),
        sa.Column("reprint_of", sa.Text),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("chunk_count", sa.Integer, nullable=False),
        sa.Column("added", sa.String(40), nullable=False),
    )
    live = sa.text("state = 'live'")
    op.create_index("one_live_version", "articles", ["file_id"], unique=True, sqlite_where=live,
                    postgresql_where=live)
    op.create_index("articles_by_state", "articles", ["state", "published"])


def _parts_of_articles() -> None:
    op.create_table(
        "spans",
        sa.Column("file_id", sa.String(200), primary_key=True),
        sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("start_char", sa.Integer, nullable=False),
        sa.Column("end_char", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        _of_article(),
    )
    op.create_table(
        "chunks",
        sa.Column("chunk_id", sa.String(240), primary_key=True),
        sa.Column("file_id", sa.String(200), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("start_char", sa.Integer, nullable=False),
        sa.Column("end_char", sa.Integer, nullable=False),
        sa.Column("header", sa.Text, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        _of_article(),
    )
    op.create_index("chunks_of_article", "chunks", ["file_id", "version", "position"], unique=True)
    op.create_table(
        "vectors",
        sa.Column("file_id", sa.String(200), primary_key=True),
        sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("dimension", sa.Integer, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        _of_article(),
    )


def _answers() -> None:
    op.create_table(
        "answers",
        sa.Column("id", sa.String(100), primary_key=True),
        sa.Column("created", sa.String(40), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "answer_files",
        sa.Column("answer_id", sa.String(100), sa.ForeignKey("answers.id", ondelete="CASCADE"),
                  primary_key=True),
        sa.Column("file_id", sa.String(200), primary_key=True),
    )
    op.create_index("answers_of_file", "answer_files", ["file_id"])
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("answer_id", sa.String(100), sa.ForeignKey("answers.id", ondelete="CASCADE"),
                  nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("comment", sa.Text),
        sa.Column("created", sa.String(40), nullable=False),
    )


def upgrade() -> None:
    """Forward."""
    op.create_table("meta", sa.Column("key", sa.String(100), primary_key=True),
                    sa.Column("value", sa.Text, nullable=False))
    _articles()
    _parts_of_articles()
    _answers()
    op.create_table(
        "failures",
        sa.Column("path", sa.LargeBinary, primary_key=True),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("failed", sa.String(40), nullable=False),
    )
    op.create_table(
        "deliveries",
        sa.Column("key", sa.String(300), primary_key=True),
        sa.Column("seen", sa.String(40), nullable=False),
    )


def downgrade() -> None:
    """Back to an empty database."""
    for name in ("deliveries", "failures", "feedback", "answer_files", "answers", "vectors", "chunks",
                 "spans", "articles", "meta"):
        op.drop_table(name)
