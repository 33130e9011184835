"""How the house is configured; imported by nobody but Django, Celery and the doors' servers."""
