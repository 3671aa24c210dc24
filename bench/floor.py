"""The floor: what any page of fifty tickets costs here at least. One session, one user, one indexed query, one template.

Drawn by Jinja2, as the queue's rows are: by Django's own templates the floor would lie twice as high and flatter every page.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template import engines

from desk.queue.paging import QueueRow
from tickets.models import Ticket

ROWS = 50


def floor(request: HttpRequest) -> HttpResponse:
    """Session and user are read because their name is shown; the rows come from the queue's index, in its order."""
    rows = Ticket.objects.in_queue().by_next_breach().values_list(*QueueRow._fields)[:ROWS]
    page = engines["jinja2"].get_template("bench/floor.html")
    return HttpResponse(page.render({"name": request.user.name, "columns": QueueRow._fields, "rows": rows}))
