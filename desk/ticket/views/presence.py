"""The heartbeat of an open ticket page: who else is there, and whether the page is still true. A tiny answer, mostly none at all."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.models import User
from desk.shell.access import desk_page, viewer
from desk.ticket.conflicts import news
from desk.ticket.presence import Other, beat, leave, others
from desk.ticket.views.acting import page_version_of
from lib.pages import render_html
from tickets.models import Ticket
from tickets.models.querysets import is_staff_not_owner


@require_POST
@desk_page
def presence(request: HttpRequest, ref: str) -> HttpResponse:
    """204 while nothing differs from what the page shows (`shown`). Nothing of the ticket is written."""
    user = viewer(request)
    ticket = Ticket.objects.visible_to(user).only("id", "ref", "owner_id", "version", "last_seq").filter(ref=ref).first()
    if ticket is None:
        raise Http404
    if "leaves" in request.POST:
        leave(user, ticket.pk)
        return HttpResponse(status=204)
    there = _there(request, user, ticket)
    lines = news(user, ticket, page_version_of(request)).lines
    shown = hashlib.sha256(repr((there, lines)).encode()).hexdigest()[:12] if there or lines else ""
    if shown == request.POST.get("shown", ""):
        return HttpResponse(status=204)
    context = {"others": there, "lines": lines, "shown": shown, "address": reverse("desk:ticket", args=[ref])}
    return HttpResponse(render_html("desk/ticket_presence.html", context))


def _there(request: HttpRequest, user: User, ticket: Ticket) -> Sequence[Other]:
    """Among colleagues. On a complaint of one's own nobody is seen, oneself neither."""
    if not is_staff_not_owner(ticket, user):
        return []
    beat(user, ticket.pk, types=request.POST.get("typing") == "1")
    return others(user, ticket.pk)
