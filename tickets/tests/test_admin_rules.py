"""Versions of the rules in the admin: what differs, what a deadline would be, what re-basing would move. Nothing is written by looking."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from sla.models import Policy, TimerRule
from tickets.models import Category, Event, EvidenceSlot, PayeeRule, Ticket
from tickets.operations.rebasing import survey
from tickets.policy.comparison import differences
from tickets.policy.deadline_preview import foresee
from tickets.policy.publishing import new_version, publish_version
from tickets.tests.making import submitted

pytestmark = pytest.mark.django_db
PAGES = [reverse(f"admin:sla_policy_{name}") for name in ("compare", "foresee", "rebase")]
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def draft() -> Policy:
    return new_version(Policy.objects.get(pk="2026.2"))


@pytest.fixture
def admin(client, admin_person):
    client.force_login(admin_person)
    return client


def page(client, address: str, **asked: str) -> str:
    response = client.get(address, asked, headers=ENGLISH)
    assert response.status_code == 200, address
    return response.content.decode()


def told(old: Policy, new: Policy) -> dict[str, tuple[str, str]]:
    with translation.override("en"):
        return {f"{section.title} / {row.name}": (row.before, row.after) for section in differences(old, new) for row in section.rows}


# ---- What differs
def test_a_fresh_copy_differs_in_nothing(draft) -> None:
    assert told(Policy.objects.get(pk="2026.2"), draft) == {}


def test_each_kind_of_difference_is_told_in_words_and_nothing_else_is(draft) -> None:
    Policy.objects.filter(pk=draft.pk).update(pause_limit=3)
    TimerRule.objects.filter(policy=draft, key="first_response").update(amount=12, warn=[60])
    TimerRule.objects.filter(policy=draft, key="confirm").delete()
    category = Category.objects.get(policy=draft, key="billing_unauthorized")
    Category.objects.filter(pk=category.pk).update(review_limit_wd=5, facts=["fee"])
    slot = category.slots.first()
    EvidenceSlot.objects.filter(pk=slot.pk).update(required=not slot.required)
    Category.objects.filter(policy=draft, key="after_sale").delete()
    PayeeRule.objects.filter(policy=draft).order_by("position").first().delete()
    found = told(Policy.objects.get(pk="2026.2"), Policy.objects.get(pk=draft.pk))
    assert found["Numbers / pauses in a review cycle"] == ("2", "3")
    assert found["Deadlines / First reply · how long"] == ("24 hours", "12 hours")
    assert found["Deadlines / First reply · warnings"][1] == "60 minutes after the start"
    assert found["Deadlines / Time to check the result · how long"][1] == "—"
    limit = next(value for name, value in found.items() if name.endswith("/ Latest answer, in working days"))
    assert limit == ("7", "5")
    assert next(value for name, value in found.items() if name.endswith("/ Questions"))[1] == "Was a fee taken? How much?"
    assert {"needed", "welcome"} == {word.partition(",")[0] for name, pair in found.items() if "/ Evidence:" in name for word in pair}
    assert next(value for name, value in found.items() if name.endswith("/ This category")) == ("there", "not there")
    assert sum(name.startswith("Payee rules") for name in found) == 1
    assert not any("objection" in name or "days to reopen" in name for name in found)


def test_comparing_takes_the_same_queries_however_much_differs(draft, django_assert_max_num_queries) -> None:
    TimerRule.objects.filter(policy=draft).update(warn=[])
    with django_assert_max_num_queries(10):
        differences(Policy(pk="2026.2"), Policy(pk=draft.pk))


def test_saving_a_categorys_form_changes_nothing_else(admin, draft) -> None:
    mine = Category.objects.get(policy=draft, key="billing_unauthorized")
    before = Policy.objects.get(pk="2026.2")
    Category.objects.filter(key="billing_unauthorized").update(facts=["terminal_no", "fee", "charged"])
    address = reverse("admin:tickets_category_change", args=[mine.pk])
    context = admin.get(address).context
    form, slots = context["adminform"].form, context["inline_admin_formsets"][0].formset
    data = {name: form[name].value() for name in form.fields} | {f"{slots.prefix}-{k}": v for k, v in slots.management_form.initial.items()}
    for each in slots.forms:
        data |= {each.add_prefix(name): each[name].value() for name in each.fields}
    data = {name: value for name, value in data.items() if value is not None and value is not False}
    data["targets"] = form["targets"].value()
    response = admin.post(address, {**data, "facts": ["charged", "terminal_no", "fee", "pay_method"]})
    assert response.status_code == 302, response.context["errors"]
    assert [name.partition(" / ")[2] for name in told(before, Policy.objects.get(pk=draft.pk))] == ["Questions"]
    mine.refresh_from_db()
    assert mine.facts == ["terminal_no", "fee", "charged", "pay_method"], "what stays keeps its place"


# ---- What would it be
def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_deadline_is_counted_over_holidays_as_it_would_be_promised() -> None:
    with translation.override("en"), timezone.override("Asia/Shanghai"):
        found = foresee(Policy.objects.get(pk="2026.2"), "review_limit", "billing_unauthorized", at("2026-09-30T10:00:00+08:00"))
    assert "National Day" in found.why
    assert found.due == "Thu 15 Oct 2026 24:00"
    assert [month.first.month for month in found.months] == [9, 10]
    assert sum(day.is_due for month in found.months for week in month.weeks for day in week if day) == 1


def test_what_is_foreseen_is_what_is_promised(mei, clock) -> None:
    clock("2026-09-30T10:00:00+08:00")
    ticket = submitted(mei, "billing_unauthorized")
    timer = ticket.timers.get(key="review_limit")
    found = foresee(ticket.policy, "review_limit", ticket.category, timer.started_at)
    assert found.due_at == timer.due_at


def test_a_draft_is_tried_out_and_hours_need_no_calendar(draft) -> None:
    TimerRule.objects.filter(policy=draft, key="first_response").update(amount=12)
    start = at("2026-07-06T10:00:00+08:00")
    assert foresee(draft, "first_response", "", start).due_at == at("2026-07-06T22:00:00+08:00")
    assert foresee(draft, "first_response", "", start).months == []


def test_the_page_counts_and_says_what_it_lacks(admin) -> None:
    asked = {"version": "2026.2", "timer": "review_limit", "start": "2026-09-30T10:00", "category": "billing_unauthorized"}
    text = page(admin, PAGES[1], **asked)
    assert "National Day" in text
    assert "day-due" in text
    assert "choose a category" in page(admin, PAGES[1], **{**asked, "category": ""})
    assert 'id="found"' not in page(admin, PAGES[1], **{**asked, "start": "nonsense"})
    assert 'id="found"' not in page(admin, PAGES[1], **{**asked, "version": "1999"})
    assert 'id="found"' not in page(admin, PAGES[1], **{**asked, "start": "9999-12-31T10:00"})


# ---- What re-basing would move
@pytest.fixture
def shorter(draft) -> Policy:
    Category.objects.filter(policy=draft, key="billing_unauthorized").update(review_limit_wd=5)
    Category.objects.filter(policy=draft, key="mp_topup_stolen").update(review_limit_wd=30)
    return draft


def test_a_draft_is_surveyed_before_it_is_published(shorter, mei, clock) -> None:
    clock("2026-07-06T10:00:00+08:00")
    sooner, later = submitted(mei, "billing_unauthorized"), submitted(mei, "mp_topup_stolen")
    seen = survey(shorter)
    assert (seen.count, set(seen.refs), seen.remaining_count) == (2, {sooner.ref, later.ref}, 0)
    assert [move.ref for move in seen.changed_moves] == [sooner.ref]
    assert ("review_limit", 1, 0, 1) in seen.by_timer()
    assert set(Ticket.objects.values_list("policy_id", flat=True)) == {"2026.2"}


def test_more_than_fit_are_counted_and_queries_stay_the_same(shorter, mei, clock, django_assert_num_queries) -> None:
    clock("2026-07-06T10:00:00+08:00")
    submitted(mei, "billing_unauthorized")
    survey(shorter)
    with django_assert_num_queries(8) as alone:
        survey(shorter)
    for _each in range(3):
        submitted(mei, "billing_unauthorized")
    with django_assert_num_queries(len(alone.captured_queries)):
        survey(shorter)
    seen = survey(shorter, limit=2)
    assert (seen.count, len(seen.refs), seen.remaining_count) == (4, 2, 2)


def test_the_page_only_looks_and_sends_supervisors_to_the_desk(admin, client, zhao, shorter, mei, clock) -> None:
    clock("2026-07-06T10:00:00+08:00")
    ticket = submitted(mei, "billing_unauthorized")
    text = page(admin, PAGES[2], version=shorter.pk)
    assert ticket.ref in text
    assert "A supervisor confirms it" in text
    publish_version(shorter, timezone.now())
    events = Event.objects.count()
    assert "A supervisor confirms it" in page(admin, PAGES[2], version=shorter.pk)
    User.objects.filter(pk=zhao.pk).update(is_staff=True)
    zhao.user_permissions.add(Permission.objects.get(codename="view_policy"))
    client.force_login(zhao)
    assert reverse("desk:rebase") in page(client, PAGES[2], version=shorter.pk)
    assert Event.objects.count() == events
    ticket.refresh_from_db()
    assert ticket.policy_id == "2026.2"


# ---- Who
@pytest.mark.parametrize("address", PAGES)
def test_only_those_who_may_see_policies_see_these(client, zhao, address) -> None:
    assert client.get(address).status_code == 302
    client.force_login(zhao)
    assert client.get(address).status_code in (302, 403)
    zhao.is_staff = True
    zhao.save()
    assert client.get(address).status_code == 403
    zhao.user_permissions.add(Permission.objects.get(codename="view_policy"))
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 405
