"""The ledger's clock, as far as it is a table."""

from django.db import models


class Clock(models.Model):
    """One row: how far tests have shifted the ledger's clock."""

    shift = models.DurationField()
