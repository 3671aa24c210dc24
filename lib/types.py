"""Names for shapes that every room passes around."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# Words for people: as they are, or looked up in the reader's language when they are shown.
Text: TypeAlias = "str | _StrPromise"
# What a template is given: it asks for names, and nothing checks them.
Context: TypeAlias = dict[str, object]
# A row of .values(), what a JSON column or a JSON text holds: Django and Python type them so, and who reads one knows what stands in it.
Record: TypeAlias = Mapping[str, Any]
