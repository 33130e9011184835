"""The media that we know, and how each makes its parcels."""

from collections.abc import Mapping

from dispatcher.channels import email, push, sms
from dispatcher.channels.base import Mould

MOULDS: Mapping[str, Mould] = {"sms": sms.mould, "email": email.mould, "push": push.mould}
"""Channel's name -> its mould."""
