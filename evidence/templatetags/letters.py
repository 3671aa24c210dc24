"""What the admin's start page says of the mailbox."""

from __future__ import annotations

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from evidence.intake.letter_alarms import letters_to_see_to, sentences

register = template.Library()


@register.simple_tag
def letters_alarm() -> SafeString:
    """One line for each; nothing where nothing is wrong."""
    lines = format_html_join("", '<li class="warning">{}</li>', ((each,) for each in sentences(letters_to_see_to(timezone.now()))))
    return format_html('<ul class="messagelist">{}</ul>', lines) if lines else lines
