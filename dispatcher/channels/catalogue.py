"""The media that we know, and how each packs."""

from collections.abc import Mapping

from dispatcher.channels import sms
from dispatcher.channels.base import Pack

PACKS: Mapping[str, Pack] = {"sms": sms.pack}
"""Channel's name -> its pack."""
