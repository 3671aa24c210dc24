"""Decisions that wait for a second signature, the oldest first."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from accounts.roles import Role, roles_of
from desk.access import desk_page
from desk.lexicon import category_titles
from desk.pages import answer
from desk.showing.moments import moment_text, money
from tickets.models import Decision, Ticket
from tickets.words import REMEDY, WHY_COUNTERSIGNED

MOST = 200


@require_safe
@desk_page
def countersign(request: HttpRequest) -> HttpResponse:
    """For everybody of the desk to read; signing is the supervisors', on the ticket itself, after reading it."""
    user: Any = request.user
    seen = Ticket.objects.visible_to(user)
    waiting = Decision.objects.filter(state=Decision.State.AWAITING, ticket__in=seen)
    waiting = waiting.select_related("ticket", "author").prefetch_related("remedies").order_by("at", "id")
    titles = category_titles(get_language() or "", timezone.now())
    rows = [_row(decision, titles, user.pk) for decision in waiting[:MOST]]
    signs = Role.SUPERVISOR in roles_of(user)
    title = gettext("Second signature")
    return answer(request, "desk/countersign.html", {"rows": rows, "signs": signs}, title=title, current="countersign")


def _row(decision: Decision, titles: Any, viewer: int) -> dict[str, Any]:
    ticket = decision.ticket
    return {
        "ref": ticket.ref,
        "category": titles.get(ticket.category, ticket.category),
        "claim": money(ticket.amount, ticket.currency),
        "remedies": [(REMEDY.get(each.kind, each.kind), money(each.amount)) for each in decision.remedies.all()],
        "why": [WHY_COUNTERSIGNED.get(code, code) for code in decision.why_countersigned],
        "author": str(decision.author),
        "own": decision.author_id == viewer,
        "at": moment_text(decision.at),
    }
