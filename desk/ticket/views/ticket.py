"""The ticket page, for reading."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from desk.shell.access import desk_page
from desk.ticket.page import render_ticket_page


@require_safe
@desk_page
def ticket(request: HttpRequest, ref: str) -> HttpResponse:
    """Everything for a decision on one page."""
    return render_ticket_page(request, ref)
