"""Contacts in the admin: hidden until checked, asked about again after half a year; and the notices that did not go out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from tickets.models import EscalationTarget, Notification
from tickets.policy.contacts import RECHECK
from tickets.tests.making import submitted

pytestmark = pytest.mark.django_db
INDEX, LIST = reverse("admin:index"), reverse("admin:tickets_escalationtarget_changelist")
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def admin(client, admin_person):
    client.force_login(admin_person)
    return client


@pytest.fixture
def place() -> EscalationTarget:
    EscalationTarget.objects.update(contact="", website="")
    target = EscalationTarget.objects.get(key="police")
    EscalationTarget.objects.filter(pk=target.pk).update(contact="110", verified_at=None)
    target.refresh_from_db()
    return target


def read(client, address: str) -> str:
    return client.get(address, headers=ENGLISH).content.decode()


def test_an_unchecked_contact_is_hidden_and_asked_about(admin, place) -> None:
    assert place.shown_contact == ""
    for address in (INDEX, LIST):
        text = read(admin, address)
        assert "until somebody has checked the contact" in text
        assert reverse("admin:tickets_escalationtarget_change", args=[place.pk]) in text


def test_checking_it_shows_it_names_the_person_and_ends_the_asking(admin, admin_person, place) -> None:
    admin.post(LIST, {"action": "mark_verified", "_selected_action": [place.pk]})
    place.refresh_from_db()
    assert (place.shown_contact, place.verified_by) == ("110", admin_person)
    assert LogEntry.objects.filter(object_id=str(place.pk), user=admin_person).exists()
    assert "until somebody has checked" not in read(admin, INDEX)


@pytest.mark.parametrize(("age", "asked"), [(RECHECK - timedelta(days=1), False), (RECHECK + timedelta(days=1), True)])
def test_half_a_year_later_it_is_asked_about_and_still_shown(admin, place, age, asked) -> None:
    EscalationTarget.objects.filter(pk=place.pk).update(verified_at=timezone.now() - age)
    assert ("please check again" in read(admin, INDEX)) is asked
    assert (str(place) in read(admin, f"{LIST}?checked=stale").partition("changelist-form")[2]) is asked
    place.refresh_from_db()
    assert place.shown_contact == "110"


def test_notices_that_did_not_go_out_are_counted_and_sent_again_from_the_list(admin, mei) -> None:
    notice = submitted(mei, "billing_unauthorized").notifications.first()
    assert "could not be sent" not in read(admin, INDEX)
    Notification.objects.filter(pk=notice.pk).update(state=Notification.State.FAILED, attempts=5)
    assert "1 notice could not be sent." in read(admin, INDEX)
    address = reverse("admin:tickets_notification_changelist")
    assert admin.get(f"{address}?state__exact=failed").status_code == 200
    admin.post(address, {"action": "try_again", "_selected_action": [notice.pk]})
    notice.refresh_from_db()
    assert notice.state != Notification.State.FAILED


def test_who_may_not_see_to_it_is_not_asked(client, zhao, place, mei) -> None:
    notice = submitted(mei, "billing_unauthorized").notifications.first()
    Notification.objects.filter(pk=notice.pk).update(state=Notification.State.FAILED)
    zhao.is_staff = True
    zhao.save()
    zhao.user_permissions.add(Permission.objects.get(codename="view_escalationtarget"))
    client.force_login(zhao)
    text = read(client, INDEX)
    assert "checked the contact" not in text
    assert "could not be sent" not in text
    client.post(LIST, {"action": "mark_verified", "_selected_action": [place.pk]})
    place.refresh_from_db()
    assert place.verified_at is None
