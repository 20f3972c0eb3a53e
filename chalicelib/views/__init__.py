"""Queries in SQL over collections: they run in SQLite, in memory, fenced, over the rows that they read."""
