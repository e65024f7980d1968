"""One file per outside thing; imported by `wiring.py` alone."""
