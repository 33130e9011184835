"""The headings of a spreadsheet -> the fields of a person; pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from difflib import get_close_matches
from itertools import islice
from typing import Final

from contacts.errors import Refused
from contacts.sheets import Sheet

# Field -> what people call it, without case, spaces and marks. The first is how we write it.
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "reference": (
        *("reference", "ref", "id", "externalid", "customerid", "customernumber", "customerno"),
        *("employeeid", "personid", "contactid", "number", "key", "uid", "outsidereference"),
    ),
    "name": ("name", "fullname", "displayname", "contactname", "recipient", "person"),
    "given_name": ("givenname", "firstname", "forename"),
    "family_name": ("familyname", "lastname", "surname"),
    "country": ("country", "countrycode", "nation"),
    "region": ("region", "regioncode", "state", "province", "subdivision", "territory", "location"),
    "languages": (
        *("languages", "language", "lang", "langs", "locale", "preferredlanguage", "speaks"),
        *("preferredlanguages", "languagecode", "reads"),
    ),
    "roles": ("roles", "role", "type", "group", "groups", "stakeholder", "stakeholdergroup"),
    "tags": ("tags", "tag", "labels", "label"),
    "culture": ("culture",),
    "time_zone": ("timezone", "tz", "zone", "zoneinfo"),
    "phone": (
        *("phone", "phonenumber", "mobile", "mobilephone", "mobilenumber", "cell", "cellphone"),
        *("sms", "tel", "telephone", "telephonenumber", "msisdn", "phoneno", "mobileno"),
    ),
    "email": ("email", "emailaddress", "mail", "mailaddress", "emails"),
    "push": (
        *("push", "pushtoken", "fcmtoken", "devicetoken", "fcm", "webpush", "token"),
        *("pushsubscription", "subscription"),
    ),
    "opted_out": ("optedout", "optout", "optouts", "unsubscribed", "donotcontact"),
    "consent": ("consent", "consents", "optin", "optedin", "agreed"),
    "confirmed": (
        "confirmed",
        "confirmedat",
        "lastconfirmed",
        "verified",
        "checked",
        "confirmedon",
    ),
}
# Fields that may stand in several columns, in order of preference.
SEVERAL: Final = ("phone", "email", "push")
_BY_NAME: Final = {name: field for field, names in FIELDS.items() for name in names}
_ATTRIBUTE: Final = re.compile(
    r"\s*attr(?:ibute)?s?\s*[.:/ ]\s*(?P<name>\S.*?)\s*\Z", re.IGNORECASE
)
_FIELD: Final = re.compile(r"attr\.\S.*\Z")
# How many known headings make a row the header (one, if it stands alone); titles above it are
# common.
_ENOUGH: Final = 2
_DEEPEST: Final = 10


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands and what its columns are: position -> field, heading.

    `fields` has '' for a column that is not used.
    """

    line: int
    headings: tuple[str, ...]
    fields: tuple[str, ...]
    # Field -> its columns; worked out once, asked 17 times a row.
    columns: Mapping[str, Sequence[int]] = dataclass_field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Find the columns of each field."""
        held: dict[str, list[int]] = {}
        for column, name in enumerate(self.fields):
            held.setdefault(name, []).append(column)
        object.__setattr__(self, "columns", held)

    def has(self, *fields: str) -> bool:
        """Whether one of these fields has a column."""
        return any(field in self.columns for field in fields)

    @property
    def attributes(self) -> tuple[str, ...]:
        """The fields that are attributes."""
        return tuple(field for field in self.columns if field.startswith("attr."))

    @property
    def used(self) -> dict[str, str]:
        """Heading -> field."""
        pairs = zip(self.headings, self.fields, strict=True)
        return {heading: field for heading, field in pairs if field}

    @property
    def ignored(self) -> tuple[str, ...]:
        """Headings of columns that are not used."""
        pairs = zip(self.headings, self.fields, strict=True)
        return tuple(heading for heading, field in pairs if heading and not field)


def field_of(heading: str, mapping: Mapping[str, str]) -> str:
    """The field of a heading: by the mapping, else by its name without marks; '' if none."""
    folded = _fold(heading)
    for mapped, field in mapping.items():
        if _fold(mapped) == folded:
            return field
    attribute = _ATTRIBUTE.match(heading)
    if attribute:
        return f"attr.{attribute['name']}"
    known = _BY_NAME.get(folded, "")
    if known:
        return known
    numbered = _BY_NAME.get(folded.rstrip("0123456789"), "")
    return numbered if numbered in SEVERAL else ""


def find(sheet: Sheet, *, mapping: Mapping[str, str]) -> Header:
    """The header of a sheet, read from its first rows.

    Raises `contacts.header_missing` (nothing that we know, in ten rows), `contacts.header_twice`,
    `contacts.field_unknown` and `contacts.heading_missing` (of the mapping).
    """
    check(mapping)
    weigh = weigher(mapping)
    seen: list[str] = []
    for line, row in islice(sheet.rows, _DEEPEST):
        seen += [cell for cell in row if cell.strip()]
        named = [cell for cell in row if cell.strip()]
        alone = bool(named) and all(field_of(cell, mapping) for cell in named)
        if alone or weigh(row) >= _ENOUGH:
            return _header(line, row, mapping)
    raise Refused("contacts.header_missing", found=", ".join(seen[:12]), known=", ".join(FIELDS))


def weigher(mapping: Mapping[str, str]) -> Callable[[Sequence[str]], int]:
    """How many different fields a row names, as a function of the row."""
    return lambda row: len({field_of(cell, mapping) for cell in row} - {""})


def _header(line: int, row: Sequence[str], mapping: Mapping[str, str]) -> Header:
    headings = tuple(" ".join(cell.split()) for cell in row)
    folded = {_fold(heading) for heading in headings}
    for mapped in mapping:
        if _fold(mapped) not in folded:
            raise Refused("contacts.heading_missing", heading=mapped, found=", ".join(headings))
    fields = tuple(field_of(heading, mapping) for heading in headings)
    _refuse_twice(headings, fields)
    return Header(line, headings, fields)


def _refuse_twice(headings: Sequence[str], fields: Sequence[str]) -> None:
    """Two columns that claim the same field, or two that are called the same."""
    single = Counter(field for field in fields if field and field not in SEVERAL)
    named = Counter(_fold(h) for h, field in zip(headings, fields, strict=True) if field)
    for heading, field in zip(headings, fields, strict=True):
        if field and (single[field] > 1 or named[_fold(heading)] > 1):
            raise Refused("contacts.header_twice", heading=heading, field=field)


def check(mapping: Mapping[str, str]) -> None:
    """A mapping names our fields; '' leaves a column out. Raises `contacts.field_unknown`."""
    for field in mapping.values():
        if field and field not in FIELDS and not _FIELD.match(field):
            near = get_close_matches(field, FIELDS, n=1)
            known = near[0] if near else ", ".join((*FIELDS, "attr.…"))
            raise Refused("contacts.field_unknown", field=field, known=known)


def _fold(heading: str) -> str:
    """Without case, spaces, marks and invisible letters."""
    folded = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(letter for letter in folded if letter.isalnum())
