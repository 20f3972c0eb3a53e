"""Quoll: the PocketBase API without a server."""
