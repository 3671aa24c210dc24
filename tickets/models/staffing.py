"""Who is there to take a complaint: people of the desk, the rules that give complaints out, the roster of who is on call."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.roles import STAFF_ROLES, Role
from lib.zones import zone_of


class StaffProfile(models.Model):
    """What is known of one person of the desk beside their groups. Whoever has no row takes part and can do everything."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="staff_profile")
    takes_part = models.BooleanField(default=True, help_text=_("In automatic assignment."))
    categories = models.JSONField(default=list, blank=True, help_text=_("Empty: all."))
    languages = models.JSONField(default=list, blank=True, help_text=_("Empty: all."))
    capacity = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("Open complaints at most. Empty: no limit."))
    away_from = models.DateField(null=True, blank=True)
    away_to = models.DateField(null=True, blank=True, help_text=_("The last day away. Empty: until further notice."))
    stand_in = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    notices_read_at = models.DateTimeField(null=True, blank=True, help_text=_("What came to this person since then is new."))
    turn = models.BigIntegerField(default=0, help_text=_("Place in the round: whoever has the lowest is next."))

    class Meta:
        verbose_name = _("availability")
        verbose_name_plural = _("availabilities")
        constraints = [models.CheckConstraint(condition=~Q(stand_in=F("user")), name="staff_other_stand_in")]

    def __str__(self) -> str:
        return str(self.user)

    def is_away(self, today: date) -> bool:
        """On the day it is where the person lives."""
        return self.away_from is not None and self.away_from <= today and (self.away_to is None or today <= self.away_to)


class AssignmentRule(models.Model):
    """How complaints of a category are given out; without a category: all that have no rule of their own. No row: by hand."""

    class Mode(models.TextChoices):
        OFF = "off", pgettext_lazy("assignment", "by hand")
        ROUND_ROBIN = "round_robin", pgettext_lazy("assignment", "in turn")
        BY_LOAD = "by_load", pgettext_lazy("assignment", "to whoever has least")

    category = models.SlugField(
        _("category"), max_length=40, blank=True, unique=True, help_text=_("Empty: every category without its own rule.")
    )
    mode = models.CharField(_("how complaints are given out"), max_length=12, choices=Mode, default=Mode.OFF)

    class Meta:
        ordering = ["category"]
        verbose_name = _("assignment rule")
        verbose_name_plural = _("assignment rules")

    def __str__(self) -> str:
        return f"{self.category or '*'}: {self.mode}"


class ShiftQuerySet(models.QuerySet["OnCallShift"]):
    def standing(self) -> ShiftQuerySet:
        return self.filter(cancelled_at=None)

    def at(self, moment: datetime) -> ShiftQuerySet:
        """The one that runs then."""
        return self.standing().filter(from_at__lte=moment, to_at__gt=moment)

    def fit(self) -> ShiftQuerySet:
        """Whose person is still there and still a freeze operator."""
        return self.filter(person__is_active=True, person__groups__name=Role.FREEZE_OPERATOR)


class OnCallShift(models.Model):
    """One person on call for a time. Planned by a supervisor, or begun by taking over; `note` is what the one before passed on."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    note = models.TextField(blank=True)
    note_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("time on call")
        verbose_name_plural = _("times on call")
        constraints = [models.CheckConstraint(condition=Q(to_at__gt=F("from_at")), name="shift_ends_after_it_begins")]
        indexes = [models.Index(fields=["to_at"], condition=Q(cancelled_at__isnull=True), name="shift_by_end")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.from_at} – {self.to_at}"


def here_for(person: int | None, now: datetime) -> int | None:
    """Whoever does this person's work now: they themselves or, while they are away or gone, their stand-in. None: neither is here."""
    if person is None:
        return None
    stand_ins = StaffProfile.objects.filter(user=person).exclude(stand_in=None).values_list("stand_in", flat=True)
    for each in (person, *stand_ins):
        user = User.objects.filter(pk=each, is_active=True, groups__name__in=STAFF_ROLES).select_related("staff_profile").first()
        if user is not None and not _is_away(user, now):
            return user.pk
    return None


def _is_away(user: User, now: datetime) -> bool:
    profile = getattr(user, "staff_profile", None)
    return profile is not None and profile.is_away(now.astimezone(zone_of(user.timezone)).date())


def on_call_at(moment: datetime) -> User | None:
    """Whoever is on call then, if they can still confirm what they are called for."""
    shift = OnCallShift.objects.at(moment).fit().select_related("person").first()
    return shift.person if shift else None
