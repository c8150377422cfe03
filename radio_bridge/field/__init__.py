"""The field team's terminal: `posko field`, in big letters, on whatever computer they have."""
