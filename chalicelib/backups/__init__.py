"""Backups: zips of PocketBase's data directory, made of the table and the bucket, and put back into them."""
