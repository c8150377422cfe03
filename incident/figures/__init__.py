"""Figures that are honest: true percentiles from raw intervals, how many counted, what was left out and why."""
