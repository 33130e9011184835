"""The table of what a person has seen of an alert, so that the next look can show what changed."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class Look(models.Model):
    """One content of an alert through the eyes of one person, when they saw it first."""

    alert = models.ForeignKey("alerts.Alert", models.CASCADE, related_name="looks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)  # of what follows, without the people
    texts = models.JSONField()  # "group/channel/language/field" -> text, facts in it, nobody's name
    facts = models.JSONField()  # name, with its scope -> value
    choices = models.JSONField()  # what the author decided: name -> value
    people = models.JSONField()  # channel, language and region -> how many, at that moment
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alert", "user", "digest"], name="alert_look_once"),
        ]

    def __str__(self) -> str:
        """Who saw which alert."""
        return f"{self.alert_id}: {self.user_id}"
