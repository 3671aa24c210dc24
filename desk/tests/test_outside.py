"""What the desk does about places outside: records, hands on, answers; and the page of what waits."""

from datetime import timedelta

import pytest
from django.utils import timezone

from desk.tests.reading import do
from tickets.models import Ticket
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
