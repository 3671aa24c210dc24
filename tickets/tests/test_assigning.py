"""What the rule gives out by itself: to whom, and to whom never."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from tickets.models import Event, Notification, StaffProfile, Ticket
from tickets.operations import amend, file_ticket, perform, start_draft
from tickets.tests.cast import person
from tickets.tests.making import FILES, filing, put_evidence, submitted
from tickets.tests.staffing import Mode, assign, holder, rule, staff, told

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


def test_without_a_rule_everything_is_by_hand(mei, lin, chen) -> None:
    ticket = submitted(mei)
    assert (holder(ticket), told(ticket), assign()) == (None, [], 0)


def test_in_turn_each_gets_one_after_the_other(mei) -> None:
    agents = [staff(f"agent{n}", Role.AGENT) for n in range(3)]
    rule(Mode.ROUND_ROBIN)
    tickets = [file_ticket(mei, filing()) for _ in range(7)]
    assert [holder(ticket) for ticket in tickets] == (agents * 3)[:7]


def test_one_event_by_the_clock_and_one_notice(mei, lin) -> None:
    rule(Mode.ROUND_ROBIN)
    ticket = file_ticket(mei, filing())
    assert told(ticket) == [(lin.pk, "round_robin", None)]
    assert Notification.objects.filter(ticket=ticket, kind="assigned", recipient=lin).count() == 1
    assert Event.objects.get(ticket=ticket, kind="assigned").visibility == "internal"


def test_a_newcomer_does_not_get_everything_until_they_have_caught_up(mei, lin) -> None:
    rule(Mode.ROUND_ROBIN)
    for _ in range(5):
        file_ticket(mei, filing())
    fresh = person("fresh@example.com", Role.AGENT)
    after = [holder(file_ticket(mei, filing())) for _ in range(4)]
    assert after == [fresh, lin, fresh, lin]


def test_by_load_whoever_has_least_gets_the_next(mei, lin, zhao) -> None:
    other = staff("other", Role.AGENT)
    for _ in range(3):
        amend(zhao, file_ticket(mei, filing()).ref, {"assignee": lin.email})
    rule(Mode.BY_LOAD)
    assert [holder(file_ticket(mei, filing())) for _ in range(5)] == [other, other, other, lin, other]


def test_only_what_is_open_counts_as_load(mei, lin, zhao) -> None:
    other = staff("other", Role.AGENT)
    gone = file_ticket(mei, filing())
    amend(zhao, gone.ref, {"assignee": lin.email})
    perform(mei, gone.ref, "withdraw")
    StaffProfile.objects.filter(user=other).update(turn=5)
    rule(Mode.BY_LOAD)
    assert holder(file_ticket(mei, filing())) == lin


def test_skills_decide_category_and_language(mei, wang) -> None:
    payments = staff("payments", Role.AGENT, categories=["pay_failed_deducted"])
    english = staff("english", Role.AGENT, languages=["en"])
    chinese = staff("chinese", Role.AGENT, languages=["zh-hans"], categories=["mp_topup_stolen"])
    rule(Mode.ROUND_ROBIN)
    wang.language = "en"
    wang.save(update_fields=["language"])
    assert holder(file_ticket(mei, filing())) == chinese
    assert holder(file_ticket(wang, filing())) == english
    assert holder(file_ticket(mei, filing("merchant_deduction"))) is None
    StaffProfile.objects.filter(user=payments).update(categories=[])
    assert assign() == 1


def test_nobody_gets_more_than_they_can_hold_or_who_takes_no_part(mei, lin) -> None:
    StaffProfile.objects.create(user=lin, capacity=2)
    staff("apart", Role.AGENT, takes_part=False)
    rule(Mode.ROUND_ROBIN)
    assert [holder(file_ticket(mei, filing())) for _ in range(3)] == [lin, lin, None]


def test_a_category_has_its_own_rule(mei, lin) -> None:
    rule(Mode.ROUND_ROBIN)
    rule(Mode.OFF, "merchant_deduction")
    assert holder(file_ticket(mei, filing("merchant_deduction"))) is None
    assert holder(file_ticket(mei, filing())) == lin


@pytest.mark.parametrize("part", ["owner", "filer", "complained_about"])
def test_whoever_has_a_part_in_it_never_gets_it(part, mei, lin, zhao) -> None:
    if part == "filer":
        ticket = file_ticket(lin, filing(on_behalf_of=mei.email, channel="phone"))
    else:
        ticket = file_ticket(lin if part == "owner" else mei, filing())
    if part == "complained_about":
        amend(zhao, ticket.ref, {"complained_about": [lin.email]})
    rule(Mode.ROUND_ROBIN)
    assert (assign(), holder(ticket)) == (0, None)
    other = staff("other", Role.AGENT)
    assert (assign(), holder(ticket)) == (1, other)


def test_only_active_members_of_the_right_group_are_chosen(mei, chen, zhou, zhao, sun, admin_person, adapter) -> None:
    person("gone@example.com", Role.AGENT, is_active=False)
    rule(Mode.ROUND_ROBIN)
    assert holder(file_ticket(mei, filing())) is None


def test_an_appeal_goes_from_its_agent_to_a_reviewer(mei, lin, chen) -> None:
    rule(Mode.ROUND_ROBIN)
    ticket = file_ticket(mei, filing("merchant_deduction"))
    put_evidence(ticket, *FILES["merchant_deduction"])
    assert holder(ticket) == lin
    perform(mei, ticket.ref, "submit_appeal")
    assert holder(ticket) == chen
    assert told(ticket) == [(lin.pk, "round_robin", None), (chen.pk, "round_robin", None)]
    eta = (timezone.now() + timedelta(days=1)).isoformat()
    assert perform(chen, ticket.ref, "start_review", {"eta_at": eta}).status == "under_review"


def test_an_appeal_is_nobodys_rather_than_an_agents(mei, lin) -> None:
    rule(Mode.ROUND_ROBIN)
    ticket = submitted(mei)
    assert holder(ticket) is None
    assert told(ticket)[-1] == (None, "released", None)


def test_a_reviewer_who_has_it_already_keeps_it(mei, chen, zhao) -> None:
    staff("aaa", Role.REVIEWER)
    ticket = file_ticket(mei, filing("merchant_deduction"))
    amend(zhao, ticket.ref, {"assignee": chen.email})
    put_evidence(ticket, *FILES["merchant_deduction"])
    rule(Mode.ROUND_ROBIN)
    perform(mei, ticket.ref, "submit_appeal")
    assert (holder(ticket), len(told(ticket))) == (chen, 1)


def test_filed_and_handed_in_at_once_it_is_given_out_once(mei, lin, chen) -> None:
    rule(Mode.ROUND_ROBIN)
    draft = start_draft(mei, filing("merchant_deduction"))
    assert (assign(), holder(draft)) == (0, None), "a draft is seen by nobody else"
    put_evidence(draft, *FILES["merchant_deduction"])
    perform(mei, draft.ref, "submit_appeal")
    assert told(draft) == [(chen.pk, "round_robin", None)]


def test_the_sweep_gives_out_what_waits(mei, lin, chen) -> None:
    early, appeal = file_ticket(mei, filing()), submitted(mei, "merchant_deduction")
    rule(Mode.ROUND_ROBIN)
    assert (assign(), assign()) == (2, 0)
    assert (holder(early), holder(appeal)) == (lin, chen)


@pytest.mark.postgres_suffices
def test_a_thousand_are_shared_within_one(mei, django_assert_max_num_queries) -> None:
    crowd = [staff(f"agent{n}", Role.AGENT) for n in range(7)]
    first = file_ticket(mei, filing())
    names = [field.attname for field in Ticket._meta.concrete_fields if not field.primary_key]
    copy = {name: getattr(first, name) for name in names}
    Ticket.objects.bulk_create(Ticket(**{**copy, "ref": f"TS-20260101-{n:06d}"}) for n in range(999))
    rule(Mode.ROUND_ROBIN)
    assert assign() == 1000
    counts = Counter(Ticket.objects.values_list("assignee", flat=True))
    assert set(counts) == {one.pk for one in crowd}
    assert max(counts.values()) - min(counts.values()) <= 1
    Ticket.objects.update(assignee=None)
    with django_assert_max_num_queries(20):
        StaffProfile.objects.update(takes_part=False)
        assert assign() == 0, "what nobody can take costs a handful of queries"
