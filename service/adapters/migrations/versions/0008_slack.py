"""How often an answer could not be posted in Slack, apart from how often its question was taken up."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Failures have a number of their own."""
    op.add_column("slack_jobs", sa.Column("failures", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    """Without it."""
    op.drop_column("slack_jobs", "failures")
