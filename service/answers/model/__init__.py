"""The exchange with a model: what it is shown, and what it says, line by line."""
