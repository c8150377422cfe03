"""Bulletins: what sources outside told us, what of it stands, and what the room is asked to decide about it."""
