"""Attacks on the service through the text of articles, written for this project; `suites/attacks.py` runs them."""
