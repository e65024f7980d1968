"""Attacks on the service, one file for each way in; docs/security.md names them."""
