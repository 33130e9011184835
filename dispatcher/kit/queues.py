"""The lanes: each is one queue with its own workers, because Celery over Redis has no priority."""

CRITICAL = "critical"
"""Alerts where life or health is at stake; nothing else may stand in front of them."""
ROUTINE = "routine"
"""All other alerts, and drills."""
RECEIPTS = "receipts"
"""What the carriers say afterwards."""
HOUSEKEEPING = "housekeeping"
"""The sweep that finds what a lost doorbell left, squashing, imports, expiry."""

LANES = (CRITICAL, ROUTINE, RECEIPTS, HOUSEKEEPING)
"""All of them: each has a worker in docker-compose.yml and under `./dispatch up`."""
