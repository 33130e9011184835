"""The media that we know, and how each packs."""

from collections.abc import Mapping

from dispatcher.channels import email, push, sms
from dispatcher.channels.base import Pack

PACKS: Mapping[str, Pack] = {"sms": sms.pack, "email": email.pack, "push": push.pack}
"""Channel's name -> its pack."""
