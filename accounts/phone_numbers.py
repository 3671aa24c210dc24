"""Phone numbers as people type them, kept as E.164: +8613800138000."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
CHINESE_MOBILE = re.compile(r"1[3-9][0-9]{9}")
BETWEEN = re.compile(r"[\s().\-\u2010-\u2015\u2212\u30fc/]")
EXAMPLE = _("Enter a mobile number such as 138 0013 8000. From outside China begin with +, such as +44 7400 123456.")


def international(typed: str) -> str:
    """The number as E.164; without a country it is a Chinese mobile's. Raises ValidationError."""
    plain = unicodedata.normalize("NFKC", typed)
    plain = "".join(char for char in plain if unicodedata.category(char) not in ("Cc", "Cf"))
    plain = BETWEEN.sub("", plain)
    if plain.startswith("00"):
        plain = f"+{plain[2:]}"
    if re.fullmatch("86" + CHINESE_MOBILE.pattern, plain):
        plain = f"+{plain}"
    if CHINESE_MOBILE.fullmatch(plain):
        plain = f"+86{plain}"
    chinese = plain.startswith("+86")
    if not E164.fullmatch(plain) or (chinese and not CHINESE_MOBILE.fullmatch(plain[3:])):
        raise ValidationError(EXAMPLE, code="invalid_phone")
    return plain


def looks_like_one(typed: str) -> bool:
    """No address, and digits enough: whoever typed it meant a number."""
    return "@" not in typed and sum(char.isdecimal() for char in typed) >= 7


def mask_number(number: str) -> str:
    """+86 138****8000: enough to know one's own."""
    return f"{number[:6]}****{number[-4:]}" if len(number) > 10 else f"{number[:3]}****{number[-2:]}"


class NumberField(forms.CharField):
    """Judged by what it means, not by how it is written."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Mobile number"))
        kwargs.setdefault("help_text", EXAMPLE)
        widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})
        super().__init__(max_length=40, widget=widget, **kwargs)

    def to_python(self, value: object) -> str:
        typed = super().to_python(value)
        return international(typed) if typed else ""
