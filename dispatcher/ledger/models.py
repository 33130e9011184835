"""The big tables: here what was decided and meant; in `happened` and `counted` what came of it.

Rows are written by the named statements in `ledger/sql`, never by `save()`. A Dispatch holds frozen
plain values and ids, no foreign key upwards, so that the ledger outlives what it was made from.
Django finds the tables of a room in this module, and so does everybody else.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from dispatcher.ledger.counted import Audit, Cell, Delta, Mark, Minute, Snapshot, Sum
from dispatcher.ledger.happened import Attempt, Delivery, Question, Receipt, Reply

__all__ = [
    "Attempt",
    "Audit",
    "Batch",
    "Cell",
    "Clock",
    "Copy",
    "Delivery",
    "Delta",
    "Dispatch",
    "Exclusion",
    "Mark",
    "Minute",
    "Question",
    "Receipt",
    "Reply",
    "Snapshot",
    "Stage",
    "Sum",
]


class Dispatch(models.Model):
    """One launch of one alert: frozen at the moment of launch."""

    class Mode(models.TextChoices):
        """Fixed at birth of the alert; never switched."""

        DRILL = "drill"
        REAL = "real"

    class State(models.TextChoices):
        """Where the dispatch stands as a whole; pause and stop are times beside it."""

        ENLISTING = "enlisting"  # slices of the audience are still being written into batches
        RUNNING = "running"  # everyone is in the books; batches wait or are in flight
        COMPLETE = "complete"  # nothing is enlisting, waits, is in flight or is openly unknown

    alert_ref = models.TextField(unique=True)
    number = models.TextField()  # the alert's number as people say it
    mode = models.TextField(choices=Mode.choices)
    scenario = models.TextField()
    part = models.TextField()
    severity = models.TextField()
    lane = models.TextField()
    launched_by = models.TextField()
    launched_at = models.DateTimeField()
    cutoff_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    plan = models.JSONField()  # dispatcher.fanout.plan.Plan
    state = models.TextField(choices=State.choices, db_default=State.ENLISTING)
    paused_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    slice_cursor = models.BigIntegerField(db_default=0)  # contact id of the last one enlisted
    slices = models.IntegerField(db_default=0)
    targeted = models.IntegerField(db_default=0)  # deliveries and exclusions at enlisting
    shrunk_at = models.DateTimeField(null=True)  # since then only its figures are kept

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="dispatch_state_known",
                condition=models.Q(state__in=["enlisting", "running", "complete"]),
            ),
            models.CheckConstraint(
                name="dispatch_mode_known", condition=models.Q(mode__in=["drill", "real"])
            ),
        ]

    def __str__(self) -> str:
        """The number that people use."""
        return self.number


class Stage(models.Model):
    """A later round of a dispatch: the next step of a ladder, a named group, a reminder.

    It goes to those of the dispatch who still need it when it is due, slice by slice, once.
    """

    class Kind(models.TextChoices):
        """What it is for."""

        LADDER = "ladder"  # the next step of a group's ladder, for who has not answered
        SHARE = "share"  # a named group, when too few have answered
        REMINDER = "reminder"  # asked for by a person, for who has not answered

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting"  # until `due_at`
        ENLISTING = "enlisting"  # its slices are being written into batches
        DONE = "done"  # everybody who needed it is in the books
        MOOT = "moot"  # nobody needed it, or the dispatch was over; `reason` says which

    dispatch = models.ForeignKey(Dispatch, models.PROTECT, db_index=False)
    number = models.SmallIntegerField()  # in the order in which they were made; 0 is the launch
    name = models.TextField()
    kind = models.TextField(choices=Kind.choices)
    group_name = models.TextField(db_default="")  # of a ladder's step
    step = models.SmallIntegerField(db_default=0)  # of the ladder, from 0
    unless = models.TextField(db_default="acknowledged")  # or delivered: who needs it no more
    due_at = models.DateTimeField()
    state = models.TextField(choices=State.choices, db_default=State.WAITING)
    requested_by = models.TextField(db_default="")  # username; empty: the plan
    reason = models.TextField(db_default="")  # the figures or the event that decided about it
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    slice_cursor = models.BigIntegerField(db_default=0)  # contact id of the last one looked at
    slices = models.IntegerField(db_default=0)
    targeted = models.IntegerField(db_default=0)  # deliveries and exclusions that it made

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dispatch", "name"], name="stage_once"),
            models.CheckConstraint(
                name="stage_state_known",
                condition=models.Q(state__in=["waiting", "enlisting", "done", "moot"]),
            ),
            models.CheckConstraint(
                name="stage_kind_known",
                condition=models.Q(kind__in=["ladder", "share", "reminder"]),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="stage_due",
                condition=models.Q(state__in=["waiting", "enlisting"]),
            )
        ]


class Batch(models.Model):
    """The intent: a page of people, uniform in all that decides how their message is made.

    Its delivery ids are `(origin_id or id) * 1024 + position`. `cursor` moves before the carrier is
    asked; `settled` follows with the facts; what lies between is in flight. Two columns are the
    database's own: `first_contact` and `last_contact`, the ends of `contact_ids`.
    """

    class State(models.TextChoices):
        """Who may touch it next."""

        WAITING = "waiting"  # due at `due_at`, for any worker of the lane
        CLAIMED = "claimed"  # a worker holds it until `lease_until`, with `token`
        DONE = "done"  # all its positions are settled
        WITHDRAWN = "withdrawn"  # stopped or expired: what lay ahead of the cursor never leaves

    dispatch = models.ForeignKey(Dispatch, models.PROTECT, db_index=False)
    origin_id = models.BigIntegerField(
        null=True
    )  # root batch whose delivery ids a retry carries on
    channel = models.TextField()
    account = models.TextField()
    wording_id = models.BigIntegerField()
    language = models.TextField()
    match = models.TextField()  # why this wording: exact, parent, close, default_language ...
    region = models.TextField()
    time_zone = models.TextField()
    attempt = models.SmallIntegerField(db_default=1)
    due_at = models.DateTimeField()
    state = models.TextField(choices=State.choices, db_default=State.WAITING)
    size = models.SmallIntegerField()
    cursor = models.SmallIntegerField(db_default=0)
    settled = models.SmallIntegerField(db_default=0)
    early = models.SmallIntegerField(db_default=0)  # rows of the open window made by early receipts
    lease_until = models.DateTimeField(null=True)
    token = models.IntegerField(db_default=0)
    positions = ArrayField(models.SmallIntegerField(), null=True)  # of a retry; else 0 .. size-1
    contact_ids = ArrayField(models.BigIntegerField())
    address_ids = ArrayField(models.BigIntegerField())

    class Meta:
        indexes = [
            models.Index(fields=["dispatch"], name="batch_dispatch"),
            models.Index(
                fields=["dispatch", "due_at"],
                name="batch_due",
                condition=models.Q(state="waiting"),
            ),
            models.Index(
                fields=["lease_until"],
                name="batch_lease",
                condition=models.Q(lease_until__isnull=False),
            ),
            models.Index(
                fields=["origin_id"],
                name="batch_origin",
                condition=models.Q(origin_id__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="batch_counts_in_order",
                condition=models.Q(
                    settled__gte=0,
                    early__gte=0,
                    cursor__gte=models.F("settled") + models.F("early"),
                    size__gte=models.F("cursor"),
                    size__lte=1024,
                ),
            )
        ]


class Exclusion(models.Model):
    """Somebody of the audience to whom nothing goes on this channel, and why."""

    dispatch_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    channel = models.TextField()
    region = models.TextField()
    language = models.TextField()
    reason = models.TextField()
    served_by = models.BigIntegerField(null=True)  # contact whose copy serves this one too
    at = models.DateTimeField()

    class Meta:
        # A later stage reads them in slices, in the order of the people.
        indexes = [models.Index(fields=["dispatch_id", "contact_id"], name="exclusion_person")]


class Copy(models.Model):
    """Owner of an address that several people share, per dispatch and language (law 10)."""

    pk = models.CompositePrimaryKey("dispatch_id", "channel", "key", "language")
    dispatch_id = models.BigIntegerField()
    channel = models.TextField()
    key = models.TextField()
    language = models.TextField()
    contact_id = models.BigIntegerField()


class Clock(models.Model):
    """One row: how far tests have shifted the ledger's clock."""

    shift = models.DurationField()
