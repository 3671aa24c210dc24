"""By which name a person finds a duty, or a row that was set aside."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import FieldDoesNotExist
from django.db import models


def name_of(duty: Callable[..., object]) -> str:
    """`tickets.fire_due_timers`: the room and the function."""
    return f"{duty.__module__.split('.')[0]}.{duty.__name__}"


def reference_of(model: type[models.Model], key: object) -> str:
    """What a person finds it by: the complaint's reference where it has one; no name and no address."""
    found = model._base_manager.filter(pk=key)
    for field, path in (("ref", "ref"), ("ticket", "ticket__ref")):
        try:
            model._meta.get_field(field)
        except FieldDoesNotExist:
            continue
        if reference := found.values_list(path, flat=True).first():
            return reference if field == "ref" else f"{reference} ({model._meta.model_name} {key})"
    return f"{model._meta.model_name} {key}"
