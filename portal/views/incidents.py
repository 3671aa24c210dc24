"""Me too: a complaint of one's own is linked to a fault that many report."""

from __future__ import annotations

from contextlib import suppress

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lib.types import Record
from portal.access import require_sign_in, viewer
from portal.presenters.incidents import find_banner_incident
from tickets.incidents import join_incident
from tickets.models import Ticket
from tickets.operations import start_draft
from tickets.workflow import NotFound, Refusal


@require_POST
@require_sign_in
def join(request: HttpRequest, number: str) -> HttpResponse:
    """One's own open complaint, named in the form. Raises Http404 for what is not theirs or on no banner."""
    person, ref = viewer(request), request.POST.get("ticket", "")
    try:
        join_incident(person, number, ref)
        messages.success(request, _("Your complaint is linked. You get the news about this fault on its page and by e-mail."))
    except NotFound as error:
        raise Http404 from error
    except Refusal:  # another window was first, or the desk: the page shows where it stands
        messages.info(request, _("Your complaint could not be linked. It goes on as it was."))
    return redirect("portal:ticket", ref=ref)


def begin(request: HttpRequest, category: str, number: str, payment: Record | None = None) -> Ticket:
    """A draft, linked where it was begun from a banner and is of that kind; with what the platform said of the payment. Raises Refusal."""
    person, incident = viewer(request), find_banner_incident(number)
    said = {"category": category, **(payment or {})}
    if incident is None or incident.category != category:
        return start_draft(person, said)
    facts = {"pay_method": incident.pay_method} if incident.pay_method else {}
    draft = start_draft(person, {**said, "facts": facts})
    with suppress(Refusal):  # ended this moment: the complaint is filed all the same
        join_incident(person, number, draft.ref)
    return draft
