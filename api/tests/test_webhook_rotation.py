"""A webhook's secret can be changed, what it missed is sent, and nobody learns by chance that it is off."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from api.models import Webhook, WebhookDelivery
from api.periodic import call_webhooks
from api.tests.test_webhooks import HOOKS, boss, hook, receiver  # noqa: F401
from api.webhooks.announcing import WARN_AFTER, announce
from api.webhooks.sending import PAUSES
from api.webhooks.signing import secret_of
from api.webhooks.switching import BY_HAND, switch_off
from lib.standard_webhooks import SignatureRefused, verify
from tickets.operations import file_ticket
from tickets.tests.making import filing

pytestmark = pytest.mark.django_db


def takes(call, secret: str) -> bool:
    headers, body = call
    try:
        return bool(verify([secret], headers, body, timezone.now()))
    except SignatureRefused:
        return False


def test_while_a_secret_changes_both_sign_in_one_header(as_, boss, hook, receiver, mei, clock):  # noqa: F811
    clock("2026-03-10T20:52:00+08:00")
    Webhook.objects.update(created_at=timezone.now())
    old, address = secret_of(hook), f"{HOOKS}{hook.public_id}/rotate/"
    assert as_(boss).post(address, {"overlap_hours": 73}, format="json").json()["errors"].keys() == {"overlap_hours"}
    assert as_(mei).post(address, {"overlap_hours": 1}, format="json").status_code == 403
    answer = as_(boss).post(address, {"overlap_hours": 24}, format="json", HTTP_IDEMPOTENCY_KEY="k").json()
    new = answer["secret"]
    assert new != old
    assert answer["old_secret_until"] == "2026-03-11T20:52:00+08:00"
    assert as_(boss).post(address, {"overlap_hours": 24}, format="json", HTTP_IDEMPOTENCY_KEY="k").json()["secret"] is None
    as_(boss).post(f"{HOOKS}{hook.public_id}/ping/")
    assert [takes(receiver.calls[-1], each) for each in (old, new)] == [True, True]
    clock("2026-03-11T20:52:01+08:00")
    as_(boss).post(f"{HOOKS}{hook.public_id}/ping/")
    assert [takes(receiver.calls[-1], each) for each in (old, new)] == [False, True]
    as_(boss).post(address, {"overlap_hours": 0}, format="json")
    as_(boss).post(f"{HOOKS}{hook.public_id}/ping/")
    assert not takes(receiver.calls[-1], new)


def test_what_was_missed_is_sent_and_what_was_taken_is_not(as_, boss, hook, receiver, mei):  # noqa: F811
    address, since = f"{HOOKS}{hook.public_id}/replay/", timezone.now()
    Webhook.objects.update(created_at=since - timedelta(days=1))
    call_webhooks(timezone.now())  # the mark
    taken = file_ticket(mei, filing()).ref
    call_webhooks(timezone.now())
    switch_off(Webhook.objects.all(), BY_HAND)
    refused = as_(boss).post(address, {"since": since.isoformat()}, format="json")
    assert refused.status_code == 400
    missed = file_ticket(mei, filing("billing_duplicate")).ref
    call_webhooks(timezone.now())
    Webhook.objects.update(active=True)
    receiver.calls.clear()
    assert as_(boss).post(address, {"since": since.isoformat()}, format="json").json()["waiting"] >= 1
    call_webhooks(timezone.now())
    told = {body["ticket"]["ref"] for body in receiver.told()}
    assert (missed in told, taken in told) == (True, False)
    long_ago = (timezone.now() - timedelta(days=31)).isoformat()
    assert as_(boss).post(address, {"since": long_ago}, format="json").json()["errors"].keys() == {"since"}


def test_admins_hear_before_and_when_it_is_switched_off(hook, receiver, mei, boss, clock):  # noqa: F811
    now = clock("2026-03-10T20:52:00+08:00")
    Webhook.objects.update(created_at=now, url=f"{receiver.url}&key=geheim", types=["ticket.created"])
    boss.language = "en"
    boss.save()
    receiver.status = 500
    call_webhooks(now)  # the mark
    file_ticket(mei, filing())
    heard = []
    for _try in range(len(PAUSES) + 1):
        mail.outbox.clear()
        call_webhooks(timezone.now())
        heard.append([letter.subject for letter in mail.outbox if letter.to == [boss.email]])
        waiting = WebhookDelivery.objects.filter(state="waiting").order_by("-next_at").first()
        if waiting:
            clock(waiting.next_at + timedelta(seconds=1))
    assert heard[WARN_AFTER - 1] == ["A webhook will be switched off"]
    assert heard[-1] == ["A webhook was switched off"]
    assert sum(map(len, heard)) == 2
    assert "geheim" not in mail.outbox[-1].body
    assert announce(timezone.now()) == 0
    assert not Webhook.objects.get().active


def test_a_letter_that_could_not_leave_is_written_again(hook, boss, monkeypatch):  # noqa: F811
    Webhook.objects.update(active=False, off_at=timezone.now())

    def fails(*_args: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr("api.webhooks.announcing.send_mail", fails)
        assert announce(timezone.now()) == 0
    assert announce(timezone.now()) == 1
    assert [letter.to for letter in mail.outbox] == [[boss.email]]
