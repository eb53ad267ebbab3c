"""Bringing another blog in: what it held, what became of it, a report of both."""
