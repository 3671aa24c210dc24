"""The calendar in the admin: with the deadlines that move with it, and changed by two once there are cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import cast

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.guarded import is_guarded
from accounts.guarded_admin import GuardedForm, propose_here
from accounts.models import User
from sla.admin_calendar import CalendarDayAdmin, Import
from sla.models import CalendarDay
from tickets.admin.guarded_calendar import CALENDAR_DAY, CALENDAR_IMPORT
from tickets.admin.rule_pages import describe_move
from tickets.operations.calendar_moves import move_deadlines, open_moves, steady_deadlines
from tickets.operations.rebasing import provisional_moves

admin.site.unregister(CalendarDay)


@admin.register(CalendarDay)
class MovingCalendarAdmin(GuardedForm, CalendarDayAdmin):
    """sla's; the preview of an import also says which running deadlines would move, and lets a person move promised ones.

    Once there are cases, days change by two admins. A day more is imported as a correction, so that its deadlines are looked at.
    """

    guarded_kind = CALENDAR_DAY

    def save_model(  # type: ignore[override]
        self, request: HttpRequest, obj: CalendarDay, form: forms.ModelForm, change: bool
    ) -> None:
        if is_guarded():
            self._set_aside(request, obj, form)
        else:
            CalendarDayAdmin.save_model(self, request, obj, form, change)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, object] | None = None) -> HttpResponse:
        return (
            HttpResponseRedirect(reverse("admin:sla_calendarday_import"))
            if is_guarded()
            else super().add_view(request, form_url, extra_context)
        )

    def propose_import(self, request: HttpRequest, said: Import, chosen: list[int]) -> bool:
        first = CalendarDay.objects.filter(zone=said["zone"]).order_by("-date").first()
        if first is None or not is_guarded():
            return False
        propose_here(request, CALENDAR_IMPORT, first, {"import": said, "move": chosen})
        return True

    def moving(self, now: datetime) -> list[dict[str, object]]:
        return [describe_move(move) for move in provisional_moves(now)]

    def steady_deadlines(self, now: datetime) -> Mapping[int, datetime]:
        return steady_deadlines(now)

    def open_moves(self, before: Mapping[int, datetime], now: datetime) -> list[dict[str, object]]:
        return [{**describe_move(move), "id": pk} for pk, move in open_moves(before, now)]

    def move_deadlines(self, request: HttpRequest, chosen: Iterable[int], now: datetime) -> int:
        return move_deadlines(cast(User, request.user), chosen, now)
