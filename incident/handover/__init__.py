"""Handover: shifts of the room, what one hands to the next, and the decisions of the coordination meeting."""
