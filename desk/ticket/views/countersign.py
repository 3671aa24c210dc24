"""What waits for a second signature, the oldest first, each whole before the button: liftings of the platform's freeze, and decisions."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from accounts.reads import count_read
from accounts.roles import Role, roles_of
from desk.shell.access import desk_page, viewer
from desk.shell.cached_labels import category_titles, colleagues
from desk.shell.formatting import moment_text
from desk.shell.page_shell import render_page
from desk.ticket.decision_page import cited_evidence
from desk.ticket.presenters.decision_letter import letter_to_customer
from desk.ticket.presenters.decisions import decision as shown_decision
from desk.ticket.presenters.money import Twins, money_facts, twins_of
from lib.types import Context
from tickets.cases.case import Case
from tickets.models import Decision, Freeze, Ticket
from tickets.words import DEMAND, FREEZE_ORIGIN, WHY_COUNTERSIGNED

SIZE = 10


@require_safe
@desk_page
def countersign(request: HttpRequest) -> HttpResponse:
    """For everybody of the desk to read, but for what they have a part in; signing is the supervisors'."""
    user = viewer(request)
    seen = Ticket.objects.visible_to(user).of_others(user)
    waiting = Decision.objects.filter(state=Decision.State.AWAITING, ticket__in=seen).select_related("ticket__owner", "author")
    children = ("ticket__evidence", "ticket__refunds", "ticket__claim_raises", "ticket__timers")
    waiting = waiting.prefetch_related("remedies", *children).order_by("at", "id")
    lifts = Freeze.objects.filter(ticket__in=seen, state=Freeze.State.ACTIVE, lift_waits_since__isnull=False)
    lifts = lifts.select_related("ticket__owner", "lift_waits_by").prefetch_related("ticket__decisions").order_by("lift_waits_since", "id")
    page = Paginator(waiting, SIZE).get_page(request.GET.get("page"))
    titles = category_titles(get_language() or "", timezone.now())
    twins = twins_of([decision.ticket for decision in page], user)
    count_read(len(page) + len(lifts))
    context = {
        "rows": [_row(decision, titles, user.pk, twins) for decision in page],
        "lifts": [_lift(freeze, titles, user.pk) for freeze in lifts],
        "signs": Role.SUPERVISOR in roles_of(user),
        "older": f"?page={page.next_page_number()}" if page.has_next() else "",
        "newer": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "count": page.paginator.count + len(lifts),
    }
    return render_page(request, "desk/countersign.html", context, title=gettext("Second signature"), current="countersign")


def _lift(freeze: Freeze, titles: Mapping[str, str], viewer: int) -> Context:
    """`decision`: one that waits on the same complaint. What is signed there is that, and it stands below."""
    ticket = freeze.ticket
    return {
        "ticket": ticket,
        "ref": ticket.ref,
        "address": reverse("desk:ticket", args=[ticket.ref]),
        "category": titles.get(ticket.category, ticket.category),
        "account": freeze.account_masked,
        "origin": FREEZE_ORIGIN[freeze.origin],
        "active": moment_text(freeze.active_at) if freeze.active_at else "",
        "asked": moment_text(freeze.lift_requested_at) if freeze.lift_requested_at else "",
        "by": f"{freeze.lift_waits_by} · {moment_text(freeze.lift_waits_since)}" if freeze.lift_waits_since else "",
        "note": freeze.note,
        "reference": freeze.reference,
        "decision": any(each.state == Decision.State.AWAITING for each in ticket.decisions.all()),
        "own": freeze.lift_waits_by_id == viewer,
    }


def _row(decision: Decision, titles: Mapping[str, str], viewer: int, twins: Twins) -> Context:
    ticket = decision.ticket
    case = Case(ticket, timezone.now(), timers=[])
    names = {**colleagues(case.now), decision.author_id: str(decision.author)}
    return {
        "ticket": ticket,
        "ref": ticket.ref,
        "address": reverse("desk:ticket", args=[ticket.ref]),
        "category": titles.get(ticket.category, ticket.category),
        "money_facts": money_facts(case, twins),
        "demands": [DEMAND.get(demand, demand) for demand in ticket.demands],
        "decision": shown_decision(decision, names),
        "relied": cited_evidence(case, decision),
        "why": [WHY_COUNTERSIGNED.get(code, code) for code in decision.why_countersigned],
        "letter": letter_to_customer(decision, ticket, case.now),
        "own": decision.author_id == viewer,
    }
