"""Files of records: their names, where they are kept, how they are shown."""
