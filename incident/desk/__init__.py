"""The 112 desk: calls that ring, the form they are written in, numbers held back, and the declared status."""
