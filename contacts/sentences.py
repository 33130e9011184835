"""What each code of this room says to a person."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from contacts.errors import tell

# The first roles' titles, here so that translators meet them; the table holds what is used.
ROLE_TITLES = (
    gettext_noop("Customer"),
    gettext_noop("Community"),
    gettext_noop("Retailer"),
    gettext_noop("Distributor"),
    gettext_noop("Employee"),
    gettext_noop("Investor"),
    gettext_noop("Regulator"),
    gettext_noop("Media"),
    gettext_noop("Clinician"),
    gettext_noop("Patient"),
    gettext_noop("Supplier"),
    gettext_noop("Government"),
    gettext_noop("Point of sale"),
)

tell(
    {
        "contacts.audience_empty": _("No audience is named: give a segment, a list, or both."),
        "contacts.kind_unknown": _(
            "“%(kind)s” is not a kind of message. The kinds are: %(known)s."
        ),
        "contacts.segment_not_yours": _(
            "“%(title)s” belongs to regions that are not all yours. Save yours under another title."
        ),
        "contacts.segment_taken": _("There is a segment “%(value)s” already. Give another title."),
        "contacts.segment_unknown": _("There is no segment “%(value)s” any more."),
        "contacts.upload_unknown": _("There is no such file, or its day is over."),
        "contacts.state_unknown": _("“%(value)s” is not something that people are listed by."),
        "contacts.contact_unknown": _("There is no such contact in the regions that you may see."),
        "contacts.list_outside": _(
            "Somebody in this list is outside your regions; a list is erased whole or not at all."
        ),
        "contacts.list_unknown": _("There is no such list, or it has been erased."),
        "contacts.reference_taken": _("Another contact has the reference “%(value)s”."),
    }
)
tell(
    {
        "contacts.region_unknown": _("“%(value)s” is not a region that we know."),
        "contacts.region_not_a_place": _(
            "“%(value)s” is too large to live in: give a country or a part of one."
        ),
        "contacts.region_outside": _("“%(value)s” is outside the regions that you may see."),
        "contacts.region_elsewhere": _("The region “%(value)s” lies in another country."),
        "contacts.language_unknown": _("“%(value)s” is not a language that we know."),
        "contacts.time_zone_unknown": _(
            "“%(value)s” is not a time zone. They read like Europe/Berlin."
        ),
        "contacts.role_unknown": _("“%(value)s” is not one of our roles."),
        "contacts.day_wrong": _("“%(value)s” is not a day. Write it like 2026-01-31."),
        "contacts.reference_empty": _("The reference is missing."),
        "contacts.reference_twice": _("The reference “%(value)s” stands further up already."),
        "contacts.text_control": _("“%(value)s” contains control characters."),
        "contacts.text_long": _("“%(value)s” is too long."),
        "contacts.row_ragged": _("The row has another number of cells than the header: %(value)s."),
        "contacts.consent_unknown": _(
            "“%(value)s” is not clear. Write channels and kinds like “sms” or “email:news”."
        ),
        "contacts.consent_both": _("The row both allows and refuses “%(value)s”."),
    }
)
tell(
    {
        "contacts.phone_empty": _("“%(value)s” has no digits."),
        "contacts.phone_letters": _("“%(value)s” has signs that no phone number has."),
        "contacts.phone_short": _("“%(value)s” is too short for a phone number."),
        "contacts.phone_long": _("“%(value)s” is too long for a phone number."),
        "contacts.phone_unknown": _("“%(value)s” is not a phone number of its country."),
        "contacts.phone_country": _("“%(value)s” begins with a country code that does not exist."),
        "contacts.phone_home": _(
            "“%(value)s” has no country code, and we do not know the person's country."
        ),
        "contacts.email_wrong": _("“%(value)s” is not an e-mail address that carriers deliver to."),
        "contacts.push_token": _("“%(value)s” is not a push token."),
        "contacts.push_subscription": _("“%(value)s” is not a Web Push subscription."),
    }
)
tell(
    {
        "contacts.file_unreadable": _("The file “%(file)s” cannot be read: %(why)s."),
        "contacts.file_empty": _("The file is empty."),
        "contacts.file_kind": _("This is a %(kind)s file. Save the table as CSV or XLSX."),
        "contacts.file_broken": _("The workbook is damaged: %(why)s."),
        "contacts.file_heavy": _(
            "The file is larger than %(most)s MB. Hand it in in parts, or use the command line."
        ),
        "contacts.file_large": _("The workbook would unpack to more than %(most)s bytes."),
        "contacts.file_hungry": _(
            "Reading this workbook takes more memory or time than it may. Save the sheet as CSV, "
            "and hand that in."
        ),
        "contacts.file_encoding": _(
            "We do not recognise how the file's letters are encoded. Save it as UTF-8, "
            "or name its encoding."
        ),
        "contacts.file_encoding_unknown": _("We do not know the encoding “%(encoding)s”."),
        "contacts.file_undecodable": _(
            "Line %(line)s or one soon after it cannot be read as %(encoding)s."
        ),
        "contacts.file_quote": _("A quotation mark opened near line %(line)s is never closed."),
        "contacts.file_no_rows": _("The file has a header and no people."),
        "contacts.file_refused_rows": _(
            "Too many rows are wrong, so none was taken. Correct them, or allow it."
        ),
        "contacts.header_missing": _(
            "No row looks like a header. Found: %(found)s. We know: %(known)s."
        ),
        "contacts.header_twice": _("Two columns say “%(field)s”; one of them is “%(heading)s”."),
        "contacts.header_no_reference": _(
            "No column says who a row is about. We need: %(needed)s. Found: %(found)s."
        ),
        "contacts.heading_missing": _(
            "The file has no column “%(heading)s”. Its columns are: %(found)s."
        ),
        "contacts.field_unknown": _(
            "“%(field)s” is not one of our fields. Did you mean: %(known)s?"
        ),
    }
)
tell(
    {
        "contacts.segment_expected": _(
            "At character %(character)s stands “%(found)s” where we expect: %(expected)s."
        ),
        "contacts.segment_end": _("The sentence ends where we expect: %(expected)s."),
        "contacts.segment_open": _("The parenthesis at character %(character)s is never closed."),
        "contacts.segment_quote": _(
            "The quotation mark at character %(character)s is never closed."
        ),
        "contacts.segment_letter": _("“%(found)s” at character %(character)s has no meaning here."),
        "contacts.segment_deep": _(
            "The sentence is nested more than %(most)s deep at character %(character)s."
        ),
        "contacts.segment_long": _("The sentence has more than %(most)s characters."),
        "contacts.segment_day": _(
            "“%(found)s” at character %(character)s is not a day. Write it like 2026-01-31."
        ),
        "contacts.segment_field": _(
            "“%(found)s” at character %(character)s is not a field. Did you mean: %(known)s?"
        ),
        "contacts.segment_role": _(
            "“%(found)s” at character %(character)s is not a role. Did you mean: %(known)s?"
        ),
        "contacts.segment_region": _(
            "“%(found)s” at character %(character)s is not a region. Did you mean: %(known)s?"
        ),
        "contacts.segment_language": _(
            "“%(found)s” at character %(character)s is not a language. Did you mean: %(known)s?"
        ),
    }
)
