"""The customer's actions: one view for all of them. The operation decides; a refusal comes back in words."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.form_token import AlreadySent, once
from accounts.reauthentication import ask_for_proof
from accounts.roles import Role
from lib.pages import render
from lib.types import Text
from portal.access import own, require_sign_in, viewer
from portal.filing_words import too_many_words
from portal.forms.acting import ActionForm, answers_to_contest, form_of
from portal.presenters.actions import action_entries, asks_for_proof
from portal.presenters.escalation_options import escalation_options
from portal.presenters.page import case_of
from portal.unsent import drop, keep
from portal.views.ticket import page
from portal.words import DONE_OF_STATE
from tickets.models import EscalationTarget, Ticket
from tickets.operations import perform
from tickets.operations.filing_limits import TooManyFilings
from tickets.policy.playbooks import title_of
from tickets.words import ACTION_DONE
from tickets.workflow import ACTIONS, Refusal, Status


@require_http_methods(["GET", "HEAD", "POST"])
@require_sign_in
def act(request: HttpRequest, ref: str, action: str) -> HttpResponse:
    """Looked at, which the other language after a refusal does, it is the complaint's page."""
    if action not in ACTIONS or Role.OWNER not in ACTIONS[action].roles:
        raise Http404
    found = own(request, ref)
    if request.method != "POST":
        return redirect("portal:ticket", ref=ref)
    if found.status == Status.DRAFT:
        return redirect("portal:draft", ref=ref)
    form = form_of(action, case_of(request, found), request.POST)
    place = reverse(form.page, args=[found.ref])
    try:
        _perform(request, found, form, place)
    except AlreadySent as before:
        return redirect(before.location)
    except TooManyFilings as many:
        form.mark({"non_field_errors": [too_many_words(many)]})
        return page(request, found, form, many.status)
    except Refusal as refusal:
        if asks_for_proof([each.as_dict() for each in refusal.blocked_by]):
            return ask_for_proof(request, place)
        form.refuse(refusal)
        if form.page == "portal:ticket":
            keep(request, viewer(request), found, action)
        # Read again: what is due was written by the try, or somebody else was first.
        again = own(request, ref)
        gone = form.key == "escalate" and again.status == Status.CLOSED  # no place takes it there: its own page shows what was typed
        if form.page == "portal:further" and not gone:
            return _further_page(request, again, form, refusal.status)
        return page(request, again, form, refusal.status)
    drop(request, viewer(request), found, action)
    messages.success(request, _what_came_of_it(form, found))
    return redirect(place)


def _what_came_of_it(form: ActionForm, found: Ticket) -> Text:
    """Of a place outside what its row says: that something was filed only where it is."""
    row = found.escalations.filter(target=form.data.get("target", "")).last() if form.page == "portal:further" else None
    return DONE_OF_STATE.get(row.state, ACTION_DONE[form.key]) if row is not None else ACTION_DONE[form.key]


def _perform(request: HttpRequest, found: Ticket, form: ActionForm, place: str) -> None:
    person = viewer(request)
    action = ACTIONS[form.key]
    if action.try_counts:  # a refused try leaves something behind: it must not be undone with the form's row
        perform(person, found.ref, form.key, form.raw())
        return
    with once(request, person) as sent:
        sent.location = place
        perform(person, found.ref, form.key, form.raw())


@require_safe
@require_sign_in
def further(request: HttpRequest, ref: str) -> HttpResponse:
    """Where one can turn, what each place does and does not do, and what opens when."""
    return _further_page(request, own(request, ref))


def _further_page(request: HttpRequest, found: Ticket, sent: ActionForm | None = None, status: int = 200) -> HttpResponse:
    case = case_of(request, found)
    possible = action_entries(case, sent)
    there = escalation_options(case, possible["escalate"], sent)
    police = EscalationTarget.objects.filter(key="police").first()
    data: dict[str, object] = {
        "ticket": case.ticket,
        "title": title_of(found.policy_id, found.category),
        "places": there,
        "police": police,
        "contest": possible["escalate"].form if answers_to_contest(case) and any(place.allowed for place in there) else None,
        "actions": possible,
        "form": sent,
        "lost": sent.texts() if sent is not None and not possible["escalate"].allowed else [],
        "target": request.POST.get("target", ""),
    }
    return render(request, "portal/escalation.html", data, status=status)
