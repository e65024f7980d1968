"""Figures that answer a question for a quantity, and the claims that they make together."""
