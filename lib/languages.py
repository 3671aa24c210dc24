"""Which of the two languages counts: the active one, or that of whoever will read."""

from django.conf import settings


def reader_language(chosen: str) -> str:
    """For a text to somebody who is not at this page: the language they chose, or the desk's. Never that of whoever acts just now."""
    return chosen or settings.LANGUAGE_CODE
