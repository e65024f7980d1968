"""Which API key began a thread or a watch."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Threads and watches know the key that began them; null where no key was asked for."""
    for table in ("threads", "watches"):
        op.add_column(table, sa.Column("owner", sa.String(40)))


def downgrade() -> None:
    """Without owners."""
    for table in ("threads", "watches"):
        op.drop_column(table, "owner")
