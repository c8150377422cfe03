"""WHO must know: alerts, their ladder, and the channels that carry them."""
