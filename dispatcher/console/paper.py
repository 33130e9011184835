"""Pages as PDF, by the extra `pdf`; fonts come from the system, and nothing from the network."""

from typing import Any


def written(html: str) -> bytes:
    """The document as PDF, tagged for readers of screens. Asks nobody for anything."""
    from weasyprint import HTML  # its fonts and layout take a second to load

    content: bytes = HTML(string=html, url_fetcher=_refused).write_pdf(pdf_tags=True)
    return content


def _refused(url: str, *_: Any, **__: Any) -> dict[str, Any]:
    """A report stands on its own: what it would fetch was put there by somebody else."""
    raise ValueError(url[:80])
