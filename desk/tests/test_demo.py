"""The demo: every stage is there whenever it is made, made once, and nobody gets a letter."""

import time

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from evidence.operations import tickets_with_similar_images
from tickets.incidents import candidates
from tickets.models import AssignmentRule, Event, Incident, IncidentDelivery, Notification, OnCallShift, StaffProfile, Ticket, on_call_at
from tickets.workflow import Status

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _demo(settings, tmp_path):
    settings.DEMO = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # nine slow ones are not what is tested
    settings.STORAGES = {
        **settings.STORAGES,
        "evidence": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}},
    }


# A weekend, the Spring Festival, the turn of a year, a Monday morning.
MOMENTS = ("2026-03-14T15:00:00+08:00", "2026-02-19T10:00:00+08:00", "2026-01-01T00:30:00+08:00", "2026-11-23T09:05:00+08:00")


@pytest.mark.parametrize("moment", MOMENTS)
def test_every_stage_is_there_whenever_it_is_made(moment, clock, mailoutbox, django_capture_on_commit_callbacks) -> None:
    clock(moment)
    with django_capture_on_commit_callbacks(execute=True):
        call_command("demo")
    assert set(Ticket.objects.values_list("status", flat=True)) == {status.value for status in Status}
    assert {"scam_transfer", "minor_topup"} <= set(Ticket.objects.values_list("category", flat=True))
    assert Ticket.objects.filter(decisions__state="awaiting_countersignature").exists()
    assert Ticket.objects.filter(freezes__lift_requested_at__isnull=False, freezes__state="active").exists()
    assert not Notification.objects.filter(state="pending").exists()
    assert mailoutbox == []
    assert not Ticket.objects.filter(evidence__state__in=["scanning", "rejected"]).exists()
    assert all(event.at <= event.recorded_at for event in Event.objects.all())


def test_an_incident_is_confirmed_and_one_waits_for_a_person(client) -> None:
    call_command("demo")
    confirmed, waits = Incident.objects.order_by("pk")
    assert (confirmed.state, waits.state) == ("open", "suggested")
    assert confirmed.eta_at is not None and confirmed.eta_at > timezone.now()
    assert confirmed.links.count() == IncidentDelivery.objects.filter(notice__incident=confirmed).count() == 6
    assert candidates(waits).count() == 5
    assert confirmed.title_zh in client.get("/").text
    assert not Ticket.objects.filter(incident_link=None, assignee=None, category=waits.category).exists(), "given out in turn"
    assert Ticket.objects.filter(category=waits.category, status="evidence_collection").values("assignee").distinct().count() == 2


def test_the_desk_is_staffed_around_the_moment_it_is_made() -> None:
    call_command("demo")
    now = timezone.now()
    shifts = OnCallShift.objects.standing()
    assert on_call_at(now) == User.objects.get(email="zhou@example.com")
    assert shifts.filter(to_at__lte=now).exists()
    assert shifts.filter(from_at__gt=now).count() == 3
    assert set(AssignmentRule.objects.values_list("mode", flat=True)) == {"round_robin", "by_load"}
    away = [profile.user.email for profile in StaffProfile.objects.all() if profile.is_away(now.date())]
    assert away == ["qiu@example.com"]
    assert StaffProfile.objects.exclude(categories=[]).count() == 2


def test_only_what_is_filed_twice_looks_alike() -> None:
    call_command("demo")
    mei = User.objects.get(email="mei@example.com")
    twins = Ticket.objects.filter(owner=mei, category="billing_duplicate", status="evidence_collection").order_by("pk")
    assert twins.count() == 2
    lin = User.objects.get(email="lin@example.com")
    similar = {ticket.ref: tickets_with_similar_images(lin, ticket) for ticket in Ticket.objects.all()}
    assert {ref: found for ref, found in similar.items() if found} == {twins[0].ref: {twins[1].pk}, twins[1].ref: {twins[0].pk}}
    assert [tag.name for tag in twins[1].tags.all()] == ["再次投诉"]


def test_it_is_quick_and_the_second_time_it_does_nothing() -> None:
    begun = time.process_time()
    call_command("demo")
    assert time.process_time() - begun < 15
    before = (Ticket.objects.count(), Event.objects.count(), User.objects.count())
    call_command("demo")
    assert (Ticket.objects.count(), Event.objects.count(), User.objects.count()) == before


def test_without_demo_there_is_none(settings) -> None:
    settings.DEMO = False
    with pytest.raises(ImproperlyConfigured):
        call_command("demo")
    assert not Ticket.objects.exists()
