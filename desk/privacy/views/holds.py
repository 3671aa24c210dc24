"""Legal holds that are running: why, until when, and their release."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from desk.privacy.presenter import PAGE, newest, number_in, older, tabs
from desk.shell.access import officers_page, viewer
from desk.shell.formatting import deadline_text, moment_text
from desk.shell.page_shell import render_page
from desk.shell.refusals import errors_of
from lib.types import Context
from tickets.models import Event, Ticket
from tickets.operations import perform
from tickets.words import EVENT, STATUS
from tickets.workflow import ACTIONS, NotFound, Refusal


@require_safe
@officers_page
def holds(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, wrong: dict[str, list[str]] | None = None, status: int = 200) -> HttpResponse:
    """The newest complaint first, by key. `wrong`: what is to be said at which complaint's form."""
    user = viewer(request)
    asked, address = request.GET, reverse("desk:holds")
    found: QuerySet[Ticket] = Ticket.objects.visible_to(user).filter(legal_hold_until__gt=timezone.now()).order_by("-pk")
    before = number_in(asked, "before")
    rows, after = older(address, asked, list((found.filter(pk__lt=before) if before else found)[: PAGE + 1]))
    kinds = [key for key, row in ACTIONS.items() if row.sets_hold]
    causes = {event.ticket_id: event for event in Event.objects.filter(ticket__in=rows, kind__in=kinds).order_by("seq")}
    context = {
        "tabs": tabs("holds"),
        "rows": [_row(ticket, causes.get(ticket.pk)) for ticket in rows],
        "wrong": wrong or {},
        "typed": request.POST.get("reason", ""),
        "older": after,
        "newest": newest(address, asked),
    }
    return render_page(request, "desk/privacy/holds.html", context, title=_("Legal holds"), current="privacy", status=status)


def _row(ticket: Ticket, cause: Event | None) -> Context:
    return {
        "ref": ticket.ref,
        "version": ticket.version,
        "status": STATUS[ticket.status],
        "why": EVENT[cause.kind] if cause else "",
        "note": (cause.data.get("note") or "") if cause else "",
        "since": moment_text(cause.at) if cause else "",
        "until": deadline_text(ticket.legal_hold_until) if ticket.legal_hold_until else "",
    }


@require_POST
@officers_page
def release(request: HttpRequest) -> HttpResponse:
    """By the action of the ticket. Refused: the page again, with the reason at its form."""
    user = viewer(request)
    ref, said = request.POST.get("ref", ""), request.POST.get("version", "")
    version = int(said) if said.isdecimal() else -1
    try:
        perform(user, ref, "release_hold", {"reason": request.POST.get("reason", "")}, expected_version=version)
    except NotFound as error:
        raise Http404 from error
    except Refusal as refusal:
        return _page(request, {ref: [text for texts in errors_of(refusal).values() for text in texts]}, refusal.status)
    messages.success(request, _("The legal hold of %(ref)s is released.") % {"ref": ref})
    return HttpResponseRedirect(reverse("desk:holds"))
