"""The built-in exercise: a small flood night in a database of its own, played through the same verbs as real life."""

from incident.drill.command import drill

__all__ = ["drill"]
