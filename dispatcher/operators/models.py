"""Who may act: users, offices, memberships of a role in a region, personal keys, the journal."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A named person who works with the dispatcher."""
