"""WHAT: calls, incidents, units, the journal and the live screens."""
