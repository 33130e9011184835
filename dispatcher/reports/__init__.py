"""What the figures say to people: live progress, the report afterwards, and its exports."""
