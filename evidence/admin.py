"""Evidence in the admin: that it is there and in which state. Never what is in it, and nothing of the sensitive kinds."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from evidence.kinds import SENSITIVE
from evidence.models import EvidenceItem


@admin.register(EvidenceItem)
class EvidenceItemAdmin(admin.ModelAdmin):
    """Read-only: the admin is no back door."""

    list_display = ["id", "ticket", "kind", "state", "reason", "media_type", "size", "uploaded_at", "claimed_at"]
    list_filter = ["state", "kind"]
    list_select_related = ["ticket"]
    search_fields = ["ticket__ref", "sha256"]
    date_hierarchy = "uploaded_at"
    readonly_fields = [
        "ticket", "kind", "state", "reason", "internal", "media_type", "size", "sha256", "uploaded_at", "claimed_at",
        "attempts", "verdict", "verdict_at", "deleted_at",
    ]  # fmt: skip
    fields = tuple(readonly_fields)

    def get_queryset(self, request: HttpRequest) -> QuerySet[EvidenceItem]:
        return super().get_queryset(request).exclude(kind__in=SENSITIVE).defer("text", "fields")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
