"""Fields that several shapes share."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from accounts.unproven import has_address


class Instant(serializers.DateTimeField):
    """ISO 8601 with offset, in the zone that is active during the request."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"read_only": True, **kwargs})


class Money(serializers.DecimalField):
    """A string with two decimals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_digits": 12, "decimal_places": 2, "coerce_to_string": True, "read_only": True, **kwargs})


@extend_schema_field({"type": "string", "format": "email"})
class Email(serializers.Field):
    """A person, by e-mail address; null is nobody (or, in history, the clock)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"read_only": True, "allow_null": True, **kwargs})

    def to_representation(self, person: User) -> str | None:
        return person.email if has_address(person) else None


class Codes(serializers.ListField):
    """A list of codes."""

    child = serializers.CharField()


@extend_schema_field({"type": "object", "additionalProperties": True})
class Object(serializers.Field):
    """Any JSON object."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"read_only": True, **kwargs})

    def to_representation(self, value: object) -> object:
        return value


class Blank(serializers.CharField):
    """A code that may be absent: null, never an empty string."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"read_only": True, "allow_null": True, **kwargs})

    def to_representation(self, value: str) -> str | None:  # type: ignore[override]
        return value or None
