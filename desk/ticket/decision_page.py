"""The decision's page: demands, cause, remedy or reason, explanation; then the letter as the customer gets it; then it counts."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from accounts.models import User
from desk.queue.next_ticket import place_of
from desk.shell.access import viewer
from desk.shell.cached_labels import colleagues
from desk.shell.fields import Field, Form
from desk.shell.page_shell import render_page
from desk.shell.refusals import why
from desk.ticket.drafts import NOT_DRAFTED, Writing, writing_of
from desk.ticket.forms.actions import action_form, action_title
from desk.ticket.forms.ticket_forms import RejectedPost, with_errors
from desk.ticket.macros import find_macro, finding_from, macros_for, title
from desk.ticket.page import case_of
from desk.ticket.presenters import decisions, evidence, facts
from desk.ticket.presenters.decision_letter import letter_to_customer
from desk.ticket.presenters.money import money_facts, twins_of
from lib.types import Context, Record
from tickets.cases.case import Case
from tickets.models import Decision, Ticket
from tickets.models.querysets import is_staff_not_owner
from tickets.operations import menu
from tickets.words import ACTION_WORDS, WHY_COUNTERSIGNED
from tickets.workflow import ACTIONS
from tickets.workflow.vocabulary import MONEY_REMEDIES


def render_decision_page(
    request: HttpRequest, ref: str, action: str, *, tried: RejectedPost | None = None, typed: QueryDict | None = None
) -> HttpResponse:
    """Raises Http404; PermissionDenied for who never decides."""
    user = viewer(request)
    case = case_of(user, ref)
    if not is_staff_not_owner(case.ticket, user):
        raise PermissionDenied
    entry = _entry(case, action)
    writing = writing_of(case.ticket, user)
    form = action_form(case, entry, _form_values(request, case, user, action, tried, typed, writing))
    form.kept = True
    refused = with_errors(form, tried) if tried else None
    context = {
        **_case_context(case, user, request),
        "form": form,
        "steps": list(_steps(form)),
        "action": action,
        "refused": refused,
        "news": tried.news if tried else (),
        "titles": {each: action_title(each) for each in _verdicts(case, action)},
        "waits": "no_decision_waits" in ACTIONS[action].guards and case.waiting_decision is not None,
        "blocked": [] if entry["allowed"] else list(map(why, entry["blocked_by"])),
        "draft": writing.drafts.get(action) if not tried and not typed else None,
        "macros": [(macro.pk, title(macro, get_language() or "")) for macro in macros_for(action, case.now)],
    }
    status = tried.refusal.status if tried else 200
    return render_page(request, "desk/ticket_decide.html", context, title=f"{_('Decide')} · {ref}", status=status)


def _entry(case: Case, action: str) -> Record:
    for entry in menu(case):
        if entry["action"] == action:
            return entry
    raise PermissionDenied


def _verdicts(case: Case, action: str) -> list[str]:
    """Between which one chooses: what goes with this one, and whatever else is open."""
    level = ACTIONS[action].decision
    open_ones = {entry["action"]: entry["allowed"] for entry in menu(case) if ACTIONS[entry["action"]].decision}
    return [key for key, allowed in open_ones.items() if allowed or ACTIONS[key].decision == level]


def _case_context(case: Case, user: User, request: HttpRequest) -> Context:
    """What one has to have before one's eyes."""
    ticket = case.ticket
    names = colleagues(case.now)
    return {
        "ticket": ticket,
        "address": reverse("desk:ticket", args=[ticket.ref]),
        "decide": reverse("desk:decide", args=[ticket.ref]),
        "place": request.POST.get("place") or request.GET.get("place") or place_of(ticket),
        "colon": pgettext("between a field's name and its error", ": "),
        "flags": list(facts.flags(ticket)),
        "money_facts": money_facts(case, twins_of([ticket], user)),
        "story": facts.story(case),
        "items": [item for item in evidence.items(case, user, names) if not item["gone"]],
        "earlier": decisions.decisions(case, names),
    }


def _form_values(
    request: HttpRequest, case: Case, user: User, action: str, tried: RejectedPost | None, typed: QueryDict | None, writing: Writing
) -> QueryDict:  # fmt: skip
    """What was sent, then what a macro says, then what was kept; else what the case suggests."""
    if tried is not None or typed is not None:
        return tried.post if tried else typed or QueryDict()
    macro = find_macro(request.GET.get("macro", ""), action, case.now)
    if macro is not None:
        return _fill_suggestions(case, finding_from(macro, case, user))
    return writing.draft_values(action) or _fill_suggestions(case, QueryDict(mutable=True), action)


def _fill_suggestions(case: Case, post: QueryDict, action: str = "") -> QueryDict:
    """Evidence that was accepted; where money is asked for, the category's own way to give it back."""
    post.setlist("evidence", [str(item.pk) for item in case.evidence if item.verdict == "accepted"])
    first = next(iter(case.playbook.remedies), "")
    if _gives_remedies(action) and "refund" in case.ticket.demands and first in MONEY_REMEDIES:
        post["remedy_kind"], post["remedy_amount"] = first, ""
    return post


def _gives_remedies(key: str) -> bool:
    return key in ACTIONS and any(each.kind == "remedies" for each in ACTIONS[key].inputs)


def _steps(form: Form) -> list[tuple[str, Sequence[Field]]]:
    """In the order in which one thinks: what is asked for, what happened, what follows, what to say."""
    groups: list[tuple[str, tuple[str, ...]]] = [
        (_("What the customer demands"), ()),
        (_("What happened"), ("root_cause", "liability", "evidence")),
        (_("What follows"), ("remedies", "granted", "reason_code", "reference")),
        (_("What the customer is told"), ("explanation", "note")),
    ]
    steps: list[tuple[str, Sequence[Field]]] = [(words, [each for each in form.fields if each.name in names]) for words, names in groups]
    steps[0] = (groups[0][0], [each for each in form.fields if each.name.startswith("answer_")])
    return [step for step in steps if step[1]]


def apply_macro(case: Case, user: User, action: str, post: QueryDict) -> QueryDict:
    """What was typed; or, where the button of a macro was pressed, all that the macro says."""
    macro = find_macro(post.get("macro", ""), action, case.now)
    if macro is None:
        return post
    filled = _fill_suggestions(case, finding_from(macro, case, user))
    for name in ("version", "seq", "place", "as"):
        filled[name] = post.get(name, "")
    return filled


# ---- The letter
def letter_context(request: HttpRequest, post: QueryDict, ticket: Ticket, action: str, decision: Decision, case: Case) -> Context:
    """Context of the page on which it is confirmed. Everything is drawn here, while the rehearsal lasts."""
    user = viewer(request)
    names = colleagues(case.now)
    hidden_fields = [(name, value) for name in post for value in post.getlist(name) if name not in NOT_DRAFTED]
    return {
        **_case_context(case, user, request),
        "action": action,
        "confirm": ACTION_WORDS[action].confirm,
        "is_grave": ACTIONS[action].dangerous,
        "decision": decisions.decision(decision, names),
        "relied": cited_evidence(case, decision),
        "why_two": [WHY_COUNTERSIGNED.get(code, code) for code in decision.why_countersigned],
        "letter": letter_to_customer(decision, ticket, case.now),
        "kept": hidden_fields,
        "version": request.POST.get("version", ""),
        "seq": request.POST.get("seq", ""),
    }


def cited_evidence(case: Case, decision: Decision) -> list[Context]:
    """The items a decision stands on, by name, with a way to look at them."""
    ids = set(decision.evidence_ids)
    return [item for item in evidence.item_links(case) if item["id"] in ids]
