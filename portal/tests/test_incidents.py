"""The banner of a fault that many report, and "me too" from it."""

import pytest
from django.utils import timezone

from portal.tests.conftest import footprint, text_of
from tickets.incidents import resolve_incident, show_banner, suggest_incident
from tickets.incidents.notices import send_incident_notices
from tickets.models import IncidentLink, Ticket
from tickets.operations import start_draft
from tickets.tests.reports import KIND, an_open_incident, news, report, reports

pytestmark = pytest.mark.django_db


def test_everybody_reads_of_an_open_incident_in_their_language(browser_of, zhao):
    reports(5)
    incident = an_open_incident(zhao)
    news(zhao, incident)
    for address in ("/", "/file/"):
        english, chinese = (text_of(browser_of(None, language).get(address)) for language in ("en", "zh-hans"))
        assert incident.title_en in english
        assert "Next news by" in english
        assert incident.title_zh in chinese
        assert f"/file/?incident={incident.ref}" in english


def test_it_tells_neither_how_many_nor_who(browser_of, zhao):
    tickets = reports(7)
    incident = an_open_incident(zhao)
    page = text_of(browser_of(None, "en").get("/"))
    section = page[page.index(f'id="incident-{incident.ref}"') : page.index("</section>", page.index(f'id="incident-{incident.ref}"'))]
    assert "7" not in section.replace(incident.ref, "")
    assert all(ticket.ref not in page and ticket.owner.email not in page for ticket in tickets)


def test_a_promise_that_has_passed_is_not_shown(browser_of, zhao, clock):
    clock("2026-11-11T15:00:00+08:00")
    news(zhao, an_open_incident(zhao), hours=1)
    clock("2026-11-11T16:00:01+08:00")
    assert "Next news by" not in text_of(browser_of(None, "en").get("/"))


def test_no_banner_for_a_suggestion_nor_when_switched_off_nor_at_the_end(browser_of, zhao):
    suggest_incident(zhao, KIND)
    visitor = browser_of(None, "en")
    assert "Many people report" not in text_of(visitor.get("/"))
    incident = an_open_incident(zhao)
    assert "Many people report" in text_of(visitor.get("/"))
    show_banner(zhao, incident.ref, {"banner": False})
    assert "Many people report" not in text_of(visitor.get("/"))
    show_banner(zhao, incident.ref, {"banner": True})
    resolve_incident(zhao, incident.ref)
    assert "Many people report" not in text_of(visitor.get("/"))


def test_me_too_files_with_category_and_way_to_pay_known_and_linked(browser_of, mei, zhao):
    incident = an_open_incident(zhao)
    client = browser_of(mei)
    page = text_of(client.get(f"/file/?incident={incident.ref}"))
    assert f'name="incident" value="{incident.ref}"' in page
    client.post("/file/", {"category": "pay_failed_deducted", "incident": incident.ref})
    draft = Ticket.objects.get()
    assert (draft.category, draft.facts["pay_method"], draft.incident_link.incident) == ("pay_failed_deducted", "alipay", incident)


def test_who_chooses_another_kind_after_all_is_not_linked(browser_of, mei, zhao):
    incident = an_open_incident(zhao)
    browser_of(mei).post("/file/", {"category": "billing_duplicate", "incident": incident.ref})
    assert Ticket.objects.get().category == "billing_duplicate"
    assert not IncidentLink.objects.exists()


def test_a_visitor_comes_back_to_it_after_the_code(browser_of, zhao):
    incident = an_open_incident(zhao)
    response = browser_of(None).post("/file/", {"category": "pay_failed_deducted", "incident": incident.ref, "email": "new@example.com"})
    assert f"incident%3D{incident.ref}" in response["Location"]


def test_me_too_links_my_open_complaint_and_its_page_brings_the_news(browser_of, mei, zhao):
    reports(5)
    incident = an_open_incident(zhao)
    mine = report(mei, None)
    client = browser_of(mei, "en")
    assert f"Me too: link my complaint {mine.ref}" in text_of(client.get("/"))
    response = client.post(f"/incidents/{incident.ref}/join/", {"ticket": mine.ref}, follow=True)
    assert "Your complaint is linked." in text_of(response)
    assert "Your complaint is linked to this:" in text_of(client.get("/"))
    notice = news(zhao, incident)
    send_incident_notices(timezone.now())
    assert notice.body_zh in text_of(client.get(f"/tickets/{mine.ref}/"))


def test_a_draft_is_linked_from_the_page_of_categories(browser_of, mei, zhao):
    incident = an_open_incident(zhao)
    draft = start_draft(mei, {"category": "pay_failed_deducted"})
    client = browser_of(mei, "en")
    assert f"Me too: link my complaint {draft.ref}" in text_of(client.get(f"/file/{draft.ref}/category/"))
    client.post(f"/incidents/{incident.ref}/join/", {"ticket": draft.ref})
    assert draft.incident_link.how == "me_too"


def test_strangers_tickets_and_looks_link_nothing(browser_of, mei, wang, zhao):
    incident = an_open_incident(zhao)
    theirs = report(wang)
    client, before = browser_of(mei), footprint()
    assert client.post(f"/incidents/{incident.ref}/join/", {"ticket": theirs.ref}).status_code == 404
    assert client.post("/incidents/P-20260101-001/join/", {"ticket": report(mei).ref}).status_code == 404
    assert client.get(f"/incidents/{incident.ref}/join/").status_code == 405
    assert browser_of(None).post(f"/incidents/{incident.ref}/join/", {"ticket": theirs.ref}).status_code == 302
    client.get(f"/file/?incident={incident.ref}")
    assert not IncidentLink.objects.exists()
    assert footprint()[0] == before[0] + 1


def test_the_banner_costs_two_queries_at_most(browser_of, mei, zhao, django_assert_max_num_queries):
    report(mei)
    an_open_incident(zhao)
    client = browser_of(mei)
    client.get("/")
    with django_assert_max_num_queries(10):
        client.get("/")
