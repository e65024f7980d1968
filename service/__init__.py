"""OnRecord: ask your article archive, get an answer you can quote."""

__version__ = "0.1.0"
