"""Passages to a verified Answer: compose, claims, verify."""
