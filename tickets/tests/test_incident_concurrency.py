"""Eight at once on one incident: one suggestion, each notice and each step once a ticket. Real threads, real locks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tickets.incidents import begin_incident_run, link_candidates
from tickets.incidents.detection import suggest_incidents
from tickets.incidents.mass_actions import carry_incident_runs
from tickets.incidents.notices import send_incident_notices
from tickets.models import Event, Incident, IncidentDelivery, IncidentLink, IncidentOutcome, Message, Notification
from tickets.operations import perform
from tickets.tests.reports import an_open_incident, news, reports
from tickets.tests.test_concurrency import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
CROWD = 8


@pytest.fixture(autouse=True)
def _nothing_in_the_background(monkeypatch):
    monkeypatch.setattr("tickets.cases.case.enqueue", lambda *_: None)
    monkeypatch.setattr("tickets.operations.intake_clocks.enqueue", lambda *_: None)
    for module in ("operations", "mass_actions"):
        monkeypatch.setattr(f"tickets.incidents.{module}.enqueue", lambda *_: None)


def test_eight_sweeps_suggest_one_incident(lasting):
    reports(5)
    now = timezone.now()
    assert at_once([lambda: suggest_incidents(now) for _ in range(CROWD)]) == {"ok": CROWD}
    assert Incident.objects.count() == 1
    assert Notification.objects.filter(kind="incident_suggested").count() == 2


def test_eight_senders_tell_everybody_once(lasting, zhao, monkeypatch):
    monkeypatch.setattr("tickets.incidents.notices.BATCH", 7)
    reports(30)
    news(zhao, an_open_incident(zhao))
    now = timezone.now()
    assert at_once([lambda: send_incident_notices(now) for _ in range(CROWD)]) == {"ok": CROWD}
    send_incident_notices(now)
    assert Message.objects.count() == IncidentDelivery.objects.count() == 30
    assert Event.objects.filter(kind="incident_notice").count() == 30


def test_eight_workers_take_each_step_once(lasting, zhao, lin):
    reports(20)
    run = begin_incident_run(lin, an_open_incident(zhao).ref, {"action": "waive_wait", "reason": "已修复"})
    assert at_once([lambda: carry_incident_runs(timezone.now()) for _ in range(CROWD)]) == {"ok": CROWD}
    assert IncidentOutcome.objects.filter(run=run, code="done").count() == 20
    assert Event.objects.filter(kind="waive_wait").count() == 20
    run.refresh_from_db()
    assert run.ended_at is not None


def test_eight_clicks_link_each_ticket_once(lasting, zhao, lin):
    incident = an_open_incident(zhao)
    reports(12)
    assert at_once([lambda: link_candidates(lin, incident.ref) for _ in range(CROWD)]) == {"ok": CROWD}
    assert IncidentLink.objects.count() == Event.objects.filter(kind="incident_linked").count() == 12


def test_a_notice_and_acts_on_its_tickets_do_not_block_each_other(lasting, zhao, lin):
    tickets = reports(10)
    news(zhao, an_open_incident(zhao))
    later = timezone.now() + timedelta(seconds=1)
    acts = [lambda ref=ticket.ref: perform(lin, ref, "waive_wait", {"reason": "x"}) for ticket in tickets]
    assert at_once([*acts, *[lambda: send_incident_notices(later)] * 4]) == {"ok": 14}
    send_incident_notices(later)
    assert Message.objects.count() == 10
