"""What became of each message: deliveries, tries without one, and what came back."""

from django.db import models
from django.db.models.functions import Now

from dispatcher.ledger.facts import Verdict

VERDICTS = [(verdict.value, verdict.name.replace("_", " ").title()) for verdict in Verdict]


class Delivery(models.Model):
    """One message to one address, written once with its first fact; `standing` only climbs."""

    id = models.BigIntegerField(primary_key=True)
    dispatch_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    address_id = models.BigIntegerField()
    standing = models.IntegerField()  # ledger.facts.standing: terminal good, attempt, rank
    code = models.TextField(db_default="")
    carrier = models.TextField(db_default="")
    carrier_id = models.TextField(db_default="")
    written_at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        # Whoever answers by SMS is known by a number and not by our id. Receipts never change this
        # column, so that their updates stay HOT. Those who have answered are asked for by every
        # later stage; only an acknowledgement, once a person, enters that index.
        indexes = [
            models.Index(fields=["address_id"], name="delivery_address"),
            models.Index(
                fields=["dispatch_id", "contact_id"],
                name="delivery_acknowledged",
                condition=models.Q(acknowledged_at__isnull=False),
            ),
        ]


class Attempt(models.Model):
    """A try that ended without a delivery row: the message waits again.

    Refused until later (no verdict), or unknown until a verdict sent it again. With the verdict
    `many` it says that the carrier has it more than once; `code` is the second id then.
    """

    delivery_id = models.BigIntegerField()
    dispatch_id = models.BigIntegerField()
    attempt = models.SmallIntegerField()
    code = models.TextField()
    at = models.DateTimeField()
    account = models.TextField(db_default="")  # that it went through
    verdict = models.TextField(choices=VERDICTS, db_default="")

    class Meta:
        indexes = [
            models.Index(
                # The delivery, too: a storm of second ids asks of each whether it is noted, and
                # without it 20,000 of them cost 1.4 ms each, growing with their number.
                fields=["dispatch_id", "verdict", "delivery_id"],
                name="attempt_verdict",
                condition=~models.Q(verdict=""),
            )
        ]


class Receipt(models.Model):
    """A verified word of a carrier, kept once; a stray belongs to no delivery of ours."""

    pk = models.CompositePrimaryKey("carrier", "key")
    carrier = models.TextField()
    key = models.TextField()
    delivery_id = models.BigIntegerField()
    attempt = models.SmallIntegerField()
    word = models.TextField()  # a rank's name, or opened, or acknowledged
    code = models.TextField(db_default="")
    at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    stray = models.BooleanField(db_default=False)


class Reply(models.Model):
    """What somebody wrote back, kept once; it may belong to no delivery, or to nobody we know."""

    carrier = models.TextField()
    carrier_id = models.TextField()  # the carrier's id of the message to us
    mode = models.TextField()  # of the account whose signature fitted
    meaning = models.TextField()  # dispatcher.tracking.keywords.Meaning
    text = models.TextField()  # what people wrote: emptied when they are forgotten
    sender = models.TextField(db_default="")  # only where no contact has this address
    region = models.TextField(db_default="")  # of the delivery: who may read it
    dispatch_id = models.BigIntegerField(null=True)
    delivery_id = models.BigIntegerField(null=True)  # the newest to this address when it came
    contact_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)  # null: a person should look at it
    read_by = models.TextField(db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["carrier", "carrier_id"], name="reply_once")]
        indexes = [
            models.Index(
                fields=["mode", "id"],
                name="reply_unread",
                condition=models.Q(read_at__isnull=True),
            ),
            models.Index(fields=["contact_id"], name="reply_contact"),
        ]


class Question(models.Model):
    """An unknown attempt, what is done to learn of it, and what it came to.

    One row a delivery: a later attempt that ends unknown opens it again.
    """

    delivery_id = models.BigIntegerField(primary_key=True)
    dispatch_id = models.BigIntegerField(db_index=True)
    why = models.TextField()
    asked_at = models.DateTimeField()  # since when it is unknown
    closed_at = models.DateTimeField(null=True)
    account = models.TextField(db_default="")  # that the attempt went through
    attempt = models.SmallIntegerField(db_default=1)
    next_ask_at = models.DateTimeField(db_default=Now())  # also the lease of who asks
    asks = models.SmallIntegerField(db_default=0)  # about this attempt
    repeats = models.SmallIntegerField(db_default=0)  # earlier attempts that were sent again
    verdict = models.TextField(choices=VERDICTS, db_default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["next_ask_at"],
                name="question_due",
                condition=models.Q(closed_at__isnull=True),
            )
        ]
