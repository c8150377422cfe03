"""Units at work: their kinds, crews and shifts, what they say, alarms and welfare checks, whom to send."""
