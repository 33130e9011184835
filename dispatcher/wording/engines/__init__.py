"""Machines that make drafts: one port, interchangeable, all off until one is allowed."""
