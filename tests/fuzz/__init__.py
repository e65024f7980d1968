"""A short run of the fuzzers, and what they once broke."""
