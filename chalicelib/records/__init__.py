"""The records service: what may be done to records, and what becomes of it."""
