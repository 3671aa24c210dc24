"""What joining two complaints would do, before it counts: which goes on, what goes over, what ends. Rehearsed, and undone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from desk.shell.access import viewer
from desk.shell.page_shell import render_page
from desk.shell.posted_values import action_input
from desk.shell.target_names import target_titles
from lib.types import Record, Text
from tickets.models import Ticket
from tickets.operations import preview_merge
from tickets.words import EVIDENCE_KIND, STATUS, TIMER

# By the name of what hangs on a complaint (tickets/operations/join_rows.py), in the order in which they are told.
SORTS: dict[str, Promise] = {
    "evidence": gettext_lazy("Items of evidence"),
    "messages": gettext_lazy("Messages"),
    "order_references": gettext_lazy("Order numbers"),
    "freezes": gettext_lazy("Freezes"),
    "refunds": gettext_lazy("Refunds"),
    "escalations": gettext_lazy("Places outside"),
    "evidence_requests": gettext_lazy("Requests for evidence"),
    "transfers": gettext_lazy("Letters of authorities"),
    "bill_findings": gettext_lazy("Findings on bills"),
    "security_tasks": gettext_lazy("Security tasks"),
    "taggings": gettext_lazy("Tags"),
    "held_letters": gettext_lazy("Letters that wait"),
    "incident_link": gettext_lazy("Link with an incident"),
    "claim_raises": gettext_lazy("Raises of the claim"),
}


def render_join_preview(request: HttpRequest, ticket: Ticket, version: int) -> HttpResponse:
    """`version`: of the ticket, as the page knew it. Raises Refusal, as the act itself would."""
    shown = preview_merge(viewer(request), ticket.ref, action_input("merge", request.POST), expected_version=version)
    moves = [(words, shown["moves"][name]) for name, words in SORTS.items() if name in shown["moves"]]
    context = {
        "ticket": ticket,
        "address": reverse("desk:ticket", args=[ticket.ref]),
        "survivor": shown["survivor"],
        "closes": shown["closes"],
        "moves": moves,
        "ends": [_end(each) for each in shown["ends"]],
        "kept": [(name, value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"],
        "csrf_token": get_token(request),
    }
    title = f"{pgettext('action', 'Join with another complaint')} · {ticket.ref}"
    return render_page(request, "desk/join_preview.html", context, title=title)


def _end(each: Record) -> Text:
    """One line of what is over on the complaint that closes."""
    key = each["key"]
    if each["kind"] == "status":
        return _("Its status: %(what)s") % {"what": STATUS[key]}
    if each["kind"] == "request":
        return _("What it asked the customer for: %(what)s") % {"what": EVIDENCE_KIND[key]}
    if each["kind"] == "escalation":
        return _("Its way to: %(what)s") % {"what": target_titles().get(key, key)}
    return _("Its clock: %(what)s") % {"what": TIMER[key]}
