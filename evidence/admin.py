"""Evidence in the admin: that it is there and in which state. Never what is in it, and nothing of the sensitive kinds."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from evidence.kinds import SENSITIVE
from evidence.models import EvidenceItem
from tickets.admin.read_only import ReadOnly
from tickets.words import EVIDENCE_KIND


@admin.register(EvidenceItem)
class EvidenceItemAdmin(ReadOnly):
    """Read-only: the admin is no back door."""

    words: ClassVar = {"kind": EVIDENCE_KIND}
    list_display = ["id", "ticket", "kind", "state", "reason", "media_type", "size", "uploaded_at", "claimed_at"]
    list_filter = ["state", "kind"]
    list_select_related = ["ticket"]
    search_fields = ["ticket__ref", "sha256"]
    date_hierarchy = "uploaded_at"
    fields = (
        "ticket", "kind", "state", "reason", "internal", "media_type", "size", "sha256", "uploaded_at", "claimed_at",
        "attempts", "verdict", "verdict_at", "deleted_at",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[EvidenceItem]:
        return super().get_queryset(request).exclude(kind__in=SENSITIVE).defer("text", "fields")
