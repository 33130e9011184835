"""A local server that plays the carriers, speaks their own protocols, and shows what they took."""
