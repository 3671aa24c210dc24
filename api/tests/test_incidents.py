"""Incidents through the API: the desk reads them, customers read of their own ticket's alone."""

import pytest

from api.tests.driving import ROOT
from tickets.tests.reports import an_open_incident, news, report, reports

pytestmark = pytest.mark.django_db


def test_the_desk_reads_them_and_nobody_else_does(as_, zhao, lin, mei, admin_person):
    ref = an_open_incident(zhao).ref
    assert [row["ref"] for row in as_(lin).get(f"{ROOT}incidents/").json()["results"]] == [ref]
    for stranger in (mei, admin_person):
        assert as_(stranger).get(f"{ROOT}incidents/").status_code == 403
        assert as_(stranger).get(f"{ROOT}incidents/{ref}/").status_code == 404
    assert as_().get(f"{ROOT}incidents/").status_code == 401
    assert as_(lin).get(f"{ROOT}incidents/P-20260101-999/").status_code == 404
    assert as_(lin).post(f"{ROOT}incidents/").status_code == 405


def test_one_tells_its_tickets_candidates_and_notices(as_, zhao, lin):
    reports(2)
    incident = an_open_incident(zhao)
    reports(1)
    news(zhao, incident)
    body = as_(lin).get(f"{ROOT}incidents/{incident.ref}/").json()
    assert (body["tickets"], body["candidates"], body["state"]) == (2, 1, "open")
    assert [notice["author"] for notice in body["notices"]] == ["zhao@example.com"]


def test_a_customer_reads_what_their_own_ticket_belongs_to(as_, zhao, mei):
    mine = report(mei)
    reports(4)
    incident = an_open_incident(zhao)
    body = as_(mei).get(f"{ROOT}tickets/{mine.ref}/", headers={"accept-language": "en"}).json()["incident"]
    assert set(body) == {"ref", "state", "title", "eta_at"}
    assert (body["ref"], body["title"]) == (incident.ref, incident.title_en)


def test_a_ticket_of_none_says_so(as_, mei):
    assert as_(mei).get(f"{ROOT}tickets/{report(mei).ref}/").json()["incident"] is None
