"""Frames without I/O: KISS to the modem, AX.25 as the lawful carrier, and Posko's own sealed frame inside it."""
