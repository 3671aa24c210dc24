"""What the desk does about places outside: records, hands on, answers; and the page of what waits."""

from datetime import timedelta

import pytest
from django.utils import timezone

from desk.tests.reading import do
from tickets.models import Ticket
from tickets.operations import perform
from tickets.tests.stages import MAKERS

pytestmark = pytest.mark.django_db


def local(**ahead: int) -> str:
    """What a datetime-local input holds, in Beijing."""
    return timezone.localtime(timezone.now() + timedelta(**ahead), timezone.get_fixed_timezone(480)).strftime("%Y-%m-%dT%H:%M")


RECORDS = [
    ("rejected", "record_outside_filing", {"target": "pboc_12363", "filed_at": {"days": -1}, "reference": "P-1"}, "escalated"),
    ("closed", "record_outside_filing", {"target": "litigation", "filed_at": {"days": -1}}, "closed"),
    (
        "closed",
        "record_transfer",
        {"authority": "police", "number": "Z-1", "received_at": {"days": -1}, "reply_by": {"days": 2}},
        "closed",
    ),
]


@pytest.mark.parametrize(("status", "action", "typed", "leads_to"), RECORDS)
def test_what_happened_outside_is_recorded_by_a_form(status, action, typed, leads_to, people, at, clock) -> None:
    ref = MAKERS[status](people).ref
    typed = {name: local(**value) if isinstance(value, dict) else value for name, value in typed.items()}
    assert do(at(people.agent), ref, action, **typed).status_code == 302
    assert Ticket.objects.get(ref=ref).status == leads_to


def test_what_waits_outside_is_listed_with_its_clock(people, at, clock) -> None:
    agent = at(people.agent)
    assert "Nothing waits to be handed on." in agent.get("/desk/outside/", headers={"accept-language": "en"}).content.decode()
    ticket = MAKERS["rejected"](people)
    perform(people.owner, ticket.ref, "escalate", {"target": "payment_channel"})
    perform(people.owner, ticket.ref, "record_outside_filing", {"target": "regulator_12315", "filed_at": timezone.now().isoformat()})
    letter = {"authority": "pboc_12363", "number": "京银诉 18", "received_at": timezone.now().isoformat()}
    perform(people.agent, ticket.ref, "record_transfer", letter)
    page = agent.get("/desk/outside/").content.decode()
    assert page.count(ticket.ref) >= 2 and "京银诉 18" in page
    assert f"/desk/tickets/{ticket.ref}/#act-record_hand_over" in page
    assert "#act-record_external_answer" not in page
    clock(timezone.now() + timedelta(days=20))
    agent = at(people.agent)  # signed in anew
    assert f"/desk/tickets/{ticket.ref}/#act-record_external_answer" in agent.get("/desk/outside/").content.decode()
    perform(people.agent, ticket.ref, "record_hand_over", {"target": "payment_channel", "reference": "CH-1"})
    assert "#act-record_hand_over" not in agent.get("/desk/outside/").content.decode()


def test_the_list_costs_the_same_for_many(people, at, clock, django_assert_max_num_queries) -> None:
    for _ in range(4):
        perform(people.owner, MAKERS["rejected"](people).ref, "escalate", {"target": "payment_channel"})
    agent = at(people.agent)
    agent.get("/desk/outside/")
    with django_assert_max_num_queries(14):
        agent.get("/desk/outside/")
