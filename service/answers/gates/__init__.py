"""The gates, one file a kind of lie: each reads a statement against the quotes that it cites."""
