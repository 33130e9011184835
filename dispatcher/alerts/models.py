"""The decision in rows: the alert, its facts, and what the offices said to which content."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from dispatcher.alerts.looked import Look
from dispatcher.alerts.states import State

__all__ = ["Look"]  # Django finds the tables of a room in this module


def _among(name: str, words: list[str]) -> models.Q:
    """The condition that a column holds one of the words."""
    return models.Q(**{f"{name}__in": words})


class Alert(models.Model):
    """One message of one scenario to one audience, from the first draft to the launch.

    `mode` is fixed at birth: a trigger refuses any change of it, of the scenario and of the author.
    """

    DRILL, REAL = "drill", "real"

    scenario = models.CharField(max_length=40)
    part = models.CharField(max_length=20)
    mode = models.CharField(max_length=5)
    title = models.CharField(max_length=200, blank=True)  # for operators, never sent
    segment = models.TextField(blank=True)
    list_id = models.BigIntegerField(null=True)
    scope = ArrayField(models.CharField(max_length=64))  # regions that the sender may reach
    state = models.CharField(max_length=12, default=State.DRAFT.value)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="alerts")
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    fallback = models.CharField(max_length=20)
    default_language = models.CharField(max_length=35)
    stance = models.CharField(max_length=12, blank=True, db_default="", default="")  # '': neutral
    expires_after = models.DurationField(default=timedelta(hours=48))  # from the launch on
    follows = models.ForeignKey("self", models.PROTECT, related_name="followed_by", null=True)
    affected = models.BooleanField(db_default=False, default=False)  # for whoever may have got that
    # Of them only who got one of these wording versions, in which a fact was wrong; empty: all.
    affected_wordings = ArrayField(models.BigIntegerField(), default=list)
    quiet_hours = models.CharField(max_length=11, blank=True, default="")  # 21:00-08:00; "": usual
    quiet_override = models.CharField(max_length=300, blank=True, default="")  # why none hold
    plan = models.JSONField(null=True)  # fanout.plan.Plan as it was submitted, wordings pinned
    fingerprint = models.CharField(max_length=64, blank=True)  # of what was submitted
    made_at = models.DateTimeField(db_default=Now())
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="alert_mode_known", condition=_among("mode", ["drill", "real"])
            ),
            models.CheckConstraint(
                name="alert_state_known",
                condition=_among("state", [state.value for state in State]),
            ),
            models.CheckConstraint(name="alert_scope_given", condition=models.Q(scope__len__gt=0)),
        ]

    def __str__(self) -> str:
        """The number that people say."""
        return self.number

    @property
    def number(self) -> str:
        """How people call this alert."""
        return str(self.pk)


class Fact(models.Model):
    """A value that the wordings name, with its source and who verified it.

    The value is in the canonical form of its type; an empty region or language is for everybody.
    """

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="facts")
    name = models.CharField(max_length=60)
    type = models.CharField(max_length=12)
    value = models.TextField()
    region = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=35, blank=True)
    source = models.CharField(max_length=300, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(db_default=Now())
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    verified_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name", "region", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["alert", "name", "region", "language"], name="alert_fact_once"
            ),
        ]

    def __str__(self) -> str:
        """Name, with its scope where it has one."""
        scope = ", ".join(part for part in (self.region, self.language) if part)
        return f"{self.name} [{scope}]" if scope else self.name


class Approval(models.Model):
    """What an office said to the content with this fingerprint; rows are never removed.

    A change of the alert voids the rows; `void_at` says when.
    """

    class Decision(models.TextChoices):
        """What was said."""

        APPROVED = "approved"
        RETURNED = "returned"
        REJECTED = "rejected"
        BREAK_GLASS = "break_glass"  # nobody of the offices could be reached; reviewed afterwards

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="approvals")
    office = models.ForeignKey("operators.Office", models.PROTECT, related_name="+", null=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decision = models.CharField(max_length=12, choices=Decision.choices)
    reason = models.TextField(blank=True)
    fingerprint = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())
    void_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    reviewed_at = models.DateTimeField(null=True)
    review = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["alert", "office"],
                condition=models.Q(decision="approved", void_at=None),
                name="alert_office_approves_once",
            ),
            models.UniqueConstraint(
                fields=["alert", "user"],
                condition=models.Q(decision="approved", void_at=None),
                name="alert_person_fills_one_office",
            ),
        ]

    def __str__(self) -> str:
        """Office and word."""
        return f"{self.office_id}: {self.decision}"


class PartPrice(models.Model):
    """What a carrier's account charges for one part of a text message to a country."""

    account = models.CharField(max_length=64)  # as the setting CARRIERS names it
    country = models.CharField(max_length=2)  # ISO 3166-1 alpha-2
    amount = models.DecimalField(max_digits=10, decimal_places=6)
    currency = models.CharField(max_length=3)  # ISO 4217
    set_by = models.CharField(max_length=150)
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["account", "country"]
        constraints = [
            models.UniqueConstraint(fields=["account", "country"], name="alert_price_once"),
            models.CheckConstraint(
                name="alert_price_not_negative", condition=models.Q(amount__gte=0)
            ),
        ]

    def __str__(self) -> str:
        """Account, country and price."""
        return f"{self.account}, {self.country}: {self.amount} {self.currency}"
