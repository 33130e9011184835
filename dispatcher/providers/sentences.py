"""What the carriers' rooms refuse, and what their codes mean, in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dispatcher.kit.errors import tell

tell(
    {
        "providers.bad_address": _(
            "This is no address that the carrier can use. Write a phone number with + and the "
            "country's code, or an e-mail address."
        ),
        "providers.no_account": _(
            "No account is configured for the channel %(channel)s in %(mode)s mode."
        ),
        "providers.unknown_account": _(
            "There is no account with the name %(account)s in %(mode)s mode."
        ),
        "providers.unknown_carrier": _(
            "The account %(account)s names a carrier that is not known: %(carrier)s."
        ),
        "providers.drill_without_base": _(
            "The account %(account)s is for drills but does not say where its sandbox is."
        ),
        "providers.account_incomplete": _(
            "The settings of the account %(account)s are not complete: %(reason)s"
        ),
    }
)

REASONS: dict[str, str | Promise] = {
    "account": _("The carrier refused our account; the message waits until this is mended."),
    "bad_header": _("A line break stood where none may be."),
    "body_changed": _(
        "The carrier lists a message that may be ours, but its words are not quite the same."
    ),
    "body_hidden": _("The carrier lists a message that may be ours, but does not show its words."),
    "bounced_before": _("This mailbox has sent earlier letters back."),
    "canceled": _("The message was withdrawn at the carrier."),
    "cut": _("The connection broke before the carrier answered."),
    "dropped": _("The carrier did not send the letter."),
    "garbage": _("The carrier's answer could not be read."),
    "invalid_address": _("The address cannot be used."),
    "list_too_long": _("The carrier's list is too long to be read to its end."),
    "neighbour_refused": _("Another address in the same request was refused; it is sent again."),
    "no_list": _("The carrier cannot be asked which messages it has taken."),
    "not_connected": _("The carrier could not be reached; it is tried again."),
    "opted_out": _("The person does not want messages from this sender."),
    "spamreport": _("The person marked the message as unwanted."),
    "timeout": _("The carrier did not answer in time."),
    "too_long": _("The message is longer than the carrier takes."),
    "http_404": _("The address is no longer in use."),
    "http_410": _("The address is no longer in use."),
    "http_413": _("The message is longer than the carrier takes."),
    "http_429": _("The carrier asked us to send more slowly."),
    "UNREGISTERED": _("The app was removed from the device."),
    "SENDER_ID_MISMATCH": _("The device belongs to another sender."),
    "QUOTA_EXCEEDED": _("The carrier asked us to send more slowly."),
    "20429": _("The carrier asked us to send more slowly."),
    "21211": _("This is not a valid telephone number."),
    "21408": _("Our account may not send text messages to this country."),
    "21610": _("The person has opted out of text messages from this number."),
    "21612": _("No route leads to this number."),
    "21614": _("This number cannot receive text messages."),
    "21617": _("The message is longer than the carrier takes."),
    "30003": _("The telephone could not be reached."),
    "30004": _("The message was blocked."),
    "30005": _("The telephone number does not exist."),
    "30006": _("The number is a landline or cannot be reached."),
    "30007": _("The network filtered the message out."),
    "30008": _("The message was not delivered; the network gave no reason."),
    "30036": _("The message was not delivered in time and has expired."),
    "5.1.1": _("The mailbox does not exist."),
    "5.2.2": _("The mailbox is full."),
    "5.7.1": _("The recipient's mail server refused the letter."),
}
"""The code of an outcome or receipt -> its sentence; codes of two carriers never collide."""


def reason(code: str) -> str:
    """The sentence for a code, in the active language; for an unknown one the code itself."""
    known = REASONS.get(code)
    if known is not None:
        return str(known)
    if code.startswith(("http_", "smtp_")):
        return gettext("The carrier answered %(status)s.") % {"status": code[5:]}
    return gettext("The carrier gave the code %(code)s.") % {"code": code} if code else ""
