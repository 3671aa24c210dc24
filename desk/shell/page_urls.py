"""Addresses of pages by name: worked out once, for a page of fifty rows asks for the same few again and again."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.urls import get_script_prefix, get_urlconf, reverse


def url(name: str, *args: Any) -> str:
    return _address(get_urlconf(), get_script_prefix(), name, args)


@lru_cache(maxsize=4096)
def _address(urlconf: str | None, prefix: str, name: str, args: tuple[object, ...]) -> str:
    return reverse(name, urlconf, args)
