"""What SendGrid demands of a mail/send body, in its order and with its sentences."""

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

MOST_PEOPLE = 1000
MOST_ARGUMENTS = 10_000  # bytes, for custom_args and for substitutions
_MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")

NO_PEOPLE = "You must have at least one personalization."
TOO_MANY = (
    "The personalization block is limited to 1000 personalizations per API request. You have "
    "provided {0} personalizations. Please consider splitting this into multiple requests and "
    "resending your request."
)
TOO_MANY_ADDRESSES = "There is a limit of 1000 total recipients (to + cc + bcc) per request."
NO_TO = (
    "The to array is required for all personalization objects, and must have at least one email "
    "object with a valid email address."
)
NO_ADDRESS = "Does not contain a valid address."
TWICE = (
    "Each email address in the personalization block should be unique between to, cc, and bcc. "
    "We found the first duplicate instance of [{0}] in the {1} field."
)
NO_FROM = (
    "The from object must be provided for every email send. It is an object that requires the "
    "email parameter, but may also contain a name parameter.  e.g. "
    '{"email" : "example@example.com"}  or '
    '{"email" : "example@example.com", "name" : "Example Recipient"}.'
)
NO_SUBJECT = (
    "The subject is required. You can get around this requirement if you use a template with a "
    "subject defined or if every personalization has a subject defined."
)
NO_CONTENT = (
    "Unless a valid template_id is provided, the content parameter is required. There must be at "
    "least one defined content block. We typically suggest both text/plain and text/html blocks "
    "are included, but only one block is required."
)
EMPTY = "The content value must be a string at least one character in length."
PLAIN_FIRST = (
    "If present, text/plain and text/html may only be provided once and text/plain must be first, "
    "followed by text/html, followed by any other content."
)
ARGUMENTS = "The custom_args and substitutions of a personalization are limited to 10000 bytes."
NOT_TEXT = "The value must be a string."


class Wrong(Exception):  # noqa: N818  # it states a fact
    """The first error in a body: SendGrid's sentence and the field that it blames."""

    def __init__(self, message: str, field: str | None) -> None:
        super().__init__(message, field)
        self.message = message
        self.field = field


def check(letter: object) -> None:
    """Raise Wrong at the first fault of a mail/send body."""
    if not isinstance(letter, dict):
        raise Wrong("Bad Request", None)
    people = letter.get("personalizations")
    if not isinstance(people, list) or not people:
        raise Wrong(NO_PEOPLE, "personalizations")
    if len(people) > MOST_PEOPLE:
        raise Wrong(TOO_MANY.format(len(people)), "personalizations")
    if sum(_check_person(person, f"personalizations.{n}") for n, person in enumerate(people)) > (
        MOST_PEOPLE
    ):
        raise Wrong(TOO_MANY_ADDRESSES, "personalizations")
    if not _is_address(letter.get("from")):
        raise Wrong(NO_FROM, "from.email")
    if not letter.get("subject") and not all(person.get("subject") for person in people):
        raise Wrong(NO_SUBJECT, "subject")
    _check_content(letter.get("content"))
    _check_arguments(letter.get("custom_args", {}), "custom_args")


def _check_person(person: object, where: str) -> int:
    """How many addresses it has."""
    if not isinstance(person, dict) or not isinstance(person.get("to"), list) or not person["to"]:
        raise Wrong(NO_TO, f"{where}.to")
    seen: set[str] = set()
    for field, address in _addresses(person, where):
        if not _is_address(address):
            raise Wrong(NO_ADDRESS, f"{field}.email")
        mail = address["email"].lower()
        if mail in seen:
            raise Wrong(TWICE.format(mail, field), field)
        seen.add(mail)
    _check_arguments(person.get("custom_args", {}), f"{where}.custom_args")
    _check_arguments(person.get("substitutions", {}), f"{where}.substitutions")
    return len(seen)


def _addresses(person: Mapping[str, Any], where: str) -> Iterator[tuple[str, Any]]:
    for kind in ("to", "cc", "bcc"):
        if not isinstance(person.get(kind, []), list):
            raise Wrong(NO_ADDRESS, f"{where}.{kind}")
    return chain.from_iterable(
        ((f"{where}.{kind}.{n}", each) for n, each in enumerate(person.get(kind, ())))
        for kind in ("to", "cc", "bcc")
    )


def _check_content(content: object) -> None:
    if not isinstance(content, list) or not content:
        raise Wrong(NO_CONTENT, "content")
    kinds = [part.get("type") for part in content if isinstance(part, dict)]
    if len(set(kinds)) < len(kinds) or "text/plain" in kinds[1:]:
        raise Wrong(PLAIN_FIRST, "content")
    for n, part in enumerate(content):
        if (
            not isinstance(part, dict)
            or not isinstance(part.get("value"), str)
            or not part["value"]
        ):
            raise Wrong(EMPTY, f"content.{n}.value")


def _check_arguments(arguments: object, where: str) -> None:
    if not isinstance(arguments, dict):
        raise Wrong(NOT_TEXT, where)
    for name, value in arguments.items():
        if not isinstance(value, str):
            raise Wrong(NOT_TEXT, f"{where}.{name}")
    if sum(len((name + value).encode()) for name, value in arguments.items()) > MOST_ARGUMENTS:
        raise Wrong(ARGUMENTS, where)


def _is_address(address: object) -> bool:
    return (
        isinstance(address, dict)
        and isinstance(address.get("email"), str)
        and _MAIL.fullmatch(address["email"]) is not None
    )
