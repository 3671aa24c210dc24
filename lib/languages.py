"""Which of the two languages counts: the active one, or that of whoever will read."""

from django.conf import settings
from django.utils.translation import get_language


def active_language() -> str:
    """Its code. Where none is active (a process between two requests), the desk's."""
    return get_language() or settings.LANGUAGE_CODE


def reader_language(chosen: str) -> str:
    """For a text to somebody who is not at this page: the language they chose, or the desk's. Never that of whoever acts just now."""
    return chosen or settings.LANGUAGE_CODE


def in_chinese(language: str = "") -> bool:
    """Whether that language is Chinese, by its code; without one, whether the active one is."""
    return (language or active_language()).lower().startswith("zh")


def localised_column(name: str, language: str = "") -> str:
    """`title_zh` or `title_en`, for a query that reads one of the two."""
    return f"{name}_zh" if in_chinese(language) else f"{name}_en"


def localised_value(row: object, name: str, language: str = "") -> str:
    """One of two columns or fields, `title_zh` or `title_en`, in that language or in the active one."""
    return str(getattr(row, localised_column(name, language)))
