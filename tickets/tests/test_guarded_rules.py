"""From the first case on, rules, places to turn to, respondents and channel addresses change only with a second admin, by every door."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.guarded import agree
from accounts.models import GuardedChange, User
from sla.models import Policy
from tickets.models import ChannelAddress, EscalationTarget, Respondent
from tickets.operations import file_ticket
from tickets.policy.publishing import new_version
from tickets.tests.making import filing

pytestmark = pytest.mark.django_db
State = GuardedChange.State


@pytest.fixture
def second(admin_person: User) -> User:
    return User.objects.create_superuser("second@example.com", None, language="en")


@pytest.fixture
def admin(client: Client, admin_person: User, second: User) -> Client:
    client.force_login(admin_person)
    return client


@pytest.fixture
def case(mei: User, clock: Any) -> object:
    clock("2026-07-06T10:00:00+08:00")
    return file_ticket(mei, filing())


def waiting() -> GuardedChange:
    return GuardedChange.objects.get(state=State.WAITING)


def act(client: Client, model: str, name: str, pk: object) -> None:
    client.post(reverse(f"admin:{model}_changelist"), {"action": name, "_selected_action": [pk]})


def form_of(row: Any, **changed: object) -> dict[str, object]:
    fields = [field for field in row._meta.concrete_fields if field.name not in ("id", "key", "verified_at", "verified_by")]
    stands = {field.name: field.value_from_object(row) for field in fields}
    sent = {**stands, **changed}
    return {name: "on" if value is True else value for name, value in sent.items() if value not in (False, None)}


# ---- Rules
def test_a_version_is_published_by_two(case: object, admin: Client, second: User, zhao: User, mailoutbox: Any) -> None:
    draft = new_version(Policy.objects.get(version="2026.2"))
    draft.timer_rules.filter(key="first_response").update(amount=77)
    act(admin, "sla_policy", "publish_draft", draft.pk)
    assert Policy.objects.get(pk=draft.pk).is_draft
    change = waiting()
    assert any("77" in line for line in change.touches)
    mailoutbox.clear()
    assert agree(second, change.pk).state == State.DONE
    assert not Policy.objects.get(pk=draft.pk).is_draft
    assert [zhao.email] in [letter.to for letter in mailoutbox]
    assert LogEntry.objects.filter(object_id=draft.pk, user=second).exists()


def test_a_draft_that_was_edited_after_it_was_proposed_is_not_published(case: object, admin: Client, second: User) -> None:
    draft = new_version(Policy.objects.get(version="2026.2"))
    act(admin, "sla_policy", "publish_draft", draft.pk)
    draft.timer_rules.filter(key="first_response").update(amount=9)
    assert agree(second, waiting().pk).state == State.REFUSED
    assert Policy.objects.get(pk=draft.pk).is_draft


def test_a_version_out_of_bounds_is_not_even_proposed(case: object, admin: Client) -> None:
    draft = new_version(Policy.objects.get(version="2026.2"))
    draft.categories.all().delete()
    act(admin, "sla_policy", "publish_draft", draft.pk)
    assert not GuardedChange.objects.exists()
    assert Policy.objects.get(pk=draft.pk).is_draft


# ---- Places to turn to, and respondents
def test_a_contact_is_changed_by_two_and_verified_by_two(case: object, admin: Client, admin_person: User, second: User) -> None:
    target = EscalationTarget.objects.get(key="consumer_association")
    EscalationTarget.objects.filter(pk=target.pk).update(contact="12345", verified_at=timezone.now(), verified_by=second)
    target.refresh_from_db()
    admin.post(reverse("admin:tickets_escalationtarget_change", args=[target.pk]), form_of(target, contact="12399", position=7))
    target.refresh_from_db()
    assert (target.shown_contact, target.position) == ("12345", 7)
    agree(second, waiting().pk)
    target.refresh_from_db()
    assert (target.contact, target.shown_contact) == ("12399", "")

    act(admin, "tickets_escalationtarget", "mark_verified", target.pk)
    target.refresh_from_db()
    assert target.shown_contact == ""
    agree(second, waiting().pk)
    target.refresh_from_db()
    assert (target.shown_contact, target.verified_by) == ("12399", admin_person)


def test_a_respondent_is_changed_by_two_and_verified_by_two(case: object, admin: Client, second: User) -> None:
    row = Respondent.objects.exclude(self_freeze_zh="").first() or Respondent.objects.first()
    Respondent.objects.filter(pk=row.pk).update(self_freeze_zh="x", self_freeze_en="x", source="https://example.com/", verified_at=None)
    row.refresh_from_db()
    address = reverse("admin:tickets_respondent_change", args=[row.pk])
    admin.post(address, form_of(row, phone="95555", is_ours=not row.is_ours))
    stands = Respondent.objects.get(pk=row.pk)
    assert (stands.phone, stands.is_ours) == (row.phone, row.is_ours)
    agree(second, waiting().pk)
    changed = Respondent.objects.get(pk=row.pk)
    assert (changed.phone, changed.is_ours) == ("95555", not row.is_ours)
    act(admin, "tickets_respondent", "mark_verified", row.pk)
    assert Respondent.objects.get(pk=row.pk).verified_at is None
    agree(second, waiting().pk)
    assert Respondent.objects.get(pk=row.pk).verified_at is not None
    assert admin.post(reverse("admin:tickets_respondent_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


# ---- Where notices go
def test_an_address_of_a_channel_is_off_until_two_agree(case: object, admin: Client, second: User) -> None:
    said = {"channel": "email", "audience": "supervisors", "typed": "duty@example.com", "language": "en", "enabled": "on"}
    admin.post(reverse("admin:tickets_channeladdress_add"), said)
    row = ChannelAddress.objects.get()
    assert not row.enabled
    agree(second, waiting().pk)
    row.refresh_from_db()
    assert row.enabled
    admin.post(reverse("admin:tickets_channeladdress_change", args=[row.pk]), {**said, "typed": "other@example.com"})
    row.refresh_from_db()
    assert not row.enabled
    assert waiting().target == str(row.pk)


# ---- Before the first case
def test_before_the_first_case_one_is_enough(admin: Client) -> None:
    draft = new_version(Policy.objects.get(version="2026.2"))
    act(admin, "sla_policy", "publish_draft", draft.pk)
    assert not Policy.objects.get(pk=draft.pk).is_draft
    assert not GuardedChange.objects.exists()
