"""The queue as its people use it: who heard a new P1, and the views each has saved."""
