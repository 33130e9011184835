"""How much may be sent to a page, and by whom: asked before any of it is written to a disk."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from contacts.uploads import LARGEST

MOST = LARGEST + (1 << 20)
"""Bytes of a whole request: the largest file that a page takes, and the form around it."""


class Bounded(FileUploadHandler):
    """Stands before those that keep files: a stranger has none, and nobody one without an end.

    A form is read before its page is asked (for its CSRF mark), so any page would have kept
    whatever anybody sent.
    """

    def handle_raw_input(
        self,
        input_data: Any,  # noqa: ARG002
        META: dict[str, str],  # noqa: ARG002, N803  # Django's names
        content_length: int,
        boundary: str,  # noqa: ARG002
        encoding: str | None = None,  # noqa: ARG002
    ) -> None:
        """The head of a request. Raises RequestDataTooBig."""
        if content_length > MOST:
            raise RequestDataTooBig

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins. Raises RequestDataTooBig for whoever has not signed in."""
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            raise RequestDataTooBig
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002
        """On to those that keep it."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Theirs."""
