"""File to Article: read it, find its body, its metadata and its origin; compare a folder with the record."""
