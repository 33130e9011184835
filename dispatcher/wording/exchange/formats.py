"""The formats in which texts go to translators and come back, for every door alike."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from dispatcher.wording.exchange import po, sheet, xliff
from dispatcher.wording.exchange.units import Bundle

WRITERS: Mapping[str, Callable[[Bundle], bytes]] = MappingProxyType(
    {"po": po.write, "xliff": xliff.write_12, "xliff2": xliff.write_21, "csv": sheet.write}
)
"""By the format's name."""
READERS: Mapping[str, Callable[..., Bundle]] = MappingProxyType(
    {".po": po.read, ".xlf": xliff.read, ".xliff": xliff.read, ".csv": sheet.read,
     ".xlsx": sheet.read}
)  # fmt: skip
"""By the ending of the file's name."""
