"""The people: who they are, what they read, how they may be reached."""
