"""The tables into which deltas are folded: with those of the last seconds they are exact."""

from django.db import models

EVERYWHERE = "*"
"""Stands for all regions together in `Minute`: who sees the whole world reads one row a minute."""


class Sum(models.Model):
    """A figure of the books up to the last fold; with the deltas since then it is exact."""

    pk = models.CompositePrimaryKey("dispatch_id", "channel", "region", "language", "figure")
    dispatch_id = models.BigIntegerField()
    channel = models.TextField()
    region = models.TextField()
    language = models.TextField()
    figure = models.TextField()
    n = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.figure} {self.n}"


class Minute(models.Model):
    """By how much the figures of what has left changed in a minute, up to the last fold."""

    pk = models.CompositePrimaryKey("dispatch_id", "region", "minute")
    dispatch_id = models.BigIntegerField()
    region = models.TextField()  # or EVERYWHERE
    minute = models.DateTimeField()
    handed_over = models.BigIntegerField()
    delivered = models.BigIntegerField()
    failed = models.BigIntegerField()
    unknown = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.minute} {self.region}"


class Mark(models.Model):
    """The ids of a dispatch's folded deltas, added up: folding does not move the mark."""

    dispatch_id = models.BigIntegerField(primary_key=True)
    n = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.n)
