"""What is said, as rows: a text for a channel, its languages, and versions, never rewritten."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower, Now

from dispatcher.wording.states import Origin, State


class Template(models.Model):
    """What one message says in one channel, in the language in which it was written first."""

    key = models.CharField(max_length=120)  # scenario.part.group, or alert:12.group
    channel = models.CharField(max_length=16)
    source_language = models.CharField(max_length=35, default="en")
    source = models.JSONField()  # field -> text, as rendering.FIELDS has it for the channel
    source_hash = models.CharField(max_length=64)
    # Whose source it is: what an operator has rewritten is not taken back by the next load.
    origin = models.CharField(max_length=16, db_default=Origin.SHIPPED.value)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "channel"], name="wording_template_once"),
        ]

    def __str__(self) -> str:
        """Key and channel."""
        return f"{self.key}.{self.channel}"


class Source(models.Model):
    """What a template's source once was, so that a translator sees what has changed since."""

    template = models.ForeignKey(Template, models.PROTECT, related_name="sources")
    hash = models.CharField(max_length=64)
    language = models.CharField(max_length=35)
    fields = models.JSONField()
    written_by = models.CharField(max_length=150, blank=True)  # user name; of shipped texts none
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "hash"], name="wording_source_once"),
        ]

    def __str__(self) -> str:
        """Template and the beginning of the hash."""
        return f"{self.template} @{self.hash[:8]}"


class Wording(models.Model):
    """A template in one language."""

    template = models.ForeignKey(Template, models.PROTECT, related_name="wordings")
    locale = models.CharField(max_length=35)  # BCP 47

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "locale"], name="wording_once"),
        ]

    def __str__(self) -> str:
        """Key, channel and language."""
        return f"{self.template} [{self.locale}]"


class WordingVersion(models.Model):
    """One text, as it was written against one source; a trigger keeps all but its state."""

    wording = models.ForeignKey(Wording, models.PROTECT, related_name="versions")
    fields = models.JSONField()
    text_hash = models.CharField(max_length=64)
    source_hash = models.CharField(max_length=64)
    origin = models.CharField(max_length=16)
    state = models.CharField(max_length=16)
    accepted_by = models.TextField(blank=True)  # a name; of shipped texts, how they were checked
    voucher_id = models.BigIntegerField(null=True)  # operator who vouches for it; null: nobody does
    accepted_at = models.DateTimeField(null=True)
    written_by = models.CharField(max_length=150, blank=True)  # user name of the last editor
    writer_id = models.BigIntegerField(null=True)
    engine = models.CharField(max_length=40, blank=True)  # that made the draft it began as
    back = models.JSONField(null=True)  # field -> back into the source's language, by the engine
    remark = models.TextField(blank=True)  # why it was returned, or accepted again
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["wording", "origin", "source_hash", "text_hash"],
                name="wording_version_once",
            ),
            models.UniqueConstraint(
                fields=["wording", "origin"],
                condition=models.Q(state=State.ACCEPTED.value),
                name="wording_accepted_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in State]),
                name="wording_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(origin__in=[origin.value for origin in Origin]),
                name="wording_origin_known",
            ),
        ]

    def __str__(self) -> str:
        """Wording and number."""
        return f"{self.wording} #{self.pk}"


class EngineLeave(models.Model):
    """An operator's leave to send texts of one kind of scenario to one engine; off until then."""

    engine = models.CharField(max_length=40)
    scenario = models.CharField(max_length=40)
    given_by = models.CharField(max_length=150)
    given_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["engine", "scenario"], name="wording_leave_once"),
        ]

    def __str__(self) -> str:
        """Engine and scenario."""
        return f"{self.engine}: {self.scenario}"


class DraftJob(models.Model):
    """A draft that was asked for: one text, one language, one engine."""

    class State(models.TextChoices):
        """How far it came."""

        WAITING = "waiting"
        WORKING = "working"  # until `taken_at` is a minute old; then anybody may take it
        DONE = "done"
        FAILED = "failed"  # the text stays missing; `reason` says why

    template = models.ForeignKey(Template, models.PROTECT, related_name="drafts")
    locale = models.CharField(max_length=35)
    engine = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    back = models.BooleanField(default=False)  # translate the draft back as well
    reason = models.CharField(max_length=60, blank=True)  # an error's code
    facts = models.JSONField(default=dict)  # what the error's sentence tells
    letters = models.IntegerField(default=0)  # sent to the engine: what a budget counts
    version = models.ForeignKey(WordingVersion, models.PROTECT, null=True, related_name="+")
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField(db_default=Now())
    taken_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["template", "locale"],
                condition=models.Q(state__in=["waiting", "working"]),
                name="wording_draft_once",
            ),
        ]

    def __str__(self) -> str:
        """Text, language and engine."""
        return f"{self.template} [{self.locale}] by {self.engine}"


class Load(models.Model):
    """What the shelf was loaded from last, and what came of it; one row."""

    mark = models.CharField(max_length=64, primary_key=True)  # of catalogues, rules and rows
    told = models.JSONField()
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        """The beginning of the mark."""
        return self.mark[:8]


class Term(models.Model):
    """What the organisation calls a thing in a language, and what it never calls it there."""

    source_language = models.CharField(max_length=35, default="en")  # in which the term is written
    term = models.CharField(max_length=120)
    locale = models.CharField(max_length=35, blank=True)  # BCP 47; "": every language
    names = ArrayField(models.CharField(max_length=120), default=list)  # the preferred one first
    forbidden = ArrayField(models.CharField(max_length=120), default=list)
    keep = models.BooleanField(default=False)  # never translated
    note = models.TextField(blank=True)
    set_by = models.CharField(max_length=150)
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["source_language", "locale", "term"]
        constraints = [
            models.UniqueConstraint(
                Lower("term"), "source_language", "locale", name="wording_term_once"
            ),
        ]

    def __str__(self) -> str:
        """Term and languages."""
        return f"{self.term} [{self.source_language} > {self.locale or '*'}]"
