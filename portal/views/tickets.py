"""My complaints, newest first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lib.pages import render
from portal.access import require_sign_in, viewer
from portal.paging import page
from portal.presenters.rows import rows
from tickets.models import Ticket

PAGE_SIZE = 20


@require_safe
@require_sign_in
def tickets(request: HttpRequest) -> HttpResponse:
    person = viewer(request)
    mine = Ticket.objects.visible_to(person).filter(owner=person).prefetch_related("timers")
    found = page(mine, request.GET, PAGE_SIZE)
    context = {"rows": rows(found.rows), "previous_url": found.previous_url, "next_url": found.next_url}
    return render(request, "portal/tickets.html", context)
