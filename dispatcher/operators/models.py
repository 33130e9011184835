"""Who may act: users, offices, memberships of a role in a region, personal keys, the journal."""

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext

from dispatcher.operators.roles import Role


class User(AbstractUser):
    """A named person who works with the dispatcher."""

    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=35, default="en")  # BCP 47, of the tools they see
    time_zone = models.CharField(max_length=64, default="UTC")  # IANA

    def get_full_name(self) -> str:
        """The name as the person writes it, in their own order."""
        return self.name or self.username


class Office(models.Model):
    """A seat that approves, for example the CEO's; who sits there changes, the seat stays."""

    key = models.SlugField(primary_key=True, max_length=40)
    title = models.CharField(max_length=120)  # a msgid for the offices of `roles.OFFICES`

    def __str__(self) -> str:
        """The title in the reader's language."""
        return gettext(self.title)


class OfficeHolder(models.Model):
    """Somebody who sits in an office, or stands in for who does."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="holders")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="offices")
    deputy = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "user"], name="operators_holder_once"),
        ]

    def __str__(self) -> str:
        """Office and person."""
        return f"{self.office_id}: {self.user_id}"


class Membership(models.Model):
    """A role in a region: the only source of what a person may see and do."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20)
    region = models.CharField(max_length=64)  # "001", "EU", "BR", "US-CA", "own:nordics"
    # Of a translator: BCP 47 tags of the languages that the person may vouch for. None: none.
    languages = ArrayField(models.CharField(max_length=35), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "region"], name="operators_membership_once"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]),
                name="operators_role_known",
            ),
        ]

    def __str__(self) -> str:
        """Role and region."""
        return f"{self.role} in {self.region}"


class Key(models.Model):
    """A personal key, an invitation, or a link that signs in once; only a hash is kept."""

    PERSONAL = "personal"
    INVITATION = "invitation"
    ENTRY = "entry"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="keys")
    purpose = models.CharField(max_length=12, default=PERSONAL)
    prefix = models.CharField(max_length=16, unique=True)
    secret_hash = models.CharField(max_length=64)
    note = models.CharField(max_length=120, blank=True)
    made_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )  # null: the person, or who sits at the server
    made_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """The part that may be shown."""
        return self.prefix


class JournalEntry(models.Model):
    """Who did what to which object, when. Plain values: it outlives the rows that it speaks of.

    The table and the triggers that refuse UPDATE, DELETE and TRUNCATE are made by SQL in one
    migration; unmanaged, so that Django's own flush leaves it alone.
    """

    at = models.DateTimeField(db_default=Now())
    who_id = models.BigIntegerField(null=True)  # null: the program itself
    who = models.CharField(max_length=150, blank=True)
    what = models.CharField(max_length=80)  # "alerts.launched"
    about = models.CharField(max_length=120)  # "alert:12"
    facts = models.JSONField(default=dict)

    class Meta:
        managed = False
        db_table = "operators_journal"
        ordering = ["id"]

    def __str__(self) -> str:
        """One line of the journal."""
        return f"{self.who} {self.what} {self.about}"
