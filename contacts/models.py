"""The tables of the people. Only this room reads or writes them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from contacts.territories import WORLD


class Role(models.Model):
    """What somebody is to the organisation (customer, regulator …): data, not code."""

    key = models.SlugField(primary_key=True, max_length=40)
    title = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.key


class OwnRegion(models.Model):
    """A region of the organisation's own making, written `own:<key>`: a list of CLDR codes."""

    key = models.SlugField(primary_key=True, max_length=40)
    title = models.CharField(max_length=80)
    territories = ArrayField(models.CharField(max_length=10))

    def __str__(self) -> str:
        return f"own:{self.key}"


class AdHocList(models.Model):
    """The private list of one alert: its people are in no segment and are erased with it."""

    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(db_default=Now())
    erased_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"list {self.pk}"


class Contact(models.Model):
    """One person (or desk, or shop) that may be told something.

    Roles and tags are arrays, not tables beside it: reading a million recipients then needs one
    look at the row. A forgotten person leaves the bare id, so that old sums stay true.
    """

    reference = models.CharField(max_length=200)
    list = models.ForeignKey(
        AdHocList, on_delete=models.PROTECT, null=True, related_name="contacts", db_index=False
    )
    name = models.CharField(max_length=300)
    region = models.CharField(max_length=10)
    country = models.CharField(max_length=2)
    languages = ArrayField(models.CharField(max_length=35))
    roles = ArrayField(models.CharField(max_length=40))
    tags = ArrayField(models.CharField(max_length=60))
    culture = models.CharField(max_length=40)
    time_zone = models.CharField(max_length=50)
    attributes = models.JSONField()
    confirmed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Two registries may use the same number, one inside a private list; hence both columns.
            models.UniqueConstraint(
                fields=["list", "reference"],
                condition=models.Q(forgotten_at=None),
                nulls_distinct=False,
                name="contacts_reference_once",
            )
        ]
        indexes = [
            # A private list is read by keyset too, without walking past a million others.
            models.Index(
                fields=["list", "id"],
                condition=models.Q(list__isnull=False),
                name="contacts_of_a_list",
            )
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"


class Channel(models.TextChoices):
    """The media by which a person can be reached."""

    SMS = "sms"
    EMAIL = "email"
    PUSH = "push"


class Address(models.Model):
    """Where one person can be reached by one channel. Immutable: a new number is a new row.

    `value` is what a carrier is given, `key` what says that two are the same (E.164, folded
    e-mail, digest of a token). A trigger refuses a change of either; only the order and the
    marks may move. Another trigger keeps `shared`.
    """

    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="addresses", db_index=False
    )
    channel = models.CharField(max_length=5, choices=Channel)
    key = models.CharField(max_length=320)
    value = models.TextField()
    position = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(db_default=Now())
    dead_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    shared = models.BooleanField(db_default=False)  # another person has or had the same one

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "channel", "key"], name="contacts_address_once"
            ),
            # The beginning says which carrier a push address was made for.
            models.CheckConstraint(
                name="contacts_push_key_known",
                condition=~models.Q(channel="push")
                | models.Q(key__startswith="fcm:")
                | models.Q(key__startswith="web:"),
            ),
        ]
        # The key leads: with the channel in front and statistics from before a large import,
        # PostgreSQL once chose to walk all addresses of a channel for each contact.
        indexes = [models.Index(fields=["key", "channel"], name="contacts_address_by_key")]

    def __str__(self) -> str:
        return f"address {self.pk}"


class Consent(models.Model):
    """What a person said about one channel and kind of message ('' is every kind); append-only.

    The latest word that covers a kind holds.
    """

    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="consents", db_index=False
    )
    channel = models.CharField(max_length=5, choices=Channel)
    kind = models.CharField(max_length=40)
    granted = models.BooleanField()
    source = models.CharField(max_length=80)
    said_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["contact", "channel", "id"], name="contacts_consent_latest")
        ]

    def __str__(self) -> str:
        return f"consent {self.pk}"


class Suppression(models.Model):
    """An address that must not be used whoever it belongs to, kept as a digest.

    It outlives the person: neither an old spreadsheet nor an erasure can undo a STOP.
    """

    channel = models.CharField(max_length=5, choices=Channel)
    digest = models.BinaryField(max_length=32)
    reason = models.CharField(max_length=40)
    source = models.CharField(max_length=80)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "channel"], name="contacts_suppressed_once")
        ]

    def __str__(self) -> str:
        return f"suppression {self.pk}"


class Reach(models.Model):
    """What is kept of how a person may be reached: the numbers of `ranks`, by kind and channel.

    Believed only where the person is not stale; only `kept.settle` writes it.
    """

    contact_id = models.BigIntegerField(primary_key=True)
    safety_sms = models.BigIntegerField(null=True)
    safety_email = models.BigIntegerField(null=True)
    safety_push = models.BigIntegerField(null=True)
    service_sms = models.BigIntegerField(null=True)
    service_email = models.BigIntegerField(null=True)
    service_push = models.BigIntegerField(null=True)
    news_sms = models.BigIntegerField(null=True)
    news_email = models.BigIntegerField(null=True)
    news_push = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"reach of contact {self.contact_id}"


class Stale(models.Model):
    """An address or a consent of this person was written since: a trigger's mark, never unique."""

    contact_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["contact_id"], name="contacts_stale_people")]

    def __str__(self) -> str:
        return f"contact {self.contact_id} is stale"


class StaleDigest(models.Model):
    """A suppression of this digest was written since: whoever has such an address is stale."""

    channel = models.CharField(max_length=5, choices=Channel)
    digest = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"stale digest {self.pk}"


def world() -> list[str]:
    """The regions of what belongs to nobody in particular."""
    return [WORLD]


class Segment(models.Model):
    """A named audience: a sentence of the grammar in `segments`."""

    key = models.SlugField(unique=True, max_length=60)
    title = models.CharField(max_length=200)
    text = models.TextField()
    # Whose it is: who keeps all of these regions may change it. Anybody may use it.
    regions = ArrayField(models.CharField(max_length=64), default=world)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.key


class Import(models.Model):
    """One file that was read: what it was taken for and what came of it."""

    class State(models.TextChoices):
        """Where the import ended."""

        APPLIED = "applied"
        REFUSED = "refused"

    list = models.ForeignKey(AdHocList, on_delete=models.PROTECT, null=True, related_name="imports")
    file_name = models.CharField(max_length=300)
    by = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State)
    code = models.CharField(max_length=60)
    read_as = models.JSONField()
    rows = models.PositiveIntegerField()
    created = models.PositiveIntegerField()
    updated = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    started_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"import {self.pk}"


class RefusedCell(models.Model):
    """One cell of an import that kept its row out: line, column, reason, value as it stood."""

    source = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="refused_cells")
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=200)
    code = models.CharField(max_length=60)
    value = models.TextField()

    def __str__(self) -> str:
        return f"line {self.line}: {self.code}"


class Freshness(models.Model):
    """How many people of a region lack something, as counted last (`contacts.freshness`)."""

    lack = models.CharField(max_length=20)
    region = models.CharField(max_length=10)
    people = models.PositiveIntegerField()
    counted_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lack", "region"], name="contacts_freshness_once")
        ]

    def __str__(self) -> str:
        return f"{self.lack} in {self.region or '-'}"


class Unreachable(models.Model):
    """Somebody of the registry whom no safety message would reach when it was counted last."""

    contact_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return f"contact {self.contact_id}"


class Census(models.Model):
    """So many people more, or fewer, who are alike; kept by triggers (`contacts.census`)."""

    region = models.CharField(max_length=10)
    country = models.CharField(max_length=2)
    languages = ArrayField(models.CharField(max_length=35))  # the first of them alone
    roles = ArrayField(models.CharField(max_length=40))
    people = models.IntegerField()
    first_id = models.BigIntegerField()  # of a contact among them
    last_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.people:+} in {self.region or '-'}"


class Change(models.Model):
    """That a statement changed somebody; appended by triggers (`contacts.changes`)."""

    step = models.BigIntegerField()

    def __str__(self) -> str:
        return f"a step of {self.step}"


class Upload(models.Model):
    """A file that waits to be imported; it goes after a day, whatever became of it."""

    class State(models.TextChoices):
        """Where it stands; `contacts.uploads` moves it."""

        MAPPING = "mapping"  # somebody says what its columns are
        CHECKING = "checking"  # a worker reads it, or will
        CHECKED = "checked"  # nothing has been written; somebody looks at what would be
        APPLYING = "applying"  # a worker applies it in one transaction, or will
        APPLIED = "applied"
        REFUSED = "refused"  # as a whole: nothing was written

    by = models.CharField(max_length=200)
    file_name = models.CharField(max_length=300)
    size = models.PositiveBigIntegerField()
    list_name = models.CharField(max_length=200)  # of the private list to make; '' is the registry
    state = models.CharField(max_length=10, choices=State)
    look = models.JSONField()  # its columns: heading, guessed field, sample values
    mapping = models.JSONField(default=dict)  # heading -> field
    country = models.CharField(max_length=2, default="")
    report = models.JSONField(default=dict)  # what came of reading it
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"upload {self.pk}"


class UploadPart(models.Model):
    """A piece of the file, so that no row is large."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="parts")
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"part of upload {self.upload_id}"
