"""A mobile number is as good as an address where colleagues look for a complaint, split one, and erase a person."""

import pytest
from django.utils import timezone

from accounts.models import Phone
from accounts.phones import make_with
from evidence.people.erasure import subject_of
from tickets.cases.search import search
from tickets.models import Ticket
from tickets.operations import file_ticket
from tickets.operations.binding import contact_of, person_of
from tickets.tests.making import filing

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
NUMBER = "+8613900139000"


@pytest.fixture(autouse=True)
def gateway(settings):
    settings.SMS_GATEWAY_URL = "log:"


def found(typed):
    return list(search(Ticket.objects.all(), typed))


def test_a_complaint_is_found_by_its_owner_s_number_however_it_is_written(mei):
    mine = file_ticket(mei, filing("billing_duplicate"))
    Phone.objects.create(user=mei, number=NUMBER, verified_at=timezone.now())
    assert found("139 0013 9000") == found(NUMBER) == found("139-0013-9000") == [mine]
    assert found("13900139001") == []


def test_a_complaint_filed_for_a_number_that_nobody_has_proven_is_found_by_it(lin):
    filed = file_ticket(lin, {**filing("billing_duplicate"), "on_behalf_of": "13900139000", "channel": "phone"})
    assert found("13900139000") == [filed]
    assert contact_of(filed) == NUMBER


def test_whoever_has_only_a_number_is_found_again_by_it(mei, sun):
    newcomer = make_with(NUMBER)
    mine = file_ticket(newcomer, filing("billing_duplicate"))
    assert person_of(contact_of(mine)) == newcomer
    assert subject_of(sun, "139 0013 9000") == newcomer
    assert contact_of(file_ticket(mei, filing("billing_amount_mismatch"))) == mei.email
