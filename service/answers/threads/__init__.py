"""Follow-ups in a thread, made to stand alone."""
