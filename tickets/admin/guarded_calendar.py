"""The calendar in the admin, with the deadlines that move with it; changed by two, as are the rules by which complaints are given out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import cast

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.guarded import GuardedKind, Values, is_guarded, propose, register_kind, write_values
from accounts.guarded_admin import GuardedForm, propose_here
from accounts.models import GuardedChange, User
from sla.admin_calendar import CalendarDayAdmin, Import, write_import
from sla.errors import SlaError
from sla.importing import MANUAL
from sla.models import CalendarDay
from tickets.admin.guarded_rules import tell_supervisors
from tickets.admin.rule_pages import describe_move
from tickets.models import AssignmentRule
from tickets.operations.calendar_moves import move_deadlines, open_moves, steady_deadlines
from tickets.operations.rebasing import provisional_moves

MOST_LINES = 60


class _ToldToSupervisors(GuardedKind):
    def tell(self, change: GuardedChange, row: Model) -> None:
        tell_supervisors(change)


class CalendarDayKind(_ToldToSupervisors):
    key = "calendar_day"
    label = gettext_lazy("Day of the calendar")
    model = CalendarDay
    fields = ("zone", "date", "is_workday", "kind", "name_zh", "name_en")

    def carry_out(self, change: GuardedChange, row: Model, now: datetime) -> None:
        write_values(row, change.new)
        CalendarDay.objects.filter(pk=row.pk).update(source=MANUAL, imported_at=now)  # an import leaves this row alone

    def list_touched(self, row: Model, new: Values) -> list[str]:
        return [_("Deadlines are counted by it.")]


class CalendarImportKind(_ToldToSupervisors):
    """What was confirmed after its preview; its target is a day of the same zone. Counted again when it is carried out."""

    key = "calendar_import"
    label = gettext_lazy("An import into the calendar")
    model = CalendarDay

    def values(self, row: Model, names: Iterable[str]) -> dict[str, object]:
        return {}

    def check(self, row: Model, new: Values) -> None:
        try:
            self._differences(new)
        except SlaError as error:
            raise ValidationError(str(error)) from error

    def carry_out(self, change: GuardedChange, row: Model, now: datetime) -> None:
        write_import(_import_of(change.new), now)
        move_deadlines(change.agreed_by or change.by, cast("list[int]", change.new["move"]), now)

    def list_touched(self, row: Model, new: Values) -> list[str]:
        return self._differences(new)

    @staticmethod
    def _differences(new: Values) -> list[str]:
        """Written, looked at, and undone. Raises SlaError."""
        said, now, before = _import_of(new), timezone.now(), steady_deadlines(timezone.now())
        with transaction.atomic():
            changes, _told = write_import(said, now)
            moves = open_moves(before, now)
            transaction.set_rollback(True)
        counts = {"year": said["year"], "new": len(changes.created), "changed": len(changes.changed), "kept": len(changes.kept)}
        days = [f"{each.date}: {_word(each.before.is_workday)} → {_word(each.after.is_workday)}" for each in changes.changed[:MOST_LINES]]
        chosen = cast("list[int]", new["move"])
        moved = [f"{move.ref} {move.timer}" for pk, move in moves[:MOST_LINES] if pk in chosen]
        return [_("%(year)s: %(new)s days new, %(changed)s changed, %(kept)s kept.") % counts, *days, *moved]


class AssignmentKind(_ToldToSupervisors):
    key = "assignment"
    label = gettext_lazy("How complaints are given out")
    model = AssignmentRule
    fields = ("category", "mode")


CALENDAR_DAY, CALENDAR_IMPORT, ASSIGNMENT = (register_kind(kind()) for kind in (CalendarDayKind, CalendarImportKind, AssignmentKind))


def day_beside(zone: str) -> CalendarDay | None:
    """What a proposal stands at: a day of that zone or of another. None: nothing is published yet, or there are no cases."""
    days = CalendarDay.objects.order_by("-date")
    return (days.filter(zone=zone).first() or days.first()) if is_guarded() else None


def propose_import(actor: User, day: CalendarDay, said: Import, chosen: list[int]) -> GuardedChange:
    """Raises ValidationError."""
    return propose(actor, CALENDAR_IMPORT.key, day, {"import": said, "move": chosen})


def _import_of(new: Values) -> Import:
    return cast("Import", new["import"])


def _word(is_workday: bool) -> str:
    return _("working day") if is_workday else _("rest day")


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
        day = day_beside(said["zone"])
        if day is not None:
            propose_here(request, CALENDAR_IMPORT, day, {"import": said, "move": chosen})
        return day is not None

    def moving(self, now: datetime) -> list[dict[str, object]]:
        return [describe_move(move) for move in provisional_moves(now)]

    def steady_deadlines(self, now: datetime) -> Mapping[int, datetime]:
        return steady_deadlines(now)

    def open_moves(self, before: Mapping[int, datetime], now: datetime) -> list[dict[str, object]]:
        return [{**describe_move(move), "id": pk} for pk, move in open_moves(before, now)]

    def move_deadlines(self, request: HttpRequest, chosen: Iterable[int], now: datetime) -> int:
        return move_deadlines(cast(User, request.user), chosen, now)
