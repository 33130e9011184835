"""The carriers: one file holds all that one carrier knows."""
