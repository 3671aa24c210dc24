"""What a page must say, in the reader's language. A text without a translation is a failure, not an English word on a Chinese page."""

from __future__ import annotations

from django.utils import translation


class NotTranslated(AssertionError):
    """The catalogue has no Chinese for this text."""


def said(language: str, text: str, context: str = "", **values: object) -> str:
    with translation.override(language):
        told = translation.pgettext(context, text) if context else translation.gettext(text)
    if language == "zh-hans" and told == text:
        raise NotTranslated(text)
    return told % values if values else told
