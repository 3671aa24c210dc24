"""Incidents: suggested once, opened, their tickets, and who may do what."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from tickets.incidents import (
    announce,
    begin_incident_run,
    candidates,
    detection,
    dismiss_incident,
    join_incident,
    link_candidates,
    link_tickets,
    notices,
    open_incident,
    resolve_incident,
    show_banner,
    suggest_incident,
    unlink_ticket,
)
from tickets.incidents.detection import suggest_incidents
from tickets.incidents.notices import join_late_arrivals
from tickets.models import Event, Incident, IncidentLink, Notification, Ticket
from tickets.operations import file_ticket, perform, start_draft
from tickets.tests.making import filing
from tickets.tests.reports import BODIES, KIND, TITLES, an_open_incident, customers, news, report, reports
from tickets.workflow.errors import Forbidden, Invalid, NotFound, Refusal

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
BEGIN = "2026-11-11T15:20:00+08:00"


def filed_at(clock, *minutes: float) -> list[Ticket]:
    """A report of somebody else at each of these minutes after BEGIN. Leaves the clock at the last."""
    begin = clock(BEGIN)
    tickets = []
    for owner, minute in zip(customers(len(minutes)), minutes, strict=True):
        clock(begin + timedelta(minutes=minute))
        tickets.append(report(owner))
    return tickets


# ---- Suggested
def test_five_alike_within_the_hour_suggest_an_incident_and_four_do_not(clock):
    filed_at(clock, 0, 5, 10, 20)
    assert suggest_incidents(timezone.now()) == 0
    fifth = report(customers(1)[0])
    assert suggest_incidents(timezone.now()) == 1
    incident = Incident.objects.get()
    assert (incident.category, incident.pay_method, incident.state) == ("pay_failed_deducted", "alipay", "suggested")
    assert incident.ref.startswith("P-20261111-")
    told = Notification.objects.filter(kind="incident_suggested")
    assert {(row.audience, row.ticket_id, row.state) for row in told} == {("agents", fifth.pk, "shown"), ("supervisors", fifth.pk, "shown")}


@pytest.mark.parametrize(("last", "found"), [(60, 1), (60 + 1 / 60, 0)])
def test_the_sixtieth_minute_belongs_to_the_hour_and_the_next_second_does_not(clock, last, found):
    filed_at(clock, 0, 10, 20, 30, last)
    assert suggest_incidents(timezone.now()) == found


def test_what_differs_in_the_way_to_pay_or_the_category_is_not_alike(clock):
    clock(BEGIN)
    for owner, pay_method in zip(customers(6), ["alipay", "wechat"] * 3, strict=True):
        report(owner, pay_method)
    for owner in customers(2):
        file_ticket(owner, filing("billing_duplicate"))
    assert suggest_incidents(timezone.now()) == 0


def test_reports_that_name_no_way_to_pay_are_alike(clock):
    clock(BEGIN)
    for owner in customers(5):
        report(owner, None)
    assert suggest_incidents(timezone.now()) == 1
    assert Incident.objects.get().pay_method == ""
    assert candidates(Incident.objects.get()).count() == 5


def test_drafts_are_no_reports(clock):
    clock(BEGIN)
    for owner in customers(5):
        start_draft(owner, {"category": "pay_failed_deducted", "facts": {"pay_method": "alipay"}})
    assert suggest_incidents(timezone.now()) == 0


def test_a_sweep_that_comes_hours_late_finds_the_same(clock):
    filed_at(clock, 0, 5, 10, 20, 30)
    clock(timezone.now() + timedelta(hours=8))
    assert suggest_incidents(timezone.now()) == 1


def test_it_is_suggested_once(clock):
    filed_at(clock, 0, 1, 2, 3, 4)
    assert [suggest_incidents(timezone.now()) for _ in range(3)] == [1, 0, 0]
    reports(6)
    assert suggest_incidents(timezone.now()) == 0


def test_numbers_come_from_the_policy(clock, monkeypatch):
    filed_at(clock, 0, 1, 2)
    now = timezone.now()
    monkeypatch.setattr(detection, "current", lambda at, real=detection.current: replace(real(at), incident_threshold=3))
    assert suggest_incidents(now) == 1


def test_filing_looks_for_one_by_itself(clock, django_capture_on_commit_callbacks):
    filed_at(clock, 0, 5, 11, 18)
    with django_capture_on_commit_callbacks(execute=True):
        report(customers(1)[0])
    assert Incident.objects.filter(state="suggested").count() == 1


def test_what_was_dismissed_is_suggested_again_only_by_new_reports(clock, zhao):
    filed_at(clock, 0, 1, 2, 3, 4)
    suggest_incidents(timezone.now())
    dismiss_incident(zhao, Incident.objects.get().ref, {"reason": "测试数据"})
    assert suggest_incidents(timezone.now()) == 0
    clock(timezone.now() + timedelta(minutes=1))
    reports(4)
    assert suggest_incidents(timezone.now()) == 0
    reports(1)
    assert suggest_incidents(timezone.now()) == 1


def test_a_person_may_be_quicker_than_the_clock(clock, lin):
    filed_at(clock, 0, 10)
    incident = suggest_incident(lin, KIND)
    assert candidates(incident).count() == 2
    with pytest.raises(Refusal) as refused:
        suggest_incident(lin, KIND)
    assert refused.value.code == "INCIDENT_EXISTS"
    with pytest.raises(Invalid):
        suggest_incident(lin, {**KIND, "category": "weather"})


# ---- Opened, and who belongs to it
def test_opening_links_those_who_reported_so_far(clock, zhao, mei):
    tickets = filed_at(clock, 0, 5, 11, 18, 20)
    other = report(mei, "wechat")
    suggest_incidents(timezone.now())
    incident = an_open_incident(zhao)
    assert set(IncidentLink.objects.values_list("ticket", flat=True)) == {ticket.pk for ticket in tickets}
    assert not IncidentLink.objects.filter(ticket=other).exists()
    event = Event.objects.get(ticket=tickets[0], kind="incident_linked")
    assert (event.visibility, event.actor, event.data["incident"]) == ("internal", zhao, incident.ref)


def test_both_languages_are_asked_for(clock, zhao):
    reports(1)
    incident = suggest_incident(zhao, KIND)
    with pytest.raises(Invalid) as refused:
        open_incident(zhao, incident.ref, {"title_zh": "故障"})
    assert set(refused.value.errors) == {"title_en"}


def test_late_reports_wait_for_one_click(clock, zhao, lin):
    reports(5)
    incident = an_open_incident(zhao)
    reports(2)
    assert join_late_arrivals(timezone.now()) == 0
    assert link_candidates(lin, incident.ref).done == 2
    assert link_candidates(lin, incident.ref).done == 0
    assert incident.links.count() == 7


def test_late_reports_join_by_themselves_where_the_policy_says_so(clock, zhao, monkeypatch):
    monkeypatch.setattr(notices, "current", lambda at, real=notices.current: replace(real(at), incident_auto_join=True))
    reports(5)
    incident = an_open_incident(zhao)
    late = reports(2)
    assert join_late_arrivals(timezone.now()) == 2
    assert Event.objects.get(ticket=late[0], kind="incident_linked").actor is None
    resolve_incident(zhao, incident.ref)
    reports(1)
    assert join_late_arrivals(timezone.now()) == 0


def test_a_ticket_belongs_to_one_incident_at_most(clock, zhao, mei, lin):
    reports(1)
    first = an_open_incident(zhao)
    ticket = Ticket.objects.get()
    suggested = suggest_incident(lin, {**KIND, "pay_method": "wechat"})
    second = open_incident(zhao, suggested.ref, TITLES)
    assert link_tickets(lin, second.ref, [ticket.ref]).done == 0
    assert ticket.incident_link.incident == first


def test_unlinking_leaves_a_trace_and_makes_room(clock, zhao, lin):
    (ticket,) = reports(1)
    incident = an_open_incident(zhao)
    unlink_ticket(lin, incident.ref, ticket.ref)
    assert not IncidentLink.objects.exists()
    assert Event.objects.filter(ticket=ticket, kind="incident_unlinked", visibility="internal", actor=lin).exists()
    with pytest.raises(NotFound):
        unlink_ticket(lin, incident.ref, ticket.ref)
    assert link_tickets(lin, incident.ref, [ticket.ref]).done == 1


# ---- Nobody settles a case of their own
def test_nobody_links_a_case_of_their_own(clock, zhao, lin):
    incident = an_open_incident(zhao)
    own, against, plain = report(lin), *reports(2)
    against.complained_about.add(lin)
    assert link_tickets(lin, incident.ref, [own.ref, against.ref]) == (0, [own.ref, against.ref])
    assert link_candidates(lin, incident.ref) == (1, [own.ref, against.ref])
    assert list(IncidentLink.objects.values_list("ticket__ref", flat=True)) == [plain.ref]
    assert link_candidates(zhao, incident.ref) == (2, [])


def test_nobody_takes_out_a_case_of_their_own(clock, zhao, lin):
    own = report(lin)
    incident = an_open_incident(zhao)
    with pytest.raises(Forbidden) as refused:
        unlink_ticket(lin, incident.ref, own.ref)
    assert refused.value.code == "CONFLICT_OF_INTEREST"
    assert own.incident_link.incident == incident


def test_closed_tickets_are_not_linked(clock, zhao, lin):
    (ticket,) = reports(1)
    perform(ticket.owner, ticket.ref, "withdraw", {})
    incident = an_open_incident(zhao)
    assert link_tickets(lin, incident.ref, [ticket.ref]).done == 0


# ---- Me too
def test_me_too_links_an_open_ticket_of_ones_own_and_twice_is_once(clock, zhao, mei):
    reports(5)
    incident = an_open_incident(zhao)
    ticket = report(mei, None)
    for _ in range(2):
        join_incident(mei, incident.ref, ticket.ref)
    assert ticket.incident_link.how == "me_too"
    assert Event.objects.filter(ticket=ticket, kind="incident_linked", actor=mei).count() == 1


def test_me_too_links_a_draft_which_counts_once_it_is_filed(clock, zhao, mei):
    incident = an_open_incident(zhao)
    draft = start_draft(mei, {"category": "pay_failed_deducted"})
    join_incident(mei, incident.ref, draft.ref)
    assert draft.incident_link.incident == incident


def test_me_too_takes_neither_a_strangers_ticket_nor_another_category_nor_a_hidden_incident(clock, zhao, mei, wang):
    incident = an_open_incident(zhao)
    theirs, other = report(wang), file_ticket(mei, filing("billing_duplicate"))
    with pytest.raises(NotFound):
        join_incident(mei, incident.ref, theirs.ref)
    with pytest.raises(Refusal) as refused:
        join_incident(mei, incident.ref, other.ref)
    assert refused.value.code == "INCIDENT_STATE"
    show_banner(zhao, incident.ref, {"banner": False})
    with pytest.raises(NotFound):
        join_incident(mei, incident.ref, report(mei).ref)
    assert not IncidentLink.objects.exists()


# ---- Who may
SUPERVISORS_ONLY = {
    "open": lambda who, ref: open_incident(who, ref, TITLES),
    "dismiss": lambda who, ref: dismiss_incident(who, ref, {"reason": "x"}),
    "announce": lambda who, ref: announce(who, ref, {**BODIES, "eta_at": "2099-01-01T00:00:00+08:00"}),
    "resolve": lambda who, ref: resolve_incident(who, ref),
    "banner": lambda who, ref: show_banner(who, ref, {"banner": True}),
}
LINKERS_ONLY = {
    "link": lambda who, ref: link_tickets(who, ref, []),
    "candidates": lambda who, ref: link_candidates(who, ref),
    "unlink": lambda who, ref: unlink_ticket(who, ref, "TS-20260101-000001"),
}


@pytest.mark.parametrize("act", SUPERVISORS_ONLY)
def test_only_supervisors_lead(act, lin, chen, zhou, sun, mei, admin_person, zhao):
    incident = suggest_incident(zhao, KIND)
    for other in (lin, chen, zhou, sun):
        with pytest.raises(Forbidden):
            SUPERVISORS_ONLY[act](other, incident.ref)
    for stranger in (mei, admin_person):
        with pytest.raises(NotFound):
            SUPERVISORS_ONLY[act](stranger, incident.ref)


@pytest.mark.parametrize("act", LINKERS_ONLY)
def test_agents_and_supervisors_link(act, lin, chen, zhou, sun, mei, zhao):
    incident = an_open_incident(zhao)
    for other in (chen, zhou, sun):
        with pytest.raises(Forbidden):
            LINKERS_ONLY[act](other, incident.ref)
    with pytest.raises(NotFound):
        LINKERS_ONLY[act](mei, incident.ref)


def test_customers_and_reviewers_suggest_nothing(mei, chen):
    for other in (mei, chen):
        with pytest.raises(Forbidden):
            suggest_incident(other, KIND)


def test_what_is_over_takes_nothing_more(clock, zhao, lin):
    reports(1)
    incident = an_open_incident(zhao)
    resolve_incident(zhao, incident.ref)
    assert Incident.objects.get().banner is False
    for late in (
        lambda: news(zhao, incident),
        lambda: link_candidates(lin, incident.ref),
        lambda: show_banner(zhao, incident.ref, {"banner": True}),
        lambda: resolve_incident(zhao, incident.ref),
        lambda: begin_incident_run(lin, incident.ref, {"action": "record_refund"}),
    ):
        with pytest.raises(Refusal) as refused:
            late()
        assert refused.value.code == "INCIDENT_STATE"


@pytest.mark.parametrize("ref", ["P-20260101-001", "P-99999999-001", "TS-20260101-000001", "", "P-20261111-999999999999"])
def test_an_unknown_reference_is_not_found(ref, zhao):
    with pytest.raises(NotFound):
        resolve_incident(zhao, ref)
