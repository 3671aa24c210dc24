"""One row is enough: an action and a timer that exist only here are everywhere, and a row that lacks something is refused by name."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from api.schema_hooks import ACTION_PATH, complete
from api.serializers.categories import _deadlines
from api.webhooks.event_types import all_types, types_of
from desk.ticket.drafts import writing_of
from desk.ticket.forms.actions import action_form
from desk.ticket.forms.ticket_forms import forms_of
from portal.forms.acting import form_of
from portal.presenters.timers import clocks
from sla.models import Policy
from sla.publishing import new_draft, problems
from sla.timer_keys import timer_keys
from tickets.admin.rule_pages import ForeseeForm
from tickets.cases.case import Case
from tickets.cases.notices import notify
from tickets.cases.timers import set_next, start, start_once, stop
from tickets.completeness import incomplete_rows, refuse_incomplete
from tickets.delivery.preferences import kinds_of
from tickets.incidents.mass_actions import mass_actions
from tickets.models import Category, Notification, Ticket, Timer
from tickets.operations import file_ticket, look, menu, perform
from tickets.operations.effects import EFFECTS, Effect
from tickets.operations.expiry import ON_EXPIRY, settle
from tickets.tests.making import filing
from tickets.tests.stages import MAKERS, inputs
from tickets.words import ACTION_DONE, ACTION_WORDS, EVENT, FIELD_LABEL, TIMER, TIMER_WORDS, notice_words
from tickets.words.catalogue import ActionWords, TimerWords
from tickets.workflow import ACTIONS, EVENTS, OPEN, TIMERS, Action, Status, TimerRow, is_move
from tickets.workflow.action import AGENT, OWNER, SERVICE, moves
from tickets.workflow.diagram import document
from tickets.workflow.errors import Invalid
from tickets.workflow.inputs import Input
from tickets.workflow.recipients import ASSIGNEE_LATER, OWNER_LATER, OWNER_NOW, SUPERVISORS, Preference
from tickets.workflow.timers import Fate, Usual

ROOT = Path(__file__).resolve().parents[2]
WAVE, TEA = "wave_through", "tea_time"
ROW = Action(
    WAVE,
    roles=frozenset({OWNER, AGENT, SERVICE}),
    statuses=OPEN - {Status.DRAFT},
    guards=("no_part_in_it",),
    arrows=moves(Status.CLOSED, Status.EVIDENCE_COLLECTION),
    inputs=(Input("reason", required=True), Input("amount", "money", proposes="amount")),
    tells=(OWNER_LATER, SUPERVISORS),
    preference=Preference.NEWS,
    webhook="ticket.waved",
    for_many=(Input("reason", required=True),),
    rare=True,
    dangerous=True,
)
WORDS = ActionWords(
    button="Wave it through",
    line="Waved through",
    of_desk="Wave it through for the customer",
    to_customer=("We waved", "Your complaint was waved through."),
    to_staff=("Somebody waved", "A complaint was waved through."),
    labels={"reason": "Why wave?"},
    hints={"amount": "If it costs anything."},
)
TIMER_ROW = TimerRow(
    TEA,
    on_refund=Fate.STOPPED,
    warns=(ASSIGNEE_LATER,),
    tells_when_over=(OWNER_NOW,),
    usual=Usual.ALWAYS,
    acts=True,
    arrows=moves(Status.UNDER_REVIEW, Status.EVIDENCE_COLLECTION),
)
TIMER_SAYS = TimerWords(name="Time for tea", promise="Tea is served by then.", passed=("No tea", "The tea is late. We are sorry."))


def wave(case: Case, data: Mapping[str, Any]) -> None:
    case.record(WAVE, {"note": data["reason"]})
    notify(case, WAVE)


def drink(case: Case, timer: Timer) -> None:
    timer.stopped_at = timer.due_at
    case.move(Status.UNDER_REVIEW, TEA)


@pytest.fixture
def action(monkeypatch) -> Action:
    """The row, its words and its function: all there is to add."""
    monkeypatch.setitem(ACTIONS, WAVE, ROW)
    monkeypatch.setitem(ACTION_WORDS, WAVE, WORDS)
    monkeypatch.setitem(EFFECTS, WAVE, Effect(wave))
    refuse_incomplete()
    return ROW


@pytest.fixture
def timer(monkeypatch) -> TimerRow:
    monkeypatch.setitem(TIMERS, TEA, TIMER_ROW)
    monkeypatch.setitem(TIMER_WORDS, TEA, TIMER_SAYS)
    monkeypatch.setitem(ON_EXPIRY, TEA, drink)
    refuse_incomplete()
    return TIMER_ROW


@pytest.fixture
def ticket(mei, clock) -> Ticket:
    return file_ticket(mei, filing())


def entry_of(ticket: Ticket, person) -> tuple[Case, dict]:
    case = look(Ticket.objects.get(pk=ticket.pk), person)
    return case, next(entry for entry in menu(case) if entry["action"] == WAVE)


# ---- An action
@pytest.mark.django_db
def test_a_new_action_is_in_the_menu_and_can_be_taken(action, ticket, lin, mei):
    assert entry_of(ticket, lin)[1]["allowed"] and entry_of(ticket, mei)[1]["allowed"]
    with pytest.raises(Invalid):
        perform(lin, ticket.ref, WAVE, {})
    perform(lin, ticket.ref, WAVE, {"reason": "because"})
    assert ticket.events.filter(kind=WAVE).exists()
    told = Notification.objects.filter(ticket=ticket, kind=WAVE)
    assert {row.recipient_id or row.audience for row in told} == {mei.pk, "supervisors"}


@pytest.mark.django_db
def test_a_new_action_is_a_form_of_the_desk(action, ticket, lin):
    case, entry = entry_of(ticket, lin)
    form = action_form(case, entry)
    assert (str(form.title), form.danger) == ("Wave it through for the customer", True)
    assert [(field.name, field.label, field.hint, field.value) for field in form.fields] == [
        ("reason", "Why wave?", "", ""),
        ("amount", str(FIELD_LABEL["amount"]), "If it costs anything.", "600.00"),
    ]
    shown = forms_of(case, lin, None, writing_of(case.ticket, lin), None)["forms"]
    assert [each.is_likely for each in shown if each.key == WAVE] == [False]


@pytest.mark.django_db
def test_a_new_action_is_a_form_of_the_customers_page(action, ticket, mei):
    case, _entry = entry_of(ticket, mei)
    assert list(form_of(WAVE, case).fields) == ["reason", "amount"]
    client = Client(headers={"accept-language": "en"})
    client.force_login(mei)
    page = client.get(f"/tickets/{ticket.ref}/").content.decode()
    assert "Wave it through" in page and "Why wave?" in page
    assert f'action="{reverse("portal:act", args=[ticket.ref, WAVE])}"' in page


def test_a_new_action_is_in_the_schema_with_its_body(action):
    general = {"post": {"parameters": [{"name": "ref"}, {"name": "action"}], "responses": {}}}
    drawn = complete({"paths": {ACTION_PATH: general}, "components": {}}, None, None, True)
    operation = drawn["paths"][ACTION_PATH.replace("{action}", WAVE)]["post"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    assert set(body["properties"]) == {"reason", "amount"} and body["required"] == ["reason"]


def test_a_new_action_is_drawn_told_and_worded(action):
    assert f"| {WAVE} |" in document()
    assert is_move("evidence_collection", "closed", WAVE)
    assert "ticket.waved" in all_types() and list(types_of(WAVE, "", "")) == ["ticket.waved"]
    assert WAVE in kinds_of(Preference.NEWS) and WAVE in mass_actions()
    assert notice_words(WAVE, {}, to_staff=False)[0] == "We waved" and notice_words(WAVE, {}, to_staff=True)[0] == "Somebody waved"
    assert ACTION_DONE[WAVE] == EVENT[WAVE] == "Waved through"


# ---- A timer
@pytest.mark.django_db
def test_a_new_timer_must_have_its_length_in_a_policy(timer, db):
    assert TEA in timer_keys()
    found = problems(new_draft(Policy.objects.get(version="2026.2")))
    assert [each for each in found if TEA in each]


def with_tea(case: Case) -> Case:
    spec = case.policy.timers["first_response"]
    case.policy = replace(case.policy, timers={**case.policy.timers, TEA: replace(spec, key=TEA)})
    return case


@pytest.mark.django_db
def test_a_new_timer_runs_ends_and_tells(timer, ticket, mei):
    case = with_tea(Case(Ticket.objects.get(pk=ticket.pk), timezone.now()))
    tea = start(case, TEA)
    shown = [each for each in clocks(case) if each["timer"].key == TEA]
    assert [(each["name"], each["why"]) for each in shown] == [("Time for tea", "Tea is served by then.")]
    case.timers, tea.warned = [tea], [level for level, _at in tea.warn_at]
    set_next(tea)
    case.now = tea.due_at + timedelta(minutes=1)
    settle(case)
    assert case.ticket.status == Status.UNDER_REVIEW
    assert [(row["kind"], row["recipient_id"]) for row in case.notices] == [("timer.passed", mei.pk)]
    assert notice_words("timer.passed", {"timer": TEA}, to_staff=False)[0] == "No tea"


@pytest.mark.django_db
def test_a_new_timer_is_drawn_chosen_and_promised(timer):
    assert f"[{TEA}]" in document()
    assert TEA in dict(ForeseeForm().fields["timer"].choices)
    assert TEA in _deadlines(Category.objects.filter(policy="2026.2").first())
    assert TIMER[TEA] == "Time for tea"


@pytest.mark.django_db
def test_a_timer_newer_than_the_policy_of_a_complaint_does_not_start_there(timer, ticket, mei):
    """Complaints keep the version they were filed under, and a published one never gets another timer."""
    case = Case(Ticket.objects.get(pk=ticket.pk), timezone.now())
    assert start(case, TEA) is None
    start_once(case, TEA)
    stop(case, TEA)
    assert TEA not in {each.key for each in case.timers}
    web = Client().get(reverse("api:category", args=[ticket.category])).json()
    assert TEA not in {each["key"] for each in web["deadlines"]}


@pytest.mark.django_db
def test_a_timer_of_no_table_never_starts(ticket):
    with pytest.raises(KeyError, match="no_such_timer"):
        start(Case(Ticket.objects.get(pk=ticket.pk), timezone.now()), "no_such_timer")


# ---- Nothing left out
def test_every_row_is_complete():
    assert list(incomplete_rows()) == []


ACTION_GAPS = {
    "roles": {"roles": frozenset()},
    "statuses": {"statuses": frozenset()},
    "guards": {"guards": ("no_such_guard",)},
    "arrows": {"arrows": moves(Status.CLOSED, Status.DRAFT)},
    "inputs": {"inputs": (Input("reason", "no_such_kind"),)},
    "event": {"event": "no_such_event"},
    "first": {"first": {Status.DRAFT: "no_such_action"}},
    "also_locks": {"also_locks": "into"},
    "lost_race": {"lost_race": ("constraint", "NO_SUCH_CODE")},
    "try_counts": {"try_counts": True},
    "tells": {"tells": (replace(OWNER_LATER, to="nobody"),)},
    "preference": {"preference": Preference.ALWAYS},
    "webhook": {"webhook": "Waved!"},
    "confirm": {"decision": 1},
    "labels": {"inputs": (Input("no_such_label"),)},
}


@pytest.mark.parametrize("field", ACTION_GAPS)
def test_an_action_that_lacks_a_field_is_refused_by_name(action, monkeypatch, field):
    monkeypatch.setitem(ACTIONS, WAVE, replace(ROW, **ACTION_GAPS[field]))
    with pytest.raises(ImproperlyConfigured, match=f"action {WAVE}: {field}"):
        refuse_incomplete()


@pytest.mark.parametrize("field", ["button", "line", "to_customer", "to_staff"])
def test_an_action_that_lacks_words_is_refused_by_name(action, monkeypatch, field):
    monkeypatch.setitem(ACTION_WORDS, WAVE, replace(WORDS, **{field: None}))
    with pytest.raises(ImproperlyConfigured, match=f"action {WAVE}: {field}"):
        refuse_incomplete()


@pytest.mark.parametrize(("table", "field"), [(ACTION_WORDS, "words"), (EFFECTS, "effect")])
def test_an_action_without_words_or_function_is_refused_by_name(action, monkeypatch, table, field):
    monkeypatch.delitem(table, WAVE)
    with pytest.raises(ImproperlyConfigured, match=f"action {WAVE}: {field}"):
        refuse_incomplete()


TIMER_GAPS = {
    "on_refund": {"on_refund": None},
    "tells_when_over": {"tells_when_over": None},
    "warns": {"warns": (replace(OWNER_LATER, to="nobody"),)},
    "acts": {"acts": False},
    "targets": {"targets": frozenset({"no_such_place"})},
}


@pytest.mark.parametrize("field", TIMER_GAPS)
def test_a_timer_that_lacks_a_field_is_refused_by_name(timer, monkeypatch, field):
    monkeypatch.setitem(TIMERS, TEA, replace(TIMER_ROW, **TIMER_GAPS[field]))
    with pytest.raises(ImproperlyConfigured, match=f"timer {TEA}: {field}"):
        refuse_incomplete()


@pytest.mark.parametrize("field", ["name", "promise", "passed"])
def test_a_timer_that_lacks_words_is_refused_by_name(timer, monkeypatch, field):
    monkeypatch.setitem(TIMER_WORDS, TEA, replace(TIMER_SAYS, **{field: None}))
    with pytest.raises(ImproperlyConfigured, match=f"timer {TEA}: {field}"):
        refuse_incomplete()


@pytest.mark.parametrize(("table", "field"), [(TIMER_WORDS, "words"), (ON_EXPIRY, "acts")])
def test_a_timer_without_words_or_function_is_refused_by_name(timer, monkeypatch, table, field):
    monkeypatch.delitem(table, TEA)
    with pytest.raises(ImproperlyConfigured, match=f"timer {TEA}: {field}"):
        refuse_incomplete()


def test_words_and_functions_without_a_row_are_refused(action, timer, monkeypatch):
    monkeypatch.delitem(ACTIONS, WAVE)
    monkeypatch.delitem(TIMERS, TEA)
    assert {f"action {WAVE}: no row", f"timer {TEA}: no row"} <= set(incomplete_rows())


# ---- One vocabulary for programs
def type_told(action: Action) -> str:
    return action.webhook or (EVENTS[action.event].webhook if action.event else "")


def test_every_decision_is_told_to_programs_as_one_whoever_made_it():
    for target, type_ in ((Status.REMEDY_PENDING, "decision.approved"), (Status.REJECTED, "decision.rejected")):
        deciding = [action for action in ACTIONS.values() if target in {to for source, to in action.arrows if source != Status.CLOSED}]
        assert len(deciding) >= 2
        assert {action.key: type_told(action) for action in deciding} == dict.fromkeys((action.key for action in deciding), type_)


def test_what_programs_are_told_is_what_the_rows_say():
    told = {kind: list(types_of(kind, "", "", "overseas_24h")) for kind in (*EVENTS, *ACTIONS)}
    assert told == {key: [*filter(None, (row.webhook, row.asks))] for key, row in {**EVENTS, **ACTIONS}.items()}


@pytest.fixture
def people(mei, wang, lin, zhou, chen, zhao, sun, adapter):
    return SimpleNamespace(owner=mei, stranger=wang, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, privacy=sun, service=adapter)


@pytest.mark.django_db
@pytest.mark.parametrize(("key", "type_"), [("uphold_customer", "decision.approved"), ("uphold_rejection", "decision.rejected")])
def test_a_decision_of_the_second_level_is_told_as_a_decision(people, clock, key, type_):

    clock("2026-03-11T10:00:00+08:00")
    ticket = MAKERS[Status.ESCALATED](people)
    perform(people.supervisor, ticket.ref, key, inputs(ticket, ticket)[key])
    event = ticket.events.order_by("-seq").first()
    asked = ["remedy.due"] if key == "uphold_customer" else []
    assert list(types_of(event.kind, event.from_status, event.to_status)) == ["ticket.status_changed", type_, *asked]


def test_events_of_an_older_name_are_still_told_and_worded():
    assert list(types_of("reject", "", "")) == ["decision.rejected"]
    assert all(str(EVENT[kind]) for kind in ("file", "reject", "record_identity_check"))


def test_a_decision_that_waits_for_its_second_signature_is_told_to_nobody():
    assert list(types_of("approve", "", "")) == []


# ---- No special cases
GENERIC = (
    "tickets/operations/engine.py",
    "tickets/operations/effects.py",
    "tickets/cases/guards.py",
    "tickets/cases/notices.py",
    "tickets/cases/timers.py",
    "tickets/cases/timeline.py",
    "tickets/delivery/preferences.py",
    "tickets/completeness.py",
    "desk/ticket/forms/actions.py",
    "desk/ticket/forms/ticket_forms.py",
    "desk/ticket/decision_page.py",
    "api/schema.py",
    "api/webhooks/event_types.py",
)


def named_actions(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in ACTIONS:
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.value}"


def test_what_serves_every_action_names_none():
    known = {"api/schema.py file"}  # the part of a multipart body, not the action
    found = [each for name in GENERIC for each in named_actions(ROOT / name)]
    assert [each for each in found if f"{each.split(':')[0]} {each.split()[-1]}" not in known] == []
