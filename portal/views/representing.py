"""For somebody else: whom it is for, what one filed for others, and the owner's say."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.phone_numbers import mask_number
from lib.pages import render
from lib.types import Record
from portal.access import own, require_sign_in, viewer, visible
from portal.forms.filing import WhomForm, whom_initial
from tickets.models import Representation, Ticket
from tickets.operations.representing import answer_representative, name_represented, take_back
from tickets.policy.playbooks import title_of
from tickets.workflow import Refusal, Status

ANSWERED = {
    "agree": gettext_lazy("They may follow this complaint and act for you. You can end it here at any time."),
    "end": gettext_lazy("It is ended. They see nothing of this complaint any more."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@require_sign_in
def whom(request: HttpRequest, ref: str) -> HttpResponse:
    """Of a draft, or of a freeze that was asked for in a hurry."""
    ticket = own(request, ref)
    said = ticket.representations.filter(person=viewer(request)).first()
    if request.method != "POST":
        return _whom_page(request, ticket, WhomForm(initial=whom_initial(said)))
    form = WhomForm(request.POST)
    try:
        if "mine" in request.POST:
            take_back(viewer(request), ref)
        else:
            name_represented(viewer(request), ref, form.raw())
    except Refusal as refusal:
        form.refuse(refusal)
        return _whom_page(request, ticket, form, refusal.status)
    if ticket.status != Status.DRAFT and not Ticket.objects.visible_to(viewer(request)).filter(pk=ticket.pk).exists():
        messages.success(request, _("We asked them whether you may follow it. Nothing waits for that: it is on its way."))
        return redirect("portal:helping")
    return redirect("portal:draft" if ticket.status == Status.DRAFT else "portal:ticket", ref=ref)


def _whom_page(request: HttpRequest, ticket: Ticket, form: WhomForm, status: int = 200) -> HttpResponse:
    return render(request, "portal/file/whom.html", {"ticket": ticket, "form": form, "draft": ticket.status == Status.DRAFT}, status=status)


@require_safe
@require_sign_in
def helping(request: HttpRequest) -> HttpResponse:
    """Complaints of others. Until they agree: that they are asked, and what became of a freeze that was asked for with it."""
    found = Representation.objects.of(viewer(request)).exclude(asked_at=None).prefetch_related("ticket__freezes").order_by("-pk")
    return render(request, "portal/helping.html", {"rows": [_row(each) for each in found[:100]]})


def _row(row: Representation) -> Record:
    """Of what they may not follow: what they said and sent themselves, and the freeze of the account they named."""
    freeze = row.ticket.freezes.filter(requested_at__lte=row.asked_at).order_by("pk").last() if not row.ended_at else None
    return {
        "row": row,
        "ref": row.ticket.ref,
        "title": title_of(row.ticket.policy_id, row.ticket.category) if row.is_live or row.waits else "",
        "where": _mask_contact(row.contact),
        "freeze": freeze.state if freeze is not None else "",
    }


def _mask_contact(contact: str) -> str:
    name, at, host = contact.partition("@")
    return f"{name[:1]}***{at}{host}" if at else mask_number(contact)


@require_POST
@require_sign_in
def follower(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """The owner's say, or the end of it by whoever acts."""
    ticket = visible(request, ref)
    answer = request.POST.get("answer", "")
    try:
        answer_representative(viewer(request), ref, pk, {"answer": answer, "letters": "letters" in request.POST})
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, _("This was answered already. Below you see how it stands."))
        return redirect("portal:ticket", ref=ref)
    if ticket.owner_id != request.user.pk:
        messages.success(request, _("You no longer act in this complaint."))
        return redirect("portal:helping")
    messages.success(request, str(ANSWERED[answer]))
    return redirect("portal:ticket", ref=ref)
