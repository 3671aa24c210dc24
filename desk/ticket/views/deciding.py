"""Deciding a complaint: the form, then the letter to the customer, rehearsed and not yet written."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from desk.shell.access import desk_page, viewer
from desk.shell.page_shell import render_page
from desk.shell.posted_values import action_input
from desk.ticket.decision_page import apply_macro, letter_context, render_decision_page
from desk.ticket.forms.ticket_forms import RejectedPost
from desk.ticket.page import case_of
from desk.ticket.sending import release
from desk.ticket.views.acting import expected_version, missed_changes
from tickets.cases.case import Case
from tickets.models import Ticket
from tickets.operations import dry_run_action
from tickets.workflow import ACTIONS, NotFound, Refusal, is_decision


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def decide(request: HttpRequest, ref: str) -> HttpResponse:
    """`as` names the verdict. Posted, it shows the letter, or with `step=change` the form again; neither writes anything."""
    action = request.POST.get("as") or request.GET.get("as") or next(filter(is_decision, ACTIONS))
    if not is_decision(action):
        raise Http404
    if request.method != "POST":
        return render_decision_page(request, ref, action)
    if request.POST.get("step") == "change":
        return render_decision_page(request, ref, action, typed=request.POST)
    return _letter(request, ref, action)


def _letter(request: HttpRequest, ref: str, action: str) -> HttpResponse:
    user = viewer(request)
    ticket = Ticket.objects.visible_to(user).filter(ref=ref).first()
    if ticket is None:
        raise Http404
    release(ticket, user)
    before = case_of(user, ref)
    post = apply_macro(before, user, action, request.POST)
    try:
        return _preview_letter(request, post, before, action)
    except NotFound as error:
        raise Http404 from error
    except Refusal as refusal:
        return render_decision_page(
            request, ref, action, tried=RejectedPost(action, post, refusal, missed_changes(request, user, ref, refusal))
        )


def _preview_letter(request: HttpRequest, post: QueryDict, before: Case, action: str) -> HttpResponse:
    user = viewer(request)
    ticket = Ticket.objects.get(pk=before.ticket.pk)
    version = expected_version(request, user, ticket)
    with dry_run_action(user, ticket.ref, action, action_input(action, post), expected_version=version) as taken:
        decision = taken.decisions.prefetch_related("remedies").latest("pk")
        context = letter_context(request, post, taken, action, decision, before)
        return render_page(request, "desk/decision_preview.html", context, title=f"{_('The letter')} · {ticket.ref}")
