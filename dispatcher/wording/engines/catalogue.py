"""Which engines this installation has, by name: from the settings, in order of preference."""

from django.conf import settings

from dispatcher.kit.errors import Refused
from dispatcher.wording.engines.base import Engine
from dispatcher.wording.engines.deepl import DeepL
from dispatcher.wording.engines.libretranslate import LibreTranslate
from dispatcher.wording.engines.web import Web


def names() -> tuple[str, ...]:
    """The engines that are configured; whether one may be asked is another question."""
    own = {"libretranslate": settings.LIBRETRANSLATE["url"], "deepl": settings.DEEPL["key"]}
    return (*(name for name, told in own.items() if told), *settings.WEB_ENGINES)


def open_engine(name: str) -> Engine:
    """The engine of this name. Raises Refused `wording.engine_unknown`."""
    if name not in names():
        raise Refused("wording.engine_unknown", engine=name, known=", ".join(names()) or "-")
    if name == LibreTranslate.name:
        return LibreTranslate(**settings.LIBRETRANSLATE)
    return DeepL(**settings.DEEPL) if name == DeepL.name else Web(name)
