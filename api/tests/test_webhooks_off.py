"""A webhook that is switched off or deleted: nothing waits for it for ever, and by hand it can still be called."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from api.models import Webhook, WebhookDelivery
from api.periodic import call_webhooks, forget_deliveries
from api.tests.test_webhooks import HOOKS, boss, hook, receiver  # noqa: F401
from api.webhooks.dispatching import dispatch
from api.webhooks.event_types import TYPES
from api.webhooks.sending import LEASE, send, send_waiting
from api.webhooks.switching import BY_HAND, GONE_AWAY, switch_off
from lib.outbound_http import HttpAnswer
from tickets.operations import file_ticket
from tickets.tests.making import filing

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(hook, mei) -> list[WebhookDelivery]:  # noqa: F811
    """Two calls that nobody has sent yet, and one of another webhook."""
    other = Webhook.objects.create(url="https://example.com/", types=list(TYPES), created_by=hook.created_by, created_at=hook.created_at)
    file_ticket(mei, filing())
    dispatch(timezone.now())
    assert other.deliveries.filter(state="waiting").count() == 2
    return list(hook.deliveries.order_by("pk"))


def states(hook) -> set[tuple]:  # noqa: F811
    return set(hook.deliveries.values_list("state", "error", "next_at"))


def test_switched_off_over_the_api_what_waits_is_cancelled_with_the_reason(as_, boss, hook, receiver, waiting):  # noqa: F811
    address = f"{HOOKS}{hook.public_id}/"
    assert as_(boss).patch(address, {"active": False}, format="json").status_code == 200
    assert states(hook) == {("cancelled", BY_HAND, None)}
    assert WebhookDelivery.objects.exclude(webhook=hook).filter(state="waiting").count() == 2, "the other's wait on"
    listed = as_(boss).get(f"{address}deliveries/").json()["results"]
    assert {(each["state"], each["error"]) for each in listed} == {("cancelled", BY_HAND)}
    as_(boss).patch(address, {"active": True}, format="json")
    call_webhooks(timezone.now())
    assert receiver.calls == [], "switched on again, it is told of what happens from then on"
    assert forget_deliveries(timezone.now() + timedelta(days=31)) == 2


def test_switched_off_in_the_admin_it_is_the_same_and_said(client, boss, hook, waiting):  # noqa: F811
    client.force_login(boss)
    page = client.post(
        f"/admin/api/webhook/{hook.pk}/change/", {"url": hook.url, "types": hook.types}, follow=True, headers={"Accept-Language": "en"}
    ).content.decode()
    assert "2 waiting calls are cancelled." in page
    assert states(hook) == {("cancelled", BY_HAND, None)}
    shown = client.get("/admin/api/webhookdelivery/?state__exact=cancelled").content.decode()
    assert shown.count(BY_HAND) == 2


def test_a_receiver_that_is_gone_leaves_nothing_waiting(hook, receiver, waiting):  # noqa: F811
    receiver.status = 410
    send_waiting(timezone.now())
    assert not Webhook.objects.get(pk=hook.pk).active
    assert {(state, error) for state, error, _next in states(hook)} == {("failed", "HTTP 410"), ("cancelled", GONE_AWAY)}


def test_by_hand_it_is_sent_all_the_same_but_once(as_, boss, client, hook, receiver, waiting):  # noqa: F811
    switch_off(Webhook.objects.filter(pk=hook.pk), BY_HAND)
    first, second = waiting
    again = as_(boss).post(f"{HOOKS}{hook.public_id}/deliveries/{first.public_id}/send/", format="json")
    assert again.json()["state"] == "sent"
    receiver.status = 500
    client.force_login(boss)
    client.post("/admin/api/webhookdelivery/", {"action": "send_again", "_selected_action": [second.pk]})
    call_webhooks(timezone.now())
    second.refresh_from_db()
    assert (second.state, second.error, second.next_at) == ("failed", "HTTP 500", None)
    assert len(receiver.calls) == 2


def test_what_was_under_way_is_told_as_it_was(hook, receiver, waiting, monkeypatch):  # noqa: F811
    """Switched off while the receiver takes it: sent is sent."""
    from api.webhooks import sending

    def call(*args):
        switch_off(Webhook.objects.filter(pk=hook.pk), BY_HAND)
        return HttpAnswer(204)

    monkeypatch.setattr(sending, "post", call)
    assert send(waiting[0].pk, timezone.now()) is True
    waiting[0].refresh_from_db()
    assert (waiting[0].state, waiting[0].error) == ("sent", "")


def test_deleted_its_calls_are_gone_even_those_under_way(client, boss, hook, receiver, waiting, monkeypatch):  # noqa: F811
    from api.webhooks import sending

    client.force_login(boss)

    def call(*args):
        assert client.post(f"/admin/api/webhook/{hook.pk}/delete/", {"post": "yes"}).status_code == 302
        return HttpAnswer(500, "HTTP 500")

    monkeypatch.setattr(sending, "post", call)
    assert send(waiting[0].pk, timezone.now()) is False
    assert not WebhookDelivery.objects.filter(pk__in=[each.pk for each in waiting]).exists()
    assert send(waiting[1].pk, timezone.now() + LEASE) is None


def test_no_row_is_made_for_one_that_is_off(hook, mei):  # noqa: F811
    switch_off(Webhook.objects.filter(pk=hook.pk), BY_HAND)
    file_ticket(mei, filing())
    dispatch(timezone.now())
    assert not WebhookDelivery.objects.exists()
