"""The tables of what a walk over all rows of a dispatch came to (see `snapshots`)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Snapshot(models.Model):
    """When a dispatch's rows were walked last; what that came to are its cells."""

    dispatch = models.OneToOneField("ledger.Dispatch", models.CASCADE, primary_key=True)
    at = models.DateTimeField()
    seconds = models.FloatField()  # that the walk took
    mark = models.BigIntegerField()  # of the figures that it saw (tally.mark)
    within = models.IntegerField()  # seconds of the target that reach was counted against


class Cell(models.Model):
    """A figure of a region that only a walk over all rows can tell; `key` is the question's own."""

    dispatch_id = models.BigIntegerField()
    question = models.TextField()
    region = models.TextField()
    key = ArrayField(models.TextField())
    n = models.BigIntegerField()
    steps = ArrayField(models.IntegerField(), null=True)  # of reach: 50 x ln(seconds)
    counts = ArrayField(models.BigIntegerField(), null=True)  # people reached at each step

    class Meta:
        indexes = [models.Index(fields=["dispatch_id", "question"], name="cell_question")]
