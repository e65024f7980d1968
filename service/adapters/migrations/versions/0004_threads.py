"""What the second release adds to the record: threads and their turns, and a model's replies."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "threads",
        sa.Column("id", sa.String(120), primary_key=True),
        sa.Column("created", sa.String(40), nullable=False),
        sa.Column("updated", sa.String(40), nullable=False),
    )
    op.create_index("threads_by_update", "threads", ["updated"])
    op.create_table(
        "thread_turns",
        sa.Column("thread_id", sa.String(120), sa.ForeignKey("threads.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("standalone", sa.Text),
        sa.Column("answer_id", sa.String(100), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("created", sa.String(40), nullable=False),
    )
    op.create_index("turns_of_answer", "thread_turns", ["answer_id"])
    op.create_table(
        "reply_cache",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("answer_id", sa.String(100), sa.ForeignKey("answers.id", ondelete="CASCADE"), nullable=False),
        sa.Column("reply", sa.Text, nullable=False),
        sa.Column("used", sa.String(40), nullable=False),
    )
    op.create_index("replies_by_use", "reply_cache", ["used"])
    op.create_index("replies_of_answer", "reply_cache", ["answer_id"])
