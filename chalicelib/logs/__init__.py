"""The requests' log that superusers read: what is kept of a request, listing it, clearing it."""
