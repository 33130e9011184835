"""The journal in words: what was done, by its code."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

DEEDS: dict[str, "_StrPromise"] = {
    "alerts.approved": _("approved the alert"),
    "alerts.audience_set": _("chose the audience"),
    "alerts.broke_glass": _("launched without all approvals"),
    "alerts.cancelled": _("cancelled the alert"),
    "alerts.composed": _("began an alert"),
    "alerts.correction_drafted": _("began a correction"),
    "alerts.escalated": _("wrote to the next stage"),
    "alerts.fact_dropped": _("removed a fact"),
    "alerts.fact_set": _("set a fact"),
    "alerts.fact_verified": _("verified a fact"),
    "alerts.glass_reviewed": _("reviewed a launch without approvals"),
    "alerts.launched": _("launched the alert"),
    "alerts.not_escalated": _("could not write to the next stage"),
    "alerts.not_stopped": _("could not stop the earlier alert"),
    "alerts.paused": _("paused it"),
    "alerts.quiet_overridden": _("sends in quiet hours"),
    "alerts.rejected": _("rejected the alert"),
    "alerts.reminded": _("reminded those who had not answered"),
    "alerts.resumed": _("let it go on"),
    "alerts.returned": _("returned the alert"),
    "alerts.stopped": _("stopped it"),
    "alerts.submitted": _("asked for approval"),
    "contacts.corrected": _("corrected a person's record"),
    "contacts.exported": _("exported people"),
    "contacts.forgotten": _("erased a person"),
    "contacts.imported": _("imported people"),
    "contacts.list_erased": _("erased a private list"),
    "contacts.reach_mended": _("made anew what is kept of how people may be reached"),
    "contacts.shown": _("looked a person up in full"),
    "operators.added": _("added an operator"),
    "operators.appointed": _("appointed to an office"),
    "operators.codes_added": _("added an app that shows codes"),
    "operators.codes_removed": _("removed the app that shows codes"),
    "operators.described": _("changed name, language or time zone"),
    "operators.dismissed": _("dismissed from an office"),
    "operators.first_added": _("was the first operator"),
    "operators.granted": _("gave a role"),
    "operators.invited": _("made an invitation"),
    "operators.journal_exported": _("exported the journal"),
    "operators.key_made": _("made a personal key"),
    "operators.key_revoked": _("revoked a key"),
    "operators.link_made": _("made a link that signs in once"),
    "operators.office_opened": _("opened an office"),
    "operators.passkey_added": _("added a passkey"),
    "operators.passkey_removed": _("removed a passkey"),
    "operators.password_set": _("set a password"),
    "operators.recovery_renewed": _("made new recovery codes"),
    "operators.restarted": _("took every way in away, to begin anew"),
    "operators.second_step_failed": _("gave a wrong second factor"),
    "operators.signed_in": _("signed in"),
    "operators.signed_out": _("signed devices out"),
    "operators.switched_off": _("let an operator go"),
    "operators.test_sent": _("sent a test message"),
    "operators.withdrew": _("took a role back"),
    "segments.saved": _("saved a segment"),
    "wordings.accepted": _("accepted a wording"),
    "wordings.drafts_asked": _("asked for machine drafts"),
    "wordings.edited": _("edited a wording"),
    "wordings.imported": _("imported wordings"),
    "wordings.loaded": _("loaded the shipped wordings"),
    "wordings.returned": _("returned a wording"),
    "wordings.review_asked": _("asked for a review"),
    "wordings.source_written": _("wrote a source text"),
}
"""What other rooms add later is shown by its code until it has words here."""
ROOMS: dict[str, "_StrPromise"] = {
    "alerts": _("Alerts"),
    "contacts": _("People"),
    "operators": _("Operators"),
    "segments": _("Segments"),
    "wordings": _("Wordings"),
}


def told(what: str) -> str:
    """The deed in the reader's language; its code where there are no words."""
    return str(DEEDS.get(what, what))
