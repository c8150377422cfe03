"""The field card: what a team must know to use the net, on a sheet of paper."""
