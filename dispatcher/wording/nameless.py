"""What stands in a salutation when the registry has no name, in each language. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

NAMELESS: Mapping[str, str] = MappingProxyType(
    {
        "en": "Sir or Madam",
        "fa": "مخاطب",
        "ar": "السيدة/السيد",
        "es": "destinatario/a",
        "fr": "Madame, Monsieur",
        "de": "sehr geehrte Damen und Herren",
        "pt-BR": "destinatário(a)",
        "zh-Hans": "收件人",
        "zh-Hant": "收件人",
        "ja": "皆",
        "hi": "महोदय/महोदया",
        "ru": "уважаемый получатель",
        "tr": "ilgili",
    }
)
"""Locale (BCP 47) -> a word that fits where the shipped wordings have {recipient}."""


def called(name: str, *, locale: str) -> str:
    """The person's name, or the locale's polite word for nobody in particular."""
    return name.strip() or NAMELESS.get(locale, NAMELESS["en"])
