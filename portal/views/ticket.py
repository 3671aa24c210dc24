"""One complaint: where it stands, the dates, the evidence, the letter, and everything the customer can do."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.form_token import AlreadySent, once
from accounts.models import User
from evidence.files import display_name
from evidence.intake import say, upload
from evidence.kinds import UNSORTED
from lib.pages import render
from portal.access import is_of_desk, own, require_sign_in, viewer, visible
from portal.forms.acting import MessageForm
from portal.forms.operation_form import OperationForm, reason
from portal.forms.statement import StatementForm
from portal.presenters.page import case_of, context
from portal.unsent import MESSAGE, drop, keep
from tickets.cases.case import Case
from tickets.models import Representation, Ticket
from tickets.operations import amend, check_message, look
from tickets.workflow import ACTIONS, Invalid, Refusal, Status, WrongStatus


@require_safe
@require_sign_in
def ticket(request: HttpRequest, ref: str) -> HttpResponse:
    try:
        found = visible(request, ref)
    except Http404:
        if Representation.objects.filter(person=viewer(request), ticket__ref=ref).exclude(asked_at=None).exists():
            return redirect("portal:helping")
        raise
    if is_of_desk(request, found):
        return redirect("desk:ticket", ref=ref)
    if found.status == Status.DRAFT:
        return redirect("portal:draft", ref=ref)
    return page(request, found)


def page(request: HttpRequest, found: Ticket, sent: OperationForm | None = None, status: int = 200) -> HttpResponse:
    """`sent` is a form that was refused: shown in its place, with what was typed."""
    return render(request, "portal/ticket.html", context(request, found, sent), status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@require_sign_in
def message(request: HttpRequest, ref: str) -> HttpResponse:
    found = own(request, ref)
    if request.method != "POST":  # the other language after a refusal
        return redirect("portal:ticket", ref=ref)
    form = MessageForm(look(found, viewer(request)), request.POST, request.FILES)
    place = f"{reverse('portal:ticket', args=[found.ref])}#messages"
    try:
        with once(request, viewer(request)) as sent:
            sent.location = place
            refused = _say(viewer(request), found.ref, form)
    except AlreadySent as before:
        return redirect(before.location)
    except Refusal as refusal:
        form.refuse(refusal)
        keep(request, viewer(request), found, MESSAGE)
        return page(request, found, form, refusal.status)
    drop(request, viewer(request), found, MESSAGE)
    messages.success(request, _("Your message is sent."))
    for text in refused:
        messages.warning(request, text)
    return redirect(place)


def _say(person: User, ref: str, form: MessageForm) -> list[str]:
    """The words, with every file that fits; and of the others, which and why. Raises Refusal for the words."""
    check_message(person, ref, form.raw())
    kept, refused = [], []
    for file in form.sent_files():
        try:
            kept.append(upload(person, ref, {"kind": UNSORTED}, file).pk)
        except Refusal as refusal:
            said = refusal.errors["file"] if isinstance(refusal, Invalid) else [reason(refusal.block.as_dict())]
            refused.append(_("%(file)s was not taken: %(reason)s") % {"file": display_name(file.name or ""), "reason": " ".join(said)})
    say(person, ref, form.raw(), kept)
    return refused


@require_POST
@require_sign_in
def unsent(request: HttpRequest, ref: str, form: str) -> HttpResponse:
    """What is being typed, a moment after the last key."""
    if form != MESSAGE and form not in ACTIONS:
        raise Http404
    keep(request, viewer(request), own(request, ref), form)
    return HttpResponse(status=204)


def _too_late(request: HttpRequest, found: Ticket, case: Case) -> HttpResponse:
    """What was typed into a page that stood open is shown back."""
    if request.method != "POST" or case.status == Status.DRAFT:
        return redirect("portal:ticket", ref=found.ref)
    form, refusal = StatementForm(case.playbook, request.POST, initial=StatementForm.ticket_initial(case.ticket)), WrongStatus(found.status)
    form.refuse(refusal)
    return page(request, own(request, found.ref), form, refusal.status)


@require_http_methods(["GET", "HEAD", "POST"])
@require_sign_in
def statement(request: HttpRequest, ref: str) -> HttpResponse:
    """The account of what happened, until the appeal is submitted."""
    found = own(request, ref)
    case = case_of(request, found)
    if case.status == Status.DRAFT or case.ticket.ever_submitted or case.status in (Status.RESOLVED, Status.CLOSED):
        return _too_late(request, found, case)
    if request.method != "POST":
        form = StatementForm(case.playbook, initial=StatementForm.ticket_initial(case.ticket))
        return render(request, "portal/statement.html", {"ticket": found, "form": form})
    form = StatementForm(case.playbook, request.POST, initial=StatementForm.ticket_initial(case.ticket))
    try:
        amend(viewer(request), ref, form.amendments())
    except Refusal as refusal:
        form.refuse(refusal)
        return render(request, "portal/statement.html", {"ticket": found, "form": form}, status=refusal.status)
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('portal:ticket', args=[ref])}#evidence")
