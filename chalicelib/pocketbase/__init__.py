"""Data directories of the real PocketBase: bringing one over, and writing one."""
