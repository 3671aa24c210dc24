"""One bad row never stops the rest: it is set aside with its reference, tried again, and the others go on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from lib.duties.models import DutyRun, Failure
from lib.duties.running import run_duty
from tickets.incidents.mass_actions import carry_incident_runs
from tickets.models import Event, Notification, Ticket, Timer
from tickets.operations import file_ticket
from tickets.periodic import call_adapters, fire_due_timers, housekeeping_task
from tickets.tests.making import filing

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


@pytest.fixture
def two(mei, wang, clock):
    """A complaint whose first-reply timer makes no sense, and a sound one; both are due."""
    clock("2026-07-06T09:00:00+08:00")
    bad, good = file_ticket(mei, filing()), file_ticket(wang, filing())
    Timer.objects.filter(ticket=bad, key="first_response").update(warn_at=5, next_at="2026-07-06T01:00:01Z")
    clock("2026-07-08T12:00:00+08:00")
    return bad, good


def breaches(ticket: Ticket) -> int:
    return Event.objects.filter(ticket=ticket, kind="timer.breached").count()


def test_a_timer_that_cannot_be_settled_is_set_aside_and_the_others_fire(two) -> None:
    bad, good = two
    assert fire_due_timers(timezone.now()) > 0
    assert breaches(good) == 1
    assert not breaches(bad)
    row = Failure.objects.get()
    assert (row.duty, row.reference, row.attempts) == ("tickets.fire_due_timers", bad.ref, 1)
    assert "TypeError" in row.error
    assert row.next_at > timezone.now()


def test_it_is_tried_again_later_and_later_and_forgotten_once_it_is_mended(two, clock) -> None:
    bad, _good = two
    fire_due_timers(timezone.now())
    fire_due_timers(timezone.now())
    assert Failure.objects.get().attempts == 1, "not before its time"
    clock(Failure.objects.get().next_at)
    fire_due_timers(timezone.now())
    assert Failure.objects.get().attempts == 2
    timer = Timer.objects.get(ticket=bad, key="first_response")
    Timer.objects.filter(pk=timer.pk).update(next_at=timer.due_at, warn_at=[])
    clock(Failure.objects.get().next_at)
    fire_due_timers(timezone.now())
    assert breaches(bad) == 1
    assert not Failure.objects.exists()


def test_more_bad_rows_than_a_batch_holds_are_no_wall(two, clock, monkeypatch) -> None:
    _bad, good = two
    monkeypatch.setattr("tickets.periodic.BATCH", 1)
    fire_due_timers(timezone.now())
    assert breaches(good) == 1


def test_lists_show_the_others(two, client, lin) -> None:
    bad, good = two
    client.force_login(lin)
    answer = client.get("/api/v1/tickets/")
    assert answer.status_code == 200
    assert {row["ref"] for row in answer.json()["results"]} >= {bad.ref, good.ref}
    page = client.get("/desk/")
    assert page.status_code == 200
    assert bad.ref in page.content.decode()
    assert good.ref in page.content.decode()


def test_the_customers_own_list_shows_the_others(two, client, mei) -> None:
    bad, _good = two
    client.force_login(mei)
    page = client.get("/tickets/")
    assert page.status_code == 200
    assert bad.ref in page.content.decode()


def test_a_duty_that_fails_keeps_none_of_its_brothers(two, monkeypatch) -> None:
    def broken(now):
        raise RuntimeError("on purpose")

    broken.__module__, broken.__name__ = "tickets.x", "recompute_provisional_dates"
    monkeypatch.setattr("tickets.periodic.recompute_provisional_dates", broken)
    housekeeping_task()
    ran = set(DutyRun.objects.exclude(ended_at=None).values_list("name", flat=True))
    assert {"tickets.end_lapsed_holds", "tickets.forget_accounts", "tickets.bind_proven_contacts"} <= ran
    row = Failure.objects.get()
    assert (row.duty, row.key, row.reference) == ("tickets.recompute_provisional_dates", "", "tickets.recompute_provisional_dates")
    assert DutyRun.objects.get(name="tickets.recompute_provisional_dates").ended_at is None
    monkeypatch.undo()
    housekeeping_task()
    assert not Failure.objects.exists()


def test_a_notice_whose_members_cannot_be_found_keeps_no_other(two, monkeypatch, zhou) -> None:
    from tickets.delivery import groups

    bad, good = two
    now = timezone.now()
    common = {"audience": Role.FREEZE_OPERATOR, "kind": "freeze_requested", "urgent": True, "created_at": now, "not_before": now}
    Notification.objects.bulk_create([Notification(ticket=ticket, **common) for ticket in two])
    known = groups._copies
    monkeypatch.setattr(groups, "_copies", lambda row: known(row) if row.ticket_id == good.pk else 1 / 0)
    Notification.objects.filter(ticket=bad).exclude(kind="freeze_requested").delete()
    groups.turn_to_members(now)
    assert Notification.objects.filter(ticket=good, recipient=zhou).exists()
    assert Failure.objects.get().reference.startswith(bad.ref)


def test_who_calls_while_it_runs_has_it_run_once_more() -> None:
    rounds = []

    def duty(now) -> int:
        rounds.append(now)
        if len(rounds) == 1:
            assert run_duty(duty, now) is None, "one at a time"
        return 1

    assert run_duty(duty, timezone.now()) == 2
    assert len(rounds) == 2
    assert run_duty(duty, timezone.now()) == 1


def test_who_calls_in_the_second_round_has_a_third() -> None:
    """Only whoever has had its time leaves that to the next sweep."""
    rounds = []

    def duty(now) -> int:
        rounds.append(now)
        if len(rounds) < 3:
            assert run_duty(duty, now) is None
        return 1

    assert run_duty(duty, timezone.now()) == 3


def test_a_dead_runner_is_followed_when_its_lease_is_over(clock) -> None:
    now = clock("2026-07-06T09:00:00+08:00")
    DutyRun.objects.create(name="tickets.call_adapters", held_until=now + timedelta(seconds=60), token="dead")
    assert run_duty(call_adapters, now) is None
    clock(now + timedelta(seconds=61))
    assert run_duty(call_adapters, timezone.now()) == 0


def test_an_act_of_many_that_breaks_on_one_complaint_goes_on_with_the_others(two, monkeypatch, zhao) -> None:
    from tickets.incidents import mass_actions
    from tickets.models import Incident, IncidentOutcome, IncidentRun

    bad, good = two
    now = timezone.now()
    incident = Incident.objects.create(day=now.date(), policy_id=bad.policy_id, category=bad.category, began_at=now, suggested_at=now)
    run = IncidentRun.objects.create(incident=incident, by=zhao, action="extend", data={}, created_at=now)
    IncidentOutcome.objects.bulk_create([IncidentOutcome(run=run, ticket=ticket) for ticket in two])
    known = mass_actions._outcome
    monkeypatch.setattr(mass_actions, "_outcome", lambda run, row: known(run, row) if row.ticket_id == good.pk else 1 / 0)
    assert carry_incident_runs(now) == 1
    assert run.outcomes.get(ticket=good).code == "unlinked"
    assert run.outcomes.get(ticket=bad).code == ""
    assert Failure.objects.get().reference.startswith(bad.ref)


def test_an_event_that_cannot_be_read_keeps_no_webhook_from_the_others(two, monkeypatch, zhao) -> None:
    from api.models import Webhook, WebhookDelivery
    from api.webhooks import dispatching

    bad, good = two
    now = timezone.now()
    dispatching.dispatch(now)
    Webhook.objects.create(url="https://hook.example/", types=["ticket.created"], created_by=zhao, created_at=now - timedelta(days=9))
    events = {ticket.pk: Event.objects.filter(ticket=ticket).earliest("pk").pk for ticket in two}
    monkeypatch.setattr(dispatching, "_floor", lambda now, newest: 0)
    known = dispatching._rows
    monkeypatch.setattr(
        dispatching, "_rows", lambda hooks, lines, now: 1 / 0 if any(x[0] == events[bad.pk] for x in lines) else known(hooks, lines, now)
    )
    dispatching.dispatch(now)
    assert WebhookDelivery.objects.filter(event=events[good.pk]).exists()
    assert Failure.objects.get().reference.startswith(bad.ref)
    Failure.objects.update(next_at=now)
    monkeypatch.setattr(dispatching, "_rows", known)
    dispatching.dispatch(now)
    assert WebhookDelivery.objects.filter(event=events[bad.pk]).exists()
    assert not Failure.objects.exists()


def test_a_letter_that_cannot_be_sent_from_an_outbox_waits_for_its_next_try(two, monkeypatch, settings) -> None:
    """What raises is a failed try: its pause is kept, and the next row has its turn."""
    from accounts import sms
    from accounts.models import TextMessage

    settings.SMS_GATEWAY_URL = "http://gateway.example"
    now = timezone.now()
    rows = [TextMessage.objects.create(number=f"+861370000000{n}", sealed="x", created_at=now, next_at=now) for n in range(2)]
    tried = []

    def send(pk, at):
        tried.append(pk)
        sms.OUTBOX.claim(pk, at)
        raise ValueError("on purpose")

    sms.OUTBOX.run(now, send)
    assert tried == [row.pk for row in rows]
    assert {row.next_at for row in TextMessage.objects.all()} == {now + sms.PAUSES[0]}
