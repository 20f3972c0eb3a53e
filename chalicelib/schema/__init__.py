"""What a collection is: fields, indexes, rules, and whether a definition is legal. Pure: no I/O."""
