"""What the second release adds to the record: watches, questions from Slack, and who gave a verdict."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Watched questions and their notices, questions from Slack, and whose verdict a feedback is.

    Slack's questions say themselves which of its events were taken, so that the list of those goes.
    """
    op.drop_table("deliveries")
    op.create_table(
        "watches",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("filters", sa.Text, nullable=False),
        sa.Column("notify", sa.Text, nullable=False),
        sa.Column("way", sa.String(40), nullable=False),
        sa.Column("secret", sa.String(100)),
        sa.Column("created", sa.String(40), nullable=False),
        sa.Column("answer_id", sa.String(100), nullable=False),
        sa.Column("evidence", sa.String(64), nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("watch_id", sa.String(40), sa.ForeignKey("watches.id", ondelete="CASCADE"), nullable=False),
        sa.Column("before", sa.String(100), nullable=False),
        sa.Column("after", sa.String(100), nullable=False),
        sa.Column("created", sa.String(40), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due", sa.String(40), nullable=False),
        sa.Column("error", sa.Text),
    )
    op.create_index("notices_by_state", "notices", ["state", "due"])
    op.create_table(
        "slack_jobs",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("thread", sa.String(120), nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("sent", sa.Text, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due", sa.String(40), nullable=False),
        sa.Column("created", sa.String(40), nullable=False),
        sa.Column("error", sa.Text),
    )
    op.create_index("slack_jobs_by_state", "slack_jobs", ["state", "due"])
    op.create_index("slack_jobs_by_thread", "slack_jobs", ["thread"])
    op.add_column("feedback", sa.Column("person", sa.String(200)))
    op.create_index("feedback_by_person", "feedback", ["answer_id", "person"], unique=True)


def downgrade() -> None:
    """Without watches, and without Slack's questions."""
    op.create_table(
        "deliveries",
        sa.Column("key", sa.String(300), primary_key=True),
        sa.Column("seen", sa.String(40), nullable=False),
    )
    op.drop_index("feedback_by_person", "feedback")
    op.drop_column("feedback", "person")
    op.drop_table("slack_jobs")
    op.drop_table("notices")
    op.drop_table("watches")
