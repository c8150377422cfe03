"""The net as people keep it: the round that is on, roll-calls of stations, and net control for voice."""
