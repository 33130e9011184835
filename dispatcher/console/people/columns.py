"""What a column of a spreadsheet may be, as people call it."""

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

_FIELDS = {
    "reference": _("Reference in your own systems"),
    "name": pgettext_lazy("of a contact", "Name"),
    "given_name": _("Given name"),
    "family_name": _("Family name"),
    "phone": _("Phone number"),
    "email": _("E-mail address"),
    "push": _("Device (push token)"),
    "country": _("Country"),
    "region": _("Region"),
    "languages": _("Languages"),
    "roles": _("Roles"),
    "tags": _("Tags"),
    "culture": _("Culture"),
    "time_zone": _("Time zone"),
    "opted_out": _("Opted out of"),
    "consent": _("Agreed to"),
    "confirmed": _("Day on which it was confirmed"),
}
"""contacts.headings.FIELDS as people say them."""


def fields(heading: str) -> list[tuple[str, str]]:
    """The choices for a column: left out, a field, or kept under its own heading."""
    name = heading.casefold().removeprefix("attr.").strip() or heading
    kept = heading if heading.startswith("attr.") else f"attr.{name}"
    return [
        ("", gettext("Leave it out")),
        *((key, str(title)) for key, title in _FIELDS.items()),
        (kept, gettext("Keep it as “%(name)s”") % {"name": name}),
    ]
