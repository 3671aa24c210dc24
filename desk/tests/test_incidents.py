"""The desk's pages of incidents: from the suggestion to one step for all, with who sees which form."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.tests.reading import form_of, forms
from tickets.incidents import count_candidates, resolve_incident, suggest_incident
from tickets.incidents.detection import suggest_incidents
from tickets.incidents.mass_actions import carry_incident_runs
from tickets.incidents.notices import send_incident_notices
from tickets.models import Incident, IncidentLink, Ticket
from tickets.tests.reports import BODIES, KIND, TITLES, an_open_incident, customers, news, report, reports

pytestmark = pytest.mark.django_db


def text_of(response, status: int = 200) -> str:
    assert response.status_code == status
    return response.content.decode()


def actions_of(page: str) -> set[str]:
    return {form.action.rstrip("/").rpartition("/")[2] for form in forms(page) if "/desk/incidents/" in form.action}


def do(client, incident: Incident, action: str, /, **typed):
    """Open the page, fill in the form, send it."""
    address = f"/desk/incidents/{incident.ref}/"
    form = form_of(text_of(client.get(address)), action)
    return client.post(form.action, form.filled(**typed), follow=True)


def test_the_whole_way_from_suggestion_to_one_step_for_all(people, at):
    tickets = reports(5)
    suggest_incidents(timezone.now())
    incident = Incident.objects.get()
    lead, agent = at(people.supervisor), at(people.agent)
    assert incident.ref in text_of(lead.get("/desk/incidents/"))
    assert "Many report the same" in text_of(agent.get("/desk/notices/"))
    assert "5 complaints are linked." in text_of(do(lead, incident, "open", **TITLES))
    assert "on its way" in text_of(do(lead, incident, "announce", **BODIES, eta_at="2099-01-01T10:00"))
    send_incident_notices(timezone.now())
    assert BODIES["body_en"] in text_of(lead.get(f"/desk/incidents/{incident.ref}/"))
    assert "Tick the complaints" in do(agent, incident, "run", action="record_refund", reference="Z-1").content.decode()
    looked_at = [f"{ticket.ref} 200.00" for ticket in tickets]
    taken = text_of(do(agent, incident, "run", action="record_refund", reference="Z-1", amounts=looked_at))
    assert "taken on 5 complaints" in taken
    Ticket.objects.filter(pk=tickets[0].pk).update(amount=None)
    carry_incident_runs(timezone.now())
    page = text_of(agent.get(f"/desk/incidents/{incident.ref}/"))
    assert "Done 4 / 5" in page
    assert "No amount is known" in page
    assert "over" in text_of(do(lead, incident, "resolve"))
    assert actions_of(text_of(lead.get(f"/desk/incidents/{incident.ref}/"))) == {"unlink"}


def test_who_sees_which_form(people, at):
    reports(1)
    incident = suggest_incident(people.agent, KIND)
    seen = {name: actions_of(text_of(at(getattr(people, name)).get(f"/desk/incidents/{incident.ref}/"))) for name in ROLES}
    assert seen == {"supervisor": {"open", "dismiss"}, "agent": set(), "reviewer": set(), "operator": set()}
    an_open_incident(people.supervisor)
    reports(1)
    seen = {name: actions_of(text_of(at(getattr(people, name)).get(f"/desk/incidents/{incident.ref}/"))) for name in ROLES}
    linking = {"link", "candidates", "unlink"}
    assert seen == {
        "supervisor": {*linking, "announce", "banner", "resolve"},
        "agent": {*linking, "run"},
        "reviewer": set(),
        "operator": set(),
    }


ROLES = ("supervisor", "agent", "reviewer", "operator")


def test_customers_and_strangers_do_not_come_in(people, at, admin_person):
    incident = suggest_incident(people.agent, KIND)
    for address in ("/desk/incidents/", f"/desk/incidents/{incident.ref}/"):
        assert at(people.owner).get(address).status_code == 403
        assert at(admin_person).get(address).status_code == 403
    assert at(people.agent).get("/desk/incidents/P-20260101-999/").status_code == 404
    assert at(people.agent).post(f"/desk/incidents/{incident.ref}/open/", TITLES).status_code == 403
    assert at(people.agent).post(f"/desk/incidents/{incident.ref}/explode/").status_code == 404
    assert at(people.owner).post("/desk/incidents/suggest/", KIND).status_code == 403


def test_a_look_changes_nothing(people, at):
    reports(1)
    incident = suggest_incident(people.agent, KIND)
    for action in ("open", "dismiss", "announce", "run", "link", "candidates", "unlink", "resolve", "banner"):
        assert at(people.supervisor).get(f"/desk/incidents/{incident.ref}/{action}/").status_code == 405
    at(people.supervisor).get(f"/desk/incidents/{incident.ref}/")
    incident.refresh_from_db()
    assert incident.state == "suggested"
    assert not IncidentLink.objects.exists()


def test_a_person_suggests_one_and_a_second_is_refused_at_the_form(people, at):
    client = at(people.agent)
    assert client.post("/desk/incidents/suggest/", KIND).status_code == 302
    assert "There is a live incident of this kind already." in text_of(client.post("/desk/incidents/suggest/", KIND), 409)


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(people, at):
    incident = an_open_incident(people.supervisor)
    client = at(people.supervisor)
    typed = {**BODIES, "body_en": "", "eta_at": "2099-01-01T10:00"}
    page = text_of(client.post(f"/desk/incidents/{incident.ref}/announce/", typed), 400)
    assert BODIES["body_zh"] in page
    assert 'id="announce-body_en-error"' in page


def test_linking_by_hand_takes_references_as_people_paste_them(people, at):
    incident = an_open_incident(people.supervisor)
    one, two = reports(2)
    assert "2 complaints are linked." in text_of(do(at(people.agent), incident, "link", tickets=f"{one.ref.lower()},\n {two.ref}"))


def test_what_is_one_s_own_is_left_out_and_said_so(people, at):
    incident = an_open_incident(people.supervisor)
    (plain,), own = reports(1), report(people.agent)
    page = text_of(do(at(people.agent), incident, "link", tickets=f"{plain.ref} {own.ref}"))
    assert f"1 complaint is linked. Left out, because you have a part in them yourself: {own.ref}." in page


def test_amounts_stand_there_the_largest_first_and_what_was_linked_by_hand_is_ticked(people, at):
    small, large = reports(2)
    Ticket.objects.filter(pk=large.pk).update(amount="999999.00")
    incident = an_open_incident(people.supervisor)
    incident.links.filter(ticket=small).update(how="by_hand")
    page = text_of(at(people.agent).get(f"/desk/incidents/{incident.ref}/"))
    assert page.index(f'value="{large.ref} 999999.00"') < page.index(f'value="{small.ref} 200.00" checked')
    assert f'value="{large.ref} 999999.00" checked' not in page


def test_progress_is_asked_for_until_it_is_over(people, at):
    reports(2)
    incident = an_open_incident(people.supervisor)
    news(people.supervisor, incident)
    client, address = at(people.agent), f"/desk/incidents/{incident.ref}/"
    part = text_of(client.get(address, headers={"hx-request": "true"}))
    assert "<h1" not in part
    assert 'hx-trigger="every 2s"' in part
    send_incident_notices(timezone.now())
    assert "hx-trigger" not in text_of(client.get(address, headers={"hx-request": "true"}))


def test_one_costs_the_same_for_two_tickets_and_for_twenty(people, at):
    incident = an_open_incident(people.supervisor)
    client, address = at(people.supervisor), f"/desk/incidents/{incident.ref}/"

    def cost(count: int) -> int:
        for ticket in reports(count):
            IncidentLink.objects.create(incident=incident, ticket=ticket, how="by_hand", at=timezone.now())
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            client.get(address)
        return len(found)

    assert cost(2) == cost(20) <= 14


def test_the_list_costs_the_same_for_one_and_for_many(people, at):
    client = at(people.agent)

    def cost() -> int:
        client.get("/desk/incidents/")
        with CaptureQueriesContext(connection) as found:
            client.get("/desk/incidents/")
        return len(found)

    suggest_incident(people.agent, KIND)
    few = cost()
    for pay_method in ("wechat", "bank_card", "other"):
        suggest_incident(people.agent, {**KIND, "pay_method": pay_method})
    assert cost() == few <= 5


def test_linked_tickets_come_in_pages_by_key(people, at, monkeypatch):
    monkeypatch.setattr("desk.incidents.views.PAGE", 2)
    monkeypatch.setattr("desk.privacy.presenter.PAGE", 2)
    tickets = reports(3)
    incident = an_open_incident(people.supervisor)
    client = at(people.agent)
    now = timezone.now()
    for ticket, due_at in zip(tickets, (now + timedelta(hours=3), None, now - timedelta(days=2)), strict=True):
        Ticket.objects.filter(pk=ticket.pk).update(due_at=due_at, due_key="first_response" if due_at else "")
    address, pages = f"/desk/incidents/{incident.ref}/", []
    for _ in range(2):
        shown = text_of(client.get(address))
        pages.append([shown.find(f"/desk/tickets/{ticket.ref}/") for ticket in tickets])
        address = address.partition("?")[0] + (re.search(r"\?before=[0-9n-]+", shown) or [""])[0]
    assert -1 == pages[0][1] < pages[0][2] < pages[0][0]  # overdue first, what owes nothing last
    assert "2 d overdue" in text_of(client.get(address.partition("?")[0]))
    assert [place > 0 for place in pages[1]] == [False, True, False]


def test_the_tickets_page_names_its_incident(people, at):
    (ticket,) = reports(1)
    incident = an_open_incident(people.supervisor)
    page = text_of(at(people.agent).get(f"/desk/tickets/{ticket.ref}/"))
    assert f"<dd>{incident.ref}</dd>" in page
    assert "Linked to an incident" in page


def test_a_suggestion_is_headed_by_its_kind_and_counts_what_could_belong_to_it(people, at):
    reports(2)
    incident = suggest_incident(people.agent, KIND)
    assert "<h1>Payment failed, money gone</h1>" in text_of(at(people.agent).get(f"/desk/incidents/{incident.ref}/"))
    assert "2 not linked yet" in text_of(at(people.agent).get("/desk/incidents/"))


def test_the_list_counts_for_each_its_own_in_one_query(people, at, django_assert_num_queries):
    reports(2)
    first = suggest_incident(people.agent, KIND)
    report(customers(1)[0], "wechat")
    second = suggest_incident(people.agent, {**KIND, "pay_method": "wechat"})
    over = an_open_incident(people.supervisor)
    assert over.pk == first.pk
    reports(3)
    with django_assert_num_queries(1):
        assert count_candidates([first, second]) == {first.pk: 3, second.pk: 1}
    resolve_incident(people.supervisor, first.ref)
    first.refresh_from_db()
    assert count_candidates([first]) == {}
