"""An incident's notice reaches every linked ticket once, and one action on all of them is told ticket by ticket."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tickets.incidents import begin_incident_run, join_incident, mass_actions, unlink_ticket
from tickets.incidents.mass_actions import carry_incident_runs
from tickets.incidents.notices import send_incident_notices
from tickets.incidents.operations import link_candidates, link_tickets
from tickets.models import Event, IncidentDelivery, IncidentOutcome, IncidentRun, Message, Notification, Ticket, Timer
from tickets.operations import perform, start_draft
from tickets.periodic import fire_due_timers
from tickets.tests.making import submitted
from tickets.tests.reports import BODIES, an_open_incident, news, report, reports
from tickets.workflow.errors import Forbidden, Invalid, Refusal

pytestmark = pytest.mark.django_db


def first_response(ticket: Ticket) -> Timer:
    return Timer.objects.get(ticket=ticket, key="first_response")


def sent() -> int:
    return send_incident_notices(timezone.now())


# ---- The notice
def test_each_customer_reads_it_in_their_own_language(zhao, wang):
    (chinese,), (english,) = reports(1), reports(1, "en")
    incident = an_open_incident(zhao)
    notice = news(zhao, incident)
    assert sent() == 2
    assert chinese.messages.get().body == BODIES["body_zh"]
    assert english.messages.get().body == BODIES["body_en"]
    message = chinese.messages.get()
    assert (message.visibility, message.by_staff, message.author, message.eta_at) == ("public", True, zhao, notice.eta_at)


def test_it_counts_as_the_first_response_and_the_other_clocks_go_on(zhao):
    (ticket,) = reports(1)
    before = {timer.key: timer.due_at for timer in ticket.timers.all()}
    news(zhao, an_open_incident(zhao))
    sent()
    promise = ticket.timers.get(key="promise")
    assert promise.is_live and promise.due_at == Message.objects.get().eta_at
    before["promise"] = promise.due_at
    assert first_response(ticket).is_met
    after = {timer.key: timer for timer in ticket.timers.all()}
    assert {key: timer.due_at for key, timer in after.items()} == before
    assert [key for key, timer in after.items() if not timer.is_live and key != "first_response"] == ["claim_limit"]


def test_it_is_sent_once_however_often_the_sweep_comes(zhao):
    reports(3)
    news(zhao, an_open_incident(zhao))
    assert [sent() for _ in range(3)] == [3, 0, 0]
    assert Message.objects.count() == IncidentDelivery.objects.count() == 3
    assert Notification.objects.filter(kind="incident_notice", urgent=True).count() == 3
    assert Event.objects.filter(kind="incident_notice", visibility="public").count() == 3


def test_an_update_goes_to_all_and_late_ones_get_only_the_latest(zhao, lin):
    early = reports(2)
    incident = an_open_incident(zhao)
    news(zhao, incident)
    sent()
    news(zhao, incident, body_zh="已修复一半。")
    (late,) = reports(1)
    link_candidates(lin, incident.ref)
    assert sent() == 3
    assert early[0].messages.count() == 2
    assert late.messages.get().body == "已修复一半。"


def test_a_promise_whose_time_has_come_is_not_sent_any_more(clock, zhao, lin):
    clock("2026-11-11T15:00:00+08:00")
    incident = an_open_incident(zhao)
    news(zhao, incident, hours=1)
    clock("2026-11-11T16:00:00+08:00")
    (late,) = reports(1)
    link_candidates(lin, incident.ref)
    assert sent() == 0
    assert first_response(late).is_live


def test_a_promise_has_to_be_to_come(zhao):
    incident = an_open_incident(zhao)
    with pytest.raises(Invalid):
        news(zhao, incident, hours=0)


def test_closed_and_unlinked_tickets_hear_nothing(zhao, lin):
    closed, unlinked, still = reports(3)
    incident = an_open_incident(zhao)
    perform(closed.owner, closed.ref, "withdraw", {})
    unlink_ticket(lin, incident.ref, unlinked.ref)
    news(zhao, incident)
    assert sent() == 1
    assert set(Message.objects.values_list("ticket", flat=True)) == {still.pk}


def test_a_draft_hears_it_once_it_is_filed_unless_it_tells_of_something_else(zhao, mei, wang):
    incident = an_open_incident(zhao)
    news(zhao, incident)
    drafts = [start_draft(owner, {"category": "pay_failed_deducted"}) for owner in (mei, wang)]
    for draft in drafts:
        join_incident(draft.owner, incident.ref, draft.ref)
    assert sent() == 0
    Ticket.objects.filter(pk=drafts[1].pk).update(category="billing_duplicate")
    facts = {"deducted_at": timezone.now().isoformat(), "channel_status": "success", "platform_status": "pending"}
    Ticket.objects.filter(pk=drafts[0].pk).update(facts=facts)
    for draft in drafts:
        perform(draft.owner, draft.ref, "file")
    assert sent() == 1
    assert first_response(drafts[0]).is_met
    assert first_response(drafts[1]).is_live


def test_to_one_of_another_category_it_is_news_but_no_first_reply(zhao, lin, mei, wang):
    (same,) = reports(1)
    incident = an_open_incident(zhao)
    other = submitted(mei, "merchant_deduction")
    news(zhao, incident)
    link_tickets(lin, incident.ref, [other.ref])
    assert sent() == 2
    assert other.messages.get().body == BODIES["body_zh"]
    assert first_response(other).is_live
    assert first_response(same).is_met


@pytest.mark.parametrize(("how", "count"), [("opening", 0), ("by_policy", 0), ("me_too", 0), ("by_hand", 1)])
def test_what_has_become_another_category_hears_it_only_if_a_person_linked_it(how, count, zhao):
    (ticket,) = reports(1)
    incident = an_open_incident(zhao)
    incident.links.update(how=how)
    Ticket.objects.filter(pk=ticket.pk).update(category="billing_duplicate")
    news(zhao, incident)
    assert sent() == count
    assert first_response(ticket).is_live


def test_a_notice_by_whom_it_is_about_is_no_first_reply(zhao):
    (ticket,) = reports(1)
    ticket.complained_about.add(zhao)
    news(zhao, an_open_incident(zhao))
    assert sent() == 1
    assert first_response(ticket).is_live


def test_what_was_due_before_is_applied_first(clock, zhao):
    """A first response that was late stays late."""
    clock("2026-11-11T15:00:00+08:00")
    (ticket,) = reports(1)
    incident = an_open_incident(zhao)
    clock("2026-11-12T15:00:01+08:00")
    news(zhao, incident)
    sent()
    assert first_response(ticket).state(timezone.now()) == "breached"
    assert Event.objects.filter(ticket=ticket, kind="timer.breached").exists()
    fire_due_timers(timezone.now())
    assert Event.objects.filter(ticket=ticket, kind="timer.breached").count() == 1


def test_a_supervisor_who_reports_it_answers_not_themselves(zhao):
    ticket = report(zhao)
    news(zhao, an_open_incident(zhao))
    sent()
    assert first_response(ticket).is_live
    assert ticket.messages.get().by_staff is False


def test_the_cost_is_that_of_a_batch_not_of_a_ticket(zhao):
    def cost(count: int) -> int:
        reports(count)
        link_candidates(zhao, incident.ref)
        with CaptureQueriesContext(connection) as found:
            assert sent() == count
        return len(found)

    incident = an_open_incident(zhao)
    news(zhao, incident)
    assert cost(2) >= cost(12)


# ---- One action on all
def amounts(*tickets: Ticket) -> dict[str, str]:
    """As somebody saw them."""
    return {ticket.ref: "200.00" for ticket in tickets}


def run_all(run: IncidentRun) -> dict[str, str]:
    carry_incident_runs(timezone.now())
    run.refresh_from_db()
    return {row.ticket.ref: row.code for row in IncidentOutcome.objects.filter(run=run).select_related("ticket")}


def test_each_ticket_gets_its_own_sum_back_and_its_own_outcome(zhao, lin):
    paid, unknown, done = reports(3)
    Ticket.objects.filter(pk=unknown.pk).update(amount=None)
    incident = an_open_incident(zhao)
    looked_at = amounts(paid, unknown, done)
    run = begin_incident_run(lin, incident.ref, {"action": "record_refund", "reference": "Z-1", "amounts": looked_at})
    perform(lin, done.ref, "record_refund", {"amount": "200.00", "reference": "Z-2"})
    assert run_all(run) == {paid.ref: "done", unknown.ref: "amount_unknown", done.ref: "WRONG_STATUS"}
    assert run.ended_at is not None
    paid.refresh_from_db()
    assert paid.status == "resolved"
    event = Event.objects.get(ticket=paid, kind="record_refund")
    assert (event.actor, event.data["amount"], event.data["reference"]) == (lin, "200.00", "Z-1")


def test_twice_over_the_same_run_does_nothing_twice(zhao, lin):
    reports(2)
    run = begin_incident_run(lin, an_open_incident(zhao).ref, {"action": "waive_wait", "reason": "已修复"})
    assert [carry_incident_runs(timezone.now()) for _ in range(2)] == [2, 0]
    assert Event.objects.filter(kind="waive_wait").count() == 2
    assert run.outcomes.filter(code="done").count() == 2


def test_a_crash_half_way_is_taken_up_where_it_stopped(zhao, lin, monkeypatch):
    reports(3)
    begin_incident_run(lin, an_open_incident(zhao).ref, {"action": "waive_wait", "reason": "已修复"})
    real, calls = mass_actions.perform, []

    def dies_at_the_second(*args):
        calls.append(args)
        if len(calls) == 2:
            raise SystemExit
        return real(*args)

    monkeypatch.setattr(mass_actions, "perform", dies_at_the_second)
    with pytest.raises(SystemExit):
        carry_incident_runs(timezone.now())
    assert IncidentOutcome.objects.filter(code="done").count() == Event.objects.filter(kind="waive_wait").count() == 1
    assert carry_incident_runs(timezone.now()) == 2
    assert Event.objects.filter(kind="waive_wait").count() == 3


def test_the_many_need_the_right_to_the_one(zhao, lin, chen, mei):
    reports(1)
    incident = an_open_incident(zhao)
    for other in (zhao, chen):
        with pytest.raises(Forbidden):
            begin_incident_run(other, incident.ref, {"action": "record_refund", "reference": "Z-1"})
    with pytest.raises(Invalid):
        begin_incident_run(lin, incident.ref, {"action": "approve"})


def test_who_lost_the_role_meanwhile_does_nothing(zhao, lin):
    (ticket,) = reports(1)
    run = begin_incident_run(lin, an_open_incident(zhao).ref, {"action": "record_refund", "reference": "Z-1", "amounts": amounts(ticket)})
    lin.groups.clear()
    assert run_all(run) == {ticket.ref: "not_found"}


def test_conflict_of_interest_is_told_among_the_outcomes(zhao, lin):
    against, plain = reports(2)
    against.complained_about.add(lin)
    run = begin_incident_run(
        lin, an_open_incident(zhao).ref, {"action": "record_refund", "reference": "Z-1", "amounts": amounts(against, plain)}
    )
    assert run_all(run) == {against.ref: "CONFLICT_OF_INTEREST", plain.ref: "done"}


def test_nothing_linked_nothing_to_do(zhao, lin):
    incident = an_open_incident(zhao)
    with pytest.raises(Refusal) as refused:
        begin_incident_run(lin, incident.ref, {"action": "record_refund", "reference": "Z-1"})
    assert refused.value.code == "INCIDENT_EMPTY"
    assert not IncidentRun.objects.exists()


def test_other_tickets_are_left_alone(zhao, lin, mei):
    other = submitted(mei, "merchant_deduction", amount="30.00")
    named = amounts(*reports(1)) | {other.ref: "30.00"}
    run_all(begin_incident_run(lin, an_open_incident(zhao).ref, {"action": "record_refund", "reference": "Z-1", "amounts": named}))
    other.refresh_from_db()
    assert other.status == "appeal_submitted"


# ---- Money that nobody has looked at
@pytest.mark.parametrize(("how", "code"), [("opening", "not_looked_at"), ("by_policy", "not_looked_at"), ("me_too", "linked_by_customer")])
def test_what_no_person_linked_is_left_out_unless_its_amount_was_looked_at(how, code, zhao, lin):
    unseen, seen, by_hand = reports(3)
    incident = an_open_incident(zhao)
    incident.links.update(how=how)
    incident.links.filter(ticket=by_hand).update(how="by_hand")
    run = begin_incident_run(lin, incident.ref, {"action": "record_refund", "reference": "Z-1"})
    assert run_all(run) == {unseen.ref: code, seen.ref: code, by_hand.ref: "done"}
    run = begin_incident_run(lin, incident.ref, {"action": "record_refund", "reference": "Z-1", "amounts": amounts(seen)})
    assert run_all(run) == {unseen.ref: code, seen.ref: "done"}


def test_an_amount_that_was_raised_after_the_look_is_not_recorded(zhao, lin):
    before, meanwhile = reports(2)
    incident = an_open_incident(zhao)
    Ticket.objects.filter(pk=before.pk).update(amount="999999.00")
    run = begin_incident_run(lin, incident.ref, {"action": "record_refund", "reference": "Z-1", "amounts": amounts(before, meanwhile)})
    Ticket.objects.filter(pk=meanwhile.pk).update(amount="999999.00")
    assert run_all(run) == {before.ref: "amount_changed", meanwhile.ref: "amount_changed"}
    assert not Ticket.objects.filter(status="resolved").exists()


def test_nothing_looked_at_is_refused_in_words(zhao, lin):
    reports(1)
    incident = an_open_incident(zhao)
    for said in ({}, {"amounts": {}}, {"amounts": ["x"]}, {"amounts": {"x": "much"}}):
        with pytest.raises(Invalid) as refused:
            begin_incident_run(lin, incident.ref, {"action": "record_refund", "reference": "Z-1", **said})
        assert list(refused.value.errors) == ["amounts"]
    assert not IncidentRun.objects.exists()


def test_a_step_without_money_takes_them_all(zhao, lin):
    reports(2)
    run = begin_incident_run(lin, an_open_incident(zhao).ref, {"action": "waive_wait", "reason": "已修复"})
    assert set(run_all(run).values()) == {"done"}


def test_nobody_s_step_for_all_settles_their_own(zhao, lin):
    own = report(lin)
    incident = an_open_incident(zhao)
    run = begin_incident_run(lin, incident.ref, {"action": "record_refund", "reference": "Z-1", "amounts": amounts(own)})
    assert run_all(run) == {own.ref: "CONFLICT_OF_INTEREST"}
