"""The air: frames, acknowledgements and radiograms for when every other channel is silent."""
