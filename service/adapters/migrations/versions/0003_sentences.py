"""What the second release adds to the record: sentences."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Where the sentences of each article stand, and their vectors."""
    op.create_table(
        "sentences",
        sa.Column("file_id", sa.String(200), primary_key=True),
        sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("places", sa.LargeBinary, nullable=False),
        sa.Column("dimension", sa.Integer, nullable=False),
        sa.Column("scales", sa.LargeBinary, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["file_id", "version"], ["articles.file_id", "articles.version"], ondelete="CASCADE"),
    )
