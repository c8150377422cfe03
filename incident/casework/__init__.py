"""Casework: one incident and everything done with it: tasks, merging and splitting, strikes, who reads it now."""
