"""Invented people: nobody here exists, and no number or mailbox can belong to anybody."""
