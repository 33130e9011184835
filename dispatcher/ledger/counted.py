"""The figures: changes as triggers append them, what these were folded into, walks and proofs."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

EVERYWHERE = "*"
"""Stands for all regions together in `Minute`: who sees the whole world reads one row a minute."""


class Delta(models.Model):
    """A change of one figure of the books, appended by triggers in the same transaction."""

    dispatch_id = models.BigIntegerField()
    minute = models.DateTimeField()
    channel = models.TextField()
    region = models.TextField()
    language = models.TextField()
    figure = models.TextField()
    n = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["dispatch_id"], name="delta_dispatch")]


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


class Audit(models.Model):
    """The last proof of a dispatch's books from its rows; `broken_at` stays until it is looked at.

    Metrics and `doctor` read it: books are broken while `off` is not 0.
    """

    dispatch = models.OneToOneField("ledger.Dispatch", models.CASCADE, primary_key=True)
    at = models.DateTimeField()
    seconds = models.FloatField()  # that the proof took
    off = models.IntegerField()  # cells of the books that disagree with the rows
    broken_at = models.DateTimeField(null=True)  # when they disagreed last
