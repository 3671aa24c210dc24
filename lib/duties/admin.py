"""Rows set aside and duties, for administrators to read."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from lib.duties.models import DutyRun, Failure


class _ReadOnly(admin.ModelAdmin):
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Failure)
class FailureAdmin(_ReadOnly):
    list_display = ("reference", "duty", "attempts", "error", "first_at", "next_at", "told_at")
    list_filter: ClassVar = ["duty"]
    search_fields = ("reference",)


@admin.register(DutyRun)
class DutyRunAdmin(_ReadOnly):
    list_display = ("name", "ended_at", "held_until")
    fields = ("name", "ended_at", "held_until")
