"""What the second release adds to the record: keys."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """API keys, hashed."""
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("scopes", sa.String(100), nullable=False),
        sa.Column("created", sa.String(40), nullable=False),
        sa.Column("last_used", sa.String(40)),
        sa.Column("revoked", sa.String(40)),
    )


def downgrade() -> None:
    """Without API keys."""
    op.drop_table("api_keys")
