"""Published days, and the policies under which deadlines are promised."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.zones import DEFAULT_ZONE
from sla.calendars import WorkCalendar
from sla.errors import PolicyNotPublished
from sla.statutory import Day, kind_of
from sla.validators import known_zone, list_of_numbers

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

PROVISIONAL = "provisional"  # a row's source that publishes nothing


class CalendarDayManager(models.Manager["CalendarDay"]):
    def calendar(self, zone: str = DEFAULT_ZONE) -> WorkCalendar:
        """The zone's calendar as the rows are now; make one per operation. Raises UnknownZone."""

        def fetch(first: date, last: date) -> Mapping[date, Day]:
            rows = self.filter(zone=zone, date__range=(first, last))
            columns = rows.values_list("date", "is_workday", "kind", "name_zh", "name_en", "source")
            return {row[0]: _as_day(*row) for row in columns}

        return WorkCalendar(zone, fetch)


class CalendarDay(models.Model):
    """One local date, working or not. A published year has a row for every date; a date without one is provisional."""

    class Kind(models.TextChoices):
        WORKDAY = "workday", _("working day")
        WEEKEND = "weekend", _("weekend")
        HOLIDAY = "holiday", _("public holiday")
        MAKEUP = "makeup", _("make-up working day")
        PROVISIONAL_HOLIDAY = "provisional_holiday", _("expected public holiday")

    zone = models.CharField(_("time zone"), max_length=64, default=DEFAULT_ZONE, validators=[known_zone])
    date = models.DateField(_("date"))
    is_workday = models.BooleanField(_("working day"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, blank=True, default="")
    name_zh = models.CharField(_("holiday, in Chinese"), max_length=60, blank=True, default="")
    name_en = models.CharField(_("holiday, in English"), max_length=60, blank=True, default="")
    source = models.CharField(_("source"), max_length=40, default="manual", help_text=_("“manual” rows survive an import."))
    imported_at = models.DateTimeField(_("imported at"), default=timezone.now)

    objects = CalendarDayManager()

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["zone", "date"]
        constraints = [models.UniqueConstraint(fields=["zone", "date"], name="one_row_per_date")]

    def __str__(self) -> str:
        return f"{self.date} {self.zone}"


def _as_day(day: date, is_workday: bool, kind: str, name_zh: str, name_en: str, source: str) -> Day:
    # is_workday alone decides: a row made or edited by hand may carry no kind, or one that no longer fits
    named = bool(name_zh or name_en or kind == CalendarDay.Kind.HOLIDAY)
    derived = kind_of(day, is_workday=is_workday, named=named)
    return Day(is_workday, derived, name_zh, name_en, provisional=source == PROVISIONAL)


class PolicyManager(models.Manager["Policy"]):
    def current(self, now: datetime) -> "Policy":
        """The latest version published by `now`. Raises PolicyNotPublished."""
        found = self.filter(published_at__lte=now).order_by("-published_at", "-version").first()
        if found is None:
            raise PolicyNotPublished(f"no policy is published at {now}; run seed_policy")
        return found


def _number(label: "_StrOrPromise", default: int, help_text: "_StrOrPromise" = "") -> models.PositiveIntegerField:
    return models.PositiveIntegerField(label, default=default, help_text=help_text, validators=[MinValueValidator(1)])


class Policy(models.Model):
    """Every number of the desk, under a version. A ticket keeps the version it was filed under, so a published one never changes."""

    version = models.CharField(_("version"), max_length=20, primary_key=True)
    zone = models.CharField(_("time zone"), max_length=64, default=DEFAULT_ZONE, validators=[known_zone])
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, db_index=True, help_text=_("Empty: a draft."))
    note = models.TextField(_("note"), blank=True, default="")

    warning_time = models.TimeField(_("hour of warnings"), default=time(9))
    countersign_threshold = models.DecimalField(
        _("countersign from"), max_digits=12, decimal_places=2, default=Decimal("1000.00"), validators=[MinValueValidator(0)]
    )
    partly_confirm_days = models.PositiveIntegerField(
        _("days to object to an approval in part"), default=30, db_default=30, validators=[MinValueValidator(1)]
    )
    pause_limit = _number(_("pauses in a review cycle"), 2)
    reopen_days = _number(_("days to reopen"), 30)
    objection_days = _number(_("days to object to a routing"), 7)
    rating_days = _number(_("days to say how it went"), 14)
    max_wd = _number(_("longest deadline in working days"), 1000)
    draft_days = _number(_("days a draft is kept"), 30)
    police_hold_days = _number(_("days of a police hold"), 180)
    incident_threshold = _number(_("reports that suggest an incident"), 5)
    incident_minutes = _number(_("minutes they fall into"), 60)
    incident_auto_join = models.BooleanField(
        _("later reports join an open incident by themselves"),
        default=False,
        help_text=_("They get its notice, which ends the wait for a first reply. Otherwise a person links them."),
    )
    reply_hold_wd = models.PositiveIntegerField(
        _("working days an automatic act waits after we answered"),
        default=1,
        db_default=1,
        validators=[MinValueValidator(1)],
        help_text=_("Where the customer wrote to us before it."),
    )
    discovery_freeze_minutes = _number(_("minutes from discovery to a timely freeze"), 60)
    urgent_hours = _number(_("hours before a customer's due within which warnings go out at once"), 24)
    statement_min_chars = _number(_("shortest statement, in characters"), 20)

    max_upload_mb = _number(_("largest file, in MB"), 10)
    max_submission_mb = _number(_("largest submission, in MB"), 50)
    max_files = _number(_("most files on a ticket"), 30)
    max_megapixels = _number(_("largest picture, in megapixels"), 40)
    min_side_px = _number(_("shortest side of a picture, in pixels"), 300)
    max_pdf_pages = _number(_("most pages of a PDF"), 50)
    account_days = models.PositiveIntegerField(
        _("days the account to freeze is kept after closing"), default=30, db_default=30, validators=[MinValueValidator(1)]
    )
    # By class, as the versions before 2026.2 said it: read by a process of the release before, while an upgrade runs. RetentionRule counts.
    retention_short_days = models.PositiveIntegerField(default=30, db_default=30, editable=False)
    retention_medium_days = models.PositiveIntegerField(default=365, db_default=365, editable=False)
    retention_long_days = models.PositiveIntegerField(default=1095, db_default=1095, editable=False)

    objects = PolicyManager()

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        ordering = ["-published_at", "-version"]

    def __str__(self) -> str:
        return self.version

    @property
    def is_draft(self) -> bool:
        return self.published_at is None


class TimerRule(models.Model):
    """One clock of a policy: how long, when to warn, whom it binds. What starts and stops it stands in the operations."""

    class Clock(models.TextChoices):
        WALL = "wall", _("hours")
        DAY = "day", _("days")
        WORKING_DAY = "wd", _("working days")
        T1 = "t1", _("the working day after the request")
        AT = "at", _("until the time that was named")

    class Binds(models.TextChoices):
        OPERATOR = "operator", _("the operator")
        CUSTOMER = "customer", _("the customer")
        THIRD_PARTY = "third_party", _("a third party")
        INTERNAL = "internal", _("nobody outside")

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="timer_rules", verbose_name=_("policy"))
    key = models.CharField(_("timer"), max_length=40)
    clock = models.CharField(_("clock"), max_length=4, choices=Clock.choices)
    amount = models.PositiveIntegerField(_("amount"), default=0, help_text=_("0 where the category says."))
    roll = models.BooleanField(_("moves off rest days"), default=False)
    warn = models.JSONField(
        _("warnings"),
        default=list,
        blank=True,
        validators=[list_of_numbers],
        help_text=_("Hours: minutes after the start. A named time: minutes before it. Days: that many before the due day."),
    )
    binds = models.CharField(_("binds"), max_length=11, choices=Binds.choices, default=Binds.OPERATOR)
    extensions = models.JSONField(
        _("extensions"),
        default=list,
        blank=True,
        validators=[list_of_numbers],
        help_text=_("The amounts it may be extended to, in order."),
    )
    by_authority = models.JSONField(
        _("by authority"),
        default=dict,
        db_default=Value({}, models.JSONField()),
        blank=True,
        help_text=_("Where the length depends on who waits: authority to clock, amount and extensions."),
    )

    class Meta:
        verbose_name = _("timer")
        verbose_name_plural = _("timers")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["policy", "key"], name="one_rule_per_timer")]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.key}"


class RetentionRule(models.Model):
    """How long one kind of evidence is kept after a complaint is closed. The law's floor for complaint material stands over it."""

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="retention_rules", verbose_name=_("policy"))
    kind = models.SlugField(_("kind of evidence"), max_length=40)
    days = models.PositiveIntegerField(_("days after closing"), validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = _("time a kind is kept")
        verbose_name_plural = _("times kinds are kept")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["policy", "kind"], name="one_retention_per_kind")]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.kind}"
