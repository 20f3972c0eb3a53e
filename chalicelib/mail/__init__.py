"""Mail: what is written, waiting to leave, and sent."""
