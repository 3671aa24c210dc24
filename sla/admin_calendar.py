"""The calendar in the admin: its days, a year drawn whole, and an import that is looked at before it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, NotRequired, TypedDict

from django import forms
from django.contrib import admin, messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from lib.zones import DEFAULT_ZONE
from sla.calendars import WorkCalendar
from sla.checks import missing_years, today_in
from sla.errors import InvalidCalendar, SlaError
from sla.importing import (
    CORRECTION,
    ENCODINGS,
    MANUAL,
    OFFICIAL,
    CalendarChange,
    Changes,
    FileDays,
    better_sources,
    file_corrections,
    file_years,
    official_year,
    store,
)
from sla.models import CalendarDay, Policy
from sla.statutory import Day, provisional_day

FILE = "csv"
LARGEST = 200_000  # bytes; a year is a hundred lines at most
FIRST_YEAR, LAST_YEAR = 2004, 2100
WEEK = 7
SALT = "sla.calendar"
VALID = 3600  # seconds between the preview and the confirmation


class Import(TypedDict):
    """What an import was asked for. It travels signed from the preview to the confirmation. `force`: over days of better sources, too."""

    year: int
    zone: str
    origin: str
    text: str
    force: NotRequired[bool]


class YearDayCell(TypedDict):
    """A day of the drawn year; `key` of its row, where somebody has published one."""

    day: date
    key: int | None
    kind: str
    is_workday: bool
    provisional: bool
    zh: str
    en: str


class MonthSheet(TypedDict):
    """Weeks from Monday on, None beside the month. `holidays`: names, first and last day of each run."""

    first: date
    weeks: list[list[YearDayCell | None]]
    holidays: list[dict[str, object]]


class YearFilter(admin.SimpleListFilter):
    title = gettext_lazy("year")
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        years = model_admin.get_queryset(request).dates("date", "year", order="DESC")
        return [(str(each.year), str(each.year)) for each in years]

    def queryset(self, request: HttpRequest, queryset: QuerySet[CalendarDay]) -> QuerySet[CalendarDay]:
        year = self.value()
        return queryset.filter(date__year=int(year)) if year and year.isdigit() else queryset


class ImportForm(forms.Form):
    """Which year, from where. `text`: the file's own, once it is read."""

    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=FIRST_YEAR, max_value=LAST_YEAR)
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    origin = forms.ChoiceField(
        label=gettext_lazy("Source"),
        choices=[
            (OFFICIAL, gettext_lazy("the announced days that come with the program")),
            (FILE, gettext_lazy("a file with the whole year's notice")),
            (CORRECTION, gettext_lazy("a file that corrects single days of a published year")),
        ],
    )
    file = forms.FileField(
        label=gettext_lazy("File (CSV or JSON)"),
        required=False,
        help_text=gettext_lazy(
            "Columns date, is_workday (1 or 0), name_zh, name_en, or JSON as holiday-cn has it. Of a whole year list the exceptions: "
            "every other day is a plain one. A correction changes the days it lists and no others."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = dict.fromkeys([DEFAULT_ZONE, *Policy.objects.order_by("zone").values_list("zone", flat=True)])
        self.fields["zone"].choices = [(zone, zone) for zone in zones]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        said = super().clean() or {}
        said["text"] = ""
        if said.get("origin") in (FILE, CORRECTION):
            said["text"] = self._text(said.get("file"))
        elif said.get("origin") == OFFICIAL and said.get("file") is not None:
            self.add_error("origin", _("You chose a file too. Say here what it holds, or hand in none."))
        return said

    def _text(self, file: UploadedFile | None) -> str:
        if file is None:
            self.add_error("file", _("Choose a file."))
            return ""
        if (file.size or 0) > LARGEST:
            self.add_error("file", _("This is no file of one year: it is too large."))
            return ""
        text = _decode_file(file.read())
        if text is None:
            self.add_error("file", _("The file is neither UTF-8 nor GB18030 text."))
        return text or ""


def _decode_file(content: bytes) -> str | None:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


@admin.register(CalendarDay)
class CalendarDayAdmin(admin.ModelAdmin):
    change_list_template = "admin/sla/calendar_list.html"
    list_display = ["date", "is_workday", "kind", "name_zh", "name_en", "zone", "source", "imported_at"]
    list_filter = [YearFilter, "is_workday", "kind", "zone", "source"]
    date_hierarchy = "date"
    search_fields = ["name_zh", "name_en"]
    readonly_fields = ["source", "imported_at"]
    list_per_page = 62

    def save_model(self, request: HttpRequest, obj: CalendarDay, form: forms.ModelForm, change: bool) -> None:
        obj.source, obj.imported_at = MANUAL, timezone.now()  # from now on an import leaves this row alone
        super().save_model(request, obj, form, change)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("year/", wrap(require_safe(self.year)), name="sla_calendarday_year"),
            path("year/<int:year>/", wrap(require_safe(self.year)), name="sla_calendarday_year"),
            path("import/", wrap(self.import_view), name="sla_calendarday_import"),
            *super().get_urls(),
        ]

    # ---- A year
    def year(self, request: HttpRequest, year: int | None = None) -> HttpResponse:
        """Every day as deadlines count it: days nobody has published are guessed, and drawn so."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        shown = year or today_in().year
        if not FIRST_YEAR <= shown <= LAST_YEAR:
            raise Http404
        months = year_sheet(shown, DEFAULT_ZONE)
        days = [day for month in months for week in month["weeks"] for day in week if day]
        context = {
            "year": shown,
            "months": months,
            "zone": DEFAULT_ZONE,
            "workdays": sum(day["is_workday"] for day in days),
            "provisional": sum(day["provisional"] for day in days),
            "previous": shown - 1 if shown > FIRST_YEAR else None,
            "next": shown + 1 if shown < LAST_YEAR else None,
            "may_import": self._may_import(request),
        }
        return self._page(request, "calendar_year", str(shown), **context)

    # ---- An import
    def _may_import(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """First what it would change, with the deadlines that move; written only when that is confirmed."""
        if not self._may_import(request):
            raise PermissionDenied
        if "confirmed" in request.POST:
            return self._apply_import(request)
        years = missing_years(today_in())
        usual = {"year": request.GET.get("year") or (years[0] if years else today_in().year), "zone": DEFAULT_ZONE}
        form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm(initial=usual)
        seen = self._preview_import(form) if request.method == "POST" and form.is_valid() else None
        return self._page(request, "calendar_import", _("Import a year"), form=form, seen=seen, post=True)

    def _preview_import(self, form: ImportForm) -> dict[str, object] | None:
        """Written, looked at, and undone: what is confirmed is what will be."""
        given = form.cleaned_data
        said = Import(year=given["year"], zone=given["zone"], origin=given["origin"], text=given["text"])
        try:
            before = self.steady_deadlines(timezone.now())
            with transaction.atomic():
                changes, told = write_import(said, timezone.now())
                moves, promised = self.moving(timezone.now()), self.open_moves(before, timezone.now())
                transaction.set_rollback(True)
        except SlaError as error:
            form.add_error("year" if said["origin"] == OFFICIAL else "file", str(error))
            return None
        token = signing.dumps(said, salt=SALT, compress=True)
        return {
            "changes": changes, "token": token, "moves": moves, "promised": promised, "year": said["year"],
            "new": _unexpected_days(changes, told, said["zone"]), "passed_over": told.passed_over,
        }  # fmt: skip

    def moving(self, now: datetime) -> Sequence[object]:
        """Deadlines that move with the calendar: another room's to know."""
        return []

    def steady_deadlines(self, now: datetime) -> Mapping[int, datetime]:
        """Deadlines that were promised on published days, before those change: likewise."""
        return {}

    def open_moves(self, before: Mapping[int, datetime], now: datetime) -> Sequence[object]:
        """Which of them the change would move."""
        return []

    def move_deadlines(self, request: HttpRequest, chosen: Iterable[int], now: datetime) -> int:
        """Move those that a person chose."""
        return 0

    def propose_import(self, request: HttpRequest, said: Import, chosen: list[int]) -> bool:
        """Whether somebody else has to agree first: another room's to know."""
        return False

    def _apply_import(self, request: HttpRequest) -> HttpResponse:
        try:
            said = signing.loads(request.POST["confirmed"], salt=SALT, max_age=VALID)
        except signing.BadSignature:
            messages.error(request, _("This preview is too old. Please look at it again."))
            return HttpResponseRedirect(reverse("admin:sla_calendarday_import"))
        chosen = [int(each) for each in request.POST.getlist("move") if each.isascii() and each.isdigit() and len(each) < 18]
        if self.propose_import(request, said, chosen):
            return HttpResponseRedirect(reverse("admin:sla_calendarday_year", args=[said["year"]]))
        changes, _told = write_import(said, timezone.now())
        moved = self.move_deadlines(request, chosen, timezone.now())
        counts = {"year": said["year"], "new": len(changes.created), "changed": len(changes.changed), "kept": len(changes.kept)}
        first = CalendarDay.objects.filter(zone=said["zone"], date__year=said["year"]).order_by("date").first()
        if first is not None:
            summary = f"{said['year']} from {said['origin']}: {counts['new']} new, {counts['changed']} changed, {counts['kept']} kept"
            summary += f", {moved} deadlines moved" if moved else ""
            self.log_change(request, first, summary)
        messages.success(request, _("%(year)s: %(new)s days new, %(changed)s changed, %(kept)s kept.") % counts)
        return HttpResponseRedirect(reverse("admin:sla_calendarday_year", args=[said["year"]]))

    def _page(self, request: HttpRequest, template: str, title: str, **context: object) -> HttpResponse:
        whole = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **context}
        return TemplateResponse(request, f"admin/sla/{template}.html", whole)


def write_import(said: Import, now: datetime) -> tuple[Changes, FileDays]:
    """Raises SlaError."""
    told, source = _days(said), said["origin"]
    stays = frozenset() if said.get("force") else better_sources(source)
    with transaction.atomic():
        return store(CalendarDay, said["zone"], told.days, source, now, stays), told


def _days(said: Import) -> FileDays:
    if said["origin"] == OFFICIAL:
        return FileDays(official_year(said["year"], said["zone"]))
    if "\x00" in said["text"]:
        raise InvalidCalendar(_("This is not a text file."))
    if said["origin"] == CORRECTION:
        return file_corrections(CalendarDay, said["zone"], said["text"], [said["year"]])
    return file_years(said["text"], [said["year"]])


def _unexpected_days(changes: Changes, told: FileDays, zone: str) -> list[CalendarChange]:
    """Of the new days those that nobody would have guessed."""
    found = (CalendarChange(day, provisional_day(day, zone), told.days[day]) for day in changes.created)
    return [each for each in found if each.is_real]


def year_sheet(year: int, zone: str) -> list[MonthSheet]:
    """Twelve months of weeks, Monday first; None beside the month. `holidays`: their days by name."""
    calendar = CalendarDay.objects.calendar(zone)
    keys = dict(CalendarDay.objects.filter(zone=zone, date__year=year).values_list("date", "pk"))
    return [_month(date(year, month, 1), calendar, keys) for month in range(1, 13)]


def _month(first: date, calendar: WorkCalendar, keys: dict[date, int]) -> MonthSheet:
    weeks = list(_weeks(first, calendar, keys))
    off = [day for week in weeks for day in week if day and (day["zh"] or day["en"])]
    runs = [(names, list(days)) for names, days in groupby(off, key=lambda day: (day["zh"], day["en"]))]
    named = [{"zh": zh or en, "en": en or zh, "first": days[0]["day"].day, "last": days[-1]["day"].day} for (zh, en), days in runs]
    return {"first": first, "weeks": weeks, "holidays": named}


def _weeks(first: date, calendar: WorkCalendar, keys: dict[date, int]) -> Iterator[list[YearDayCell | None]]:
    week: list[YearDayCell | None] = [None] * first.weekday()
    day = first
    while day.month == first.month:
        week.append(_day_cell(day, calendar.day(day), keys.get(day)))
        if len(week) == WEEK:
            yield week
            week = []
        day = date.fromordinal(day.toordinal() + 1)
    if week:
        yield week + [None] * (WEEK - len(week))


def _day_cell(day: date, said: Day, key: int | None) -> YearDayCell:
    return YearDayCell(
        day=day, key=key, kind=said.kind, is_workday=said.is_workday, provisional=said.provisional or key is None,
        zh=said.name_zh, en=said.name_en,
    )  # fmt: skip
