"""Joining through the API: a preview first, then the answer is the one that goes on."""

import pytest

from api.tests.driving import ROOT
from tickets.models import Ticket
from tickets.operations import file_ticket
from tickets.tests.making import filing, submitted, under_review

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_the_answer_is_the_one_that_goes_on(as_, mei, lin, chen, clock):
    reviewed, other = under_review(mei, chen), file_ticket(mei, filing())
    agent = as_(lin)
    shown = agent.post(f"{ROOT}tickets/{reviewed.ref}/merge-preview/", {"into": other.ref}, format="json")
    assert shown.status_code == 200, shown.json()
    assert {name: shown.json()[name] for name in ("survivor", "closes")} == {"survivor": reviewed.ref, "closes": other.ref}
    assert {"kind": "status", "key": "evidence_collection"} in shown.json()["ends"]
    assert Ticket.objects.filter(status="closed").count() == 0
    answer = agent.post(f"{ROOT}tickets/{other.ref}/actions/merge/", {"into": reviewed.ref}, format="json")
    assert (answer.status_code, answer.json()["ref"], answer.json()["merged_from"]) == (200, reviewed.ref, [other.ref])
    gone = agent.get(f"{ROOT}tickets/{other.ref}/").json()
    assert (gone["status"], gone["close_reason"], gone["merged_into"], gone["merged_from"]) == ("closed", "merged", reviewed.ref, [])


def test_what_may_not_be_joined_is_not_previewed(as_, mei, wang, lin, chen, clock):
    decided, strange = submitted(mei), file_ticket(wang, filing())
    address = f"{ROOT}tickets/{decided.ref}/merge-preview/"
    assert as_(lin).post(address, {"into": strange.ref}, format="json").json()["code"] == "NOT_A_DUPLICATE"
    assert as_(lin).post(address, {}, format="json").status_code == 400
    assert as_(mei).post(address, {"into": decided.ref}, format="json").status_code == 403
    assert as_(wang).post(address, {"into": decided.ref}, format="json").status_code == 404
