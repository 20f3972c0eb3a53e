"""How often a client may ask: the rules of the settings, and counting by them."""
