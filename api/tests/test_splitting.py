"""Splitting through the API: the answer is the new ticket."""

import pytest

from api.tests.driving import ROOT
from tickets.tests.making import submitted

pytestmark = pytest.mark.django_db


def test_the_answer_is_the_new_ticket_with_the_times_of_the_old(as_, mei, lin, chen, clock):
    old = submitted(mei)
    clock("2026-03-12T10:00:00+08:00")
    address = f"{ROOT}tickets/{old.ref}/actions/split/"
    new = as_(lin).post(address, {"category": "billing_duplicate", "amount": "12.50"}, format="json")
    assert new.status_code == 200, new.json()
    before, shown = as_(lin).get(f"{ROOT}tickets/{old.ref}/").json(), new.json()
    assert shown["ref"] != old.ref and (shown["category"], shown["amount"], shown["owner"]) == ("billing_duplicate", "12.50", mei.email)
    for name in ("discovered_at", "reported_at", "refund_tier", "late_claim", "policy_version"):
        assert shown[name] == before[name], name
    assert as_(chen).post(address, {}, format="json").status_code == 403
    assert as_(lin).post(address, {"category": "nothing"}, format="json").status_code == 400
    assert as_(lin).post(address, {"categroy": "billing_duplicate"}, format="json").status_code == 400
