"""The ways in: translate, call, translate back; no logic of their own."""
