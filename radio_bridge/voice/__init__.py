"""Voice: alerts are spoken, handhelds answer with their keys."""
