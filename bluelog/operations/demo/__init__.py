"""Believable content for a blog that has none yet."""
