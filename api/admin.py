"""Tokens in the admin: seen and revoked. They are made by their owner, or with `manage.py create_token`."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from api.models import Token


@admin.register(Token)
class TokenAdmin(admin.ModelAdmin):
    list_display = ("name", "user", "last4", "scopes", "created", "expiry")
    list_select_related = ("user",)
    search_fields = ("name", "user__email", "last4")
    fields = readonly_fields = ("name", "user", "last4", "scopes", "created", "expiry")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
