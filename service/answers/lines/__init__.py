"""Lines that answer any other question: which fit, hold the kind of thing asked for, and tell of the deed asked for."""
