"""Receivers of webhooks: from the first case on, where, of what and with which secret is changed by two admins, by every door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from accounts.guarded import agree, carry_out_due, propose, take_back
from accounts.models import GuardedChange, User
from api.models import Webhook, WebhookDelivery
from api.periodic import call_webhooks
from api.tests import test_webhooks
from api.tests.test_webhook_rotation import takes
from api.tests.test_webhooks import HOOKS, Receiver
from api.webhooks.dispatching import dispatch
from api.webhooks.signing import secret_of
from tickets.operations import file_ticket
from tickets.tests.making import filing

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
boss, receiver = test_webhooks.boss, test_webhooks.receiver
ADDED = "/admin/api/webhook/add/"


@pytest.fixture
def case(mei: User, clock: Any) -> object:
    clock("2026-03-10T20:00:00+08:00")
    dispatch(timezone.now())
    return file_ticket(mei, filing())


@pytest.fixture
def second(db: None) -> User:
    return User.objects.create_superuser("second@example.com", None, name="Second", language="en")


@pytest.fixture
def hook(case: object, receiver: Receiver, boss: User) -> Webhook:
    return Webhook.objects.create(url=receiver.url, types=["ticket.created"], created_by=boss, created_at=timezone.now())


def browser(person: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def waiting() -> GuardedChange:
    return GuardedChange.objects.get(state="waiting")


def test_a_receiver_made_over_the_api_is_told_nothing_before_another_agrees(
    as_: Any, boss: User, second: User, receiver: Receiver, case: object, mei: User, mailoutbox: Any
) -> None:
    url = f"{receiver.url}&key=geheim"
    answer = as_(boss).post(HOOKS, {"url": url, "types": ["ticket.created"]}, format="json")
    change = waiting()
    assert (answer.status_code, answer.json()["active"], answer.json()["proposal"]) == (201, False, change.pk)
    file_ticket(mei, filing("billing_duplicate"))
    call_webhooks(timezone.now())
    assert receiver.calls == []
    (letter,) = mailoutbox
    assert letter.to == [second.email]
    assert "127.0.0.1" in letter.body and "ticket.created" in letter.body and "geheim" not in letter.body
    page = browser(second).get(f"/admin/accounts/guardedchange/{change.pk}/change/").content.decode()
    assert "geheim" in page, "whoever agrees sees the whole address"
    browser(second).post(f"/admin/accounts/guardedchange/{change.pk}/agree/")
    assert Webhook.objects.get().active
    newest = file_ticket(mei, filing("scam_transfer"))
    call_webhooks(timezone.now())
    assert newest.ref in {each["ticket"]["ref"] for each in receiver.told("ticket.created")}


def test_a_receiver_made_in_the_admin_waits_likewise(boss: User, second: User, receiver: Receiver, case: object) -> None:
    page = browser(boss).post(ADDED, {"url": receiver.url, "types": ["ticket.created"], "active": "on"}, follow=True)
    assert "whsec_" in page.content.decode()
    assert not Webhook.objects.get().active
    agree(second, waiting().pk)
    assert Webhook.objects.get().active


@pytest.mark.parametrize(
    ("name", "value"), [("url", "https://evil.example/"), ("types", ["freeze.requested"]), ("active", True)]
)  # fmt: skip
def test_where_of_what_and_that_it_is_on_are_changed_by_two(
    as_: Any, boss: User, second: User, hook: Webhook, name: str, value: object, monkeypatch: Any
) -> None:
    monkeypatch.setattr("api.webhooks.guarding.address_problem", lambda url: "")
    monkeypatch.setattr("api.views.webhooks.address_problem", lambda url: "")
    Webhook.objects.update(active=name != "active", off_at=timezone.now() if name == "active" else None)
    before = Webhook.objects.values().get()
    answer = as_(boss).patch(f"{HOOKS}{hook.public_id}/", {name: value}, format="json")
    assert (answer.status_code, answer.json()["proposal"]) == (202, waiting().pk)
    assert Webhook.objects.values().get() == before
    GuardedChange.objects.all().delete()
    sent: dict[str, object] = {"url": hook.url, "types": hook.types, "active": "on", name: value}
    browser(boss).post(f"/admin/api/webhook/{hook.pk}/change/", sent)
    assert getattr(Webhook.objects.get(), name) == before[name]
    agree(second, waiting().pk)
    assert getattr(Webhook.objects.get(), name) == value
    assert Webhook.objects.get().off_at is None


def test_what_is_said_again_as_it_stands_waits_for_nobody(as_: Any, boss: User, hook: Webhook) -> None:
    answer = as_(boss).patch(f"{HOOKS}{hook.public_id}/", {"url": hook.url, "active": True}, format="json")
    assert (answer.status_code, answer.json()["proposal"], GuardedChange.objects.count()) == (200, None, 0)


def test_switching_off_and_deleting_is_done_at_once_and_told(as_: Any, boss: User, second: User, hook: Webhook, mailoutbox: Any) -> None:
    address = f"{HOOKS}{hook.public_id}/"
    assert as_(boss).patch(address, {"active": False}, format="json").status_code == 200
    assert not Webhook.objects.get().active
    assert [letter.to for letter in mailoutbox] == [[second.email]]
    assert "boss@example.com has switched off the webhook to 127.0.0.1." in mailoutbox[0].body
    assert LogEntry.objects.filter(user=boss, object_id=str(hook.pk)).exists()
    assert as_(boss).delete(address).status_code == 204
    other = Webhook.objects.create(url=hook.url, types=[], created_by=boss, created_at=timezone.now())
    third = Webhook.objects.create(url=hook.url, types=[], created_by=boss, created_at=timezone.now())
    browser(boss).post(f"/admin/api/webhook/{other.pk}/change/", {"url": hook.url, "types": ["ticket.created"]})
    assert not Webhook.objects.get(pk=other.pk).active
    assert waiting().new == {"types": ["ticket.created"]}, "beside it, what is told waits"
    browser(boss).post(f"/admin/api/webhook/{other.pk}/delete/", {"post": "yes"})
    browser(boss).post("/admin/api/webhook/", {"action": "delete_selected", "_selected_action": [third.pk], "post": "yes"})
    assert not Webhook.objects.exists()
    assert sum("has deleted the webhook" in letter.body for letter in mailoutbox) == 3


def test_a_secret_is_changed_by_two_and_one_that_was_refused_never_signs(
    as_: Any, boss: User, second: User, hook: Webhook, receiver: Receiver
) -> None:
    old, address = secret_of(hook), f"{HOOKS}{hook.public_id}/rotate/"
    answer = as_(boss).post(address, {"overlap_hours": 0}, format="json")
    refused = answer.json()["secret"]
    assert (answer.status_code, answer.json()["proposal"]) == (202, waiting().pk)
    assert secret_of(Webhook.objects.get()) == old
    take_back(second, waiting().pk)
    new = as_(boss).post(address, {"overlap_hours": 24}, format="json").json()["secret"]
    assert len({old, refused, new}) == 3
    agree(second, waiting().pk)
    as_(boss).post(f"{HOOKS}{hook.public_id}/ping/")
    assert [takes(receiver.calls[-1], each) for each in (old, refused, new)] == [True, False, True]


def test_a_browser_shows_the_second_factor_anew(as_: Any, boss: User, second: User, hook: Webhook, monkeypatch: Any) -> None:
    monkeypatch.setattr(User, "is_factor_fresh", property(lambda user: False))
    answer = as_(boss).post(f"{HOOKS}{hook.public_id}/rotate/", {"overlap_hours": 0}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "FRESH_FACTOR_REQUIRED")
    assert not GuardedChange.objects.exists()


def test_a_lone_admins_change_waits_a_day_and_is_told_to_all_staff(
    as_: Any, boss: User, hook: Webhook, lin: User, mailoutbox: Any, clock: Any
) -> None:
    Webhook.objects.update(active=False)
    as_(boss).patch(f"{HOOKS}{hook.public_id}/", {"active": True}, format="json")
    assert lin.email in {letter.to[0] for letter in mailoutbox}
    assert carry_out_due(timezone.now()) == 0
    clock(timezone.now() + timedelta(days=1, seconds=1))
    assert carry_out_due(timezone.now()) == 1
    assert Webhook.objects.get().active


def test_an_address_that_became_ours_meanwhile_is_refused(boss: User, second: User, hook: Webhook, settings: Any) -> None:
    change = propose(boss, "webhook", hook, {"url": "http://127.0.0.1:9/"})
    settings.WEBHOOKS_TO_PRIVATE = False
    assert agree(second, change.pk).state == GuardedChange.State.REFUSED
    assert Webhook.objects.get().url == hook.url


def test_before_the_first_case_one_is_enough(as_: Any, boss: User, receiver: Receiver) -> None:
    answer = as_(boss).post(HOOKS, {"url": receiver.url, "types": ["ticket.created"]}, format="json").json()
    assert (answer["active"], answer["proposal"]) == (True, None)
    hook = Webhook.objects.get()
    assert as_(boss).patch(f"{HOOKS}{hook.public_id}/", {"types": ["ping"]}, format="json").status_code in (200, 400)
    assert as_(boss).post(f"{HOOKS}{hook.public_id}/rotate/", {"overlap_hours": 1}, format="json").status_code == 200
    assert secret_of(Webhook.objects.get()) != answer["secret"]
    assert not GuardedChange.objects.exists() and not WebhookDelivery.objects.exists()
