"""The register of the net's keys: which epoch it is in, who holds a card, who was put out. No key stands in it."""
