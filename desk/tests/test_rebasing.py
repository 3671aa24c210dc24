"""Re-basing at the desk: a supervisor looks, confirms exactly what was shown, and no promise becomes worse."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from sla.models import Policy
from tickets.models import Category, Event
from tickets.policy.publishing import new_version, publish_version
from tickets.tests.making import submitted

pytestmark = pytest.mark.django_db
PREVIEW, CONFIRM = reverse("desk:rebase"), reverse("desk:rebase_confirm")


@pytest.fixture
def running(mei, clock):
    """Two complaints under 2026.2 and a version after it: one kind gets a shorter limit, the other a longer one."""
    clock("2026-07-06T10:00:00+08:00")
    tickets = [submitted(mei, "billing_unauthorized"), submitted(mei, "mp_topup_stolen")]
    draft = new_version(Policy.objects.get(pk="2026.2"))
    Category.objects.filter(policy=draft, key="billing_unauthorized").update(review_limit_wd=5)
    Category.objects.filter(policy=draft, key="mp_topup_stolen").update(review_limit_wd=30)
    publish_version(draft, timezone.now())
    clock("2026-07-06T11:00:00+08:00")
    return tickets


def page(client, address: str = PREVIEW) -> str:
    response = client.get(address, headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode()


def due(ticket):
    return ticket.timers.get(key="review_limit").due_at


def test_a_supervisor_sees_what_would_move_and_confirms_it(client, zhao, running) -> None:
    client.force_login(zhao)
    sooner, later = running
    promised = {ticket.pk: due(ticket) for ticket in running}
    events = Event.objects.count()
    text = page(client)
    assert "2 running complaints are under another version." in text
    assert sooner.ref in text
    assert "stays as promised" in text
    assert Event.objects.count() == events, "looking writes nothing"
    refs = re.search(r'name="refs" value="([^"]+)"', text)
    assert refs is not None
    response = client.post(CONFIRM, {"version": "2026.3", "refs": refs[1]}, follow=True, headers={"accept-language": "en"})
    assert "1 deadline has moved." in response.content.decode()
    for ticket in running:
        ticket.refresh_from_db()
        assert ticket.policy_id == "2026.3"
        assert ticket.events.get(kind="policy_rebased").actor == zhao
    assert due(sooner) < promised[sooner.pk]
    assert due(later) == promised[later.pk], "never silently worsened"
    assert "0 running complaints" in page(client)


def test_only_what_was_shown_is_put_under_it(client, zhao, running) -> None:
    client.force_login(zhao)
    client.post(CONFIRM, {"version": "2026.3", "refs": f"{running[0].ref} TS-nobody"})
    for ticket in running:
        ticket.refresh_from_db()
    assert [ticket.policy_id for ticket in running] == ["2026.3", "2026.2"]


def test_a_draft_or_an_unknown_version_is_not_found(client, zhao, running) -> None:
    client.force_login(zhao)
    draft = new_version(Policy.objects.get(pk="2026.3"))
    for version in (draft.pk, "1999"):
        assert client.get(PREVIEW, {"version": version}).status_code == 404
        assert client.post(CONFIRM, {"version": version, "refs": running[0].ref}).status_code == 404


def test_it_is_the_supervisors(client, lin, mei, running) -> None:
    assert client.get(PREVIEW).status_code == 302
    for person in (lin, mei):
        client.force_login(person)
        assert client.get(PREVIEW).status_code == 403
        assert client.post(CONFIRM, {"version": "2026.3", "refs": running[0].ref}).status_code == 403
    assert not Event.objects.filter(kind="policy_rebased").exists()


def test_confirming_is_no_get(client, zhao, running) -> None:
    client.force_login(zhao)
    assert client.get(CONFIRM).status_code == 405


def test_everything_that_would_differ_is_shown_not_the_deadlines_alone(client, zhao, mei, clock) -> None:
    clock("2026-07-06T10:00:00+08:00")
    submitted(mei, "billing_unauthorized")
    draft = new_version(Policy.objects.get(pk="2026.2"))
    Policy.objects.filter(pk=draft.pk).update(countersign_threshold="250.00")
    draft.retention_rules.filter(kind="login_record").update(days=2000)
    publish_version(Policy.objects.get(pk=draft.pk), timezone.now())
    clock("2026-07-06T11:00:00+08:00")
    client.force_login(zhao)
    text = page(client)
    assert "What else differs from 2026.2" in text
    assert "countersign from" in text and "250" in text
    assert "Sign-in records" in text and "2000 days" in text
