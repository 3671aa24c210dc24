"""The ticket page: everything for a decision in one place. Shown for reading, and again with what was typed when an act was refused."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, pgettext

from accounts.models import User
from desk.forms.assembly import Tried, forms_of
from desk.lexicon import category_titles, colleagues
from desk.pages import answer
from desk.showing import evidence, facts, rulings
from desk.showing.clocks import clocks
from desk.showing.timeline import timeline
from desk.showing.words import TONE
from evidence.words import DOSSIER_FOR
from tickets.case import Case
from tickets.gathering import gather
from tickets.models import Event, Message, Ticket
from tickets.operations import look
from tickets.words import STATUS, WAITING_ON

MOST_EVENTS = 300


def workspace(request: HttpRequest, ref: str, tried: Tried | None = None) -> HttpResponse:
    """Raises Http404 for a ticket that does not exist or is not theirs to see."""
    user: Any = request.user
    case = case_of(user, ref)
    context = {**_shown(case, user), **forms_of(case, user, tried), "address": reverse("desk:ticket", args=[case.ticket.ref])}
    status = tried.refusal.status if tried else 200
    return answer(request, "desk/ticket.html", context, title=case.ticket.ref, status=status)


def case_of(user: User, ref: str) -> Case:
    """The ticket with all that hangs on it. Raises Http404."""
    seen = (
        Ticket.objects.visible_to(user)
        .select_related("owner", "assignee", "incident_link__incident")
        .prefetch_related("timers", "evidence")
    )
    ticket = seen.filter(ref=ref).first()
    if ticket is None:
        raise Http404
    gather(ticket)
    return look(ticket, user)


def _shown(case: Case, viewer: User) -> dict[str, Any]:
    ticket = case.ticket
    events = list(Event.objects.of(ticket, viewer).select_related("actor").order_by("-seq")[:MOST_EVENTS])
    messages = list(Message.objects.of(ticket, viewer).select_related("author").order_by("-id")[:MOST_EVENTS])
    names = _names(case, events, messages)
    titles = category_titles(get_language() or "", case.now)
    running, over = clocks(case)
    return {
        "ticket": ticket,
        "colon": pgettext("between a field's name and its error", ": "),
        "category": titles.get(ticket.category, ticket.category),
        "status": STATUS[ticket.status],
        "tone": TONE.get(ticket.status, "neutral"),
        "waiting_on": WAITING_ON.get(ticket.waiting_on or "", ""),
        "assignee": names.get(ticket.assignee_id or 0, ""),
        "flags": list(facts.flags(ticket)),
        "customer": facts.customer(case),
        "core": facts.core(case, titles.get(ticket.category, ticket.category)),
        "story": facts.story(case),
        "answers": facts.answers(ticket.facts),
        "running": running,
        "over": over,
        "entries": timeline(case, events, messages, names),
        "is_cut": MOST_EVENTS in (len(events), len(messages)),
        "slots": evidence.slots(case),
        "items": evidence.items(case, viewer, names),
        "decisions": rulings.decisions(case, names),
        "escalations": rulings.escalations(case, names),
        "ratings": rulings.ratings(case),
        "freezes": rulings.freezes(case),
        "tasks": rulings.security_tasks(case),
        "requests": rulings.requests(case),
        "dossier_address": reverse("desk:dossier", args=[ticket.ref]),
        "receipt_address": reverse("desk:receipt", args=[ticket.ref]),
        "recipients": [(key, words[0]) for key, words in DOSSIER_FOR.items()],
    }


def _names(case: Case, events: list[Event], messages: list[Message]) -> dict[int, str]:
    """What everybody on the page is called; colleagues who have left are known by what they did."""
    people = [case.ticket.owner, case.ticket.assignee, *(e.actor for e in events), *(m.author for m in messages)]
    return {**colleagues(case.now), **{person.pk: str(person) for person in people if person is not None}}
