"""Collections: loading, creating, changing, deleting and importing their definitions."""
