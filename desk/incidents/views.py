"""Incidents: what is suggested and what goes on, and one of them with its tickets, notices and steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.db.models import Count, F, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.reads import count_read
from accounts.roles import roles_of
from desk.incidents.forms import forms_for, incident_input, suggest_form
from desk.incidents.presenter import history, linked_row, progress, row_of
from desk.privacy.presenter import newest, number_in, older
from desk.queue.paging import Place, place
from desk.shell.access import desk_page, viewer
from desk.shell.page_shell import render_page
from desk.shell.refusals import errors_of
from lib.pages import render_html
from lib.types import Context
from tickets import incidents as incident_operations
from tickets.incidents.mass_actions import LEFT_OUT
from tickets.incidents.operations import LEADERS, LINKERS, LinkResult
from tickets.models import Incident, IncidentLink, Ticket
from tickets.references import as_reference
from tickets.workflow import NotFound, Refusal

PAGE = 50
SHOWN_CANDIDATES = 10


# ---- The list
@require_safe
@desk_page
def incidents(request: HttpRequest) -> HttpResponse:
    """Live ones and the past, the latest first, by key."""
    return _list(request)


def _list(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    user = viewer(request)
    before, address = number_in(request.GET, "before"), reverse("desk:incidents")
    found = Incident.objects.visible_to(user).annotate(tickets=Count("links")).order_by("-pk")
    rows, after = older(address, request.GET, list((found.filter(pk__lt=before) if before else found)[: PAGE + 1]))
    form = suggest_form(request.POST if refusal else None)
    if refusal:
        form.refuse(errors_of(refusal))
    more = incident_operations.count_candidates(rows)
    context = {
        "rows": [row_of(row, more.get(row.pk, 0)) for row in rows],
        "form": form,
        "may_suggest": not LINKERS.isdisjoint(roles_of(user)),
        "older": after,
        "newest": newest(address, request.GET),
    }
    status = refusal.status if refusal else 200
    return render_page(request, "desk/incidents.html", context, title=_("Incidents"), current="incidents", status=status)


@require_POST
@desk_page
def suggest(request: HttpRequest) -> HttpResponse:
    user = viewer(request)
    try:
        made = incident_operations.suggest_incident(user, incident_input("suggest", request.POST))
    except Refusal as refusal:
        return _list(request, refusal)
    return HttpResponseRedirect(reverse("desk:incident", args=[made.ref]))


# ---- One
@require_safe
@desk_page
def incident(request: HttpRequest, number: str) -> HttpResponse:
    """Asked by htmx, only how far notices and steps are: that asks again while something goes on."""
    found = _visible_incident(request, number)
    if request.headers.get("HX-Request"):
        context = {"address": request.path, **progress(found)}
        return HttpResponse(render_html("desk/incident_progress.html", context))
    return _page(request, found)


def _visible_incident(request: HttpRequest, number: str) -> Incident:
    user = viewer(request)
    found = Incident.objects.visible_to(user).by_ref(number).annotate(tickets=Count("links")).first()
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, found: Incident, action: str = "", typed: QueryDict | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    user = viewer(request)
    forms = forms_for(found, user, action, typed)
    above: list[str] = []
    if refusal and action in forms:
        forms[action].refuse(errors_of(refusal))
    elif refusal:
        above = [text for texts in errors_of(refusal).values() for text in texts]
    waiting = incident_operations.candidates(found)
    roles = roles_of(user)
    context = {
        "incident": row_of(found),
        "address": reverse("desk:incident", args=[found.ref]),
        "forms": forms,
        "above": above,
        "leads": not LEADERS.isdisjoint(roles),
        "links": not LINKERS.isdisjoint(roles),
        "is_open": found.state == Incident.State.OPEN,
        "candidates": list(waiting.values_list("ref", flat=True)[:SHOWN_CANDIDATES]),
        "candidate_count": waiting.count(),
        "history": history(list(found.events.all())),
        **progress(found),
        **_linked_tickets(request, found),
    }
    status = refusal.status if refusal else 200
    return render_page(request, "desk/incident.html", context, title=found.ref, current="incidents", status=status)


def _linked_tickets(request: HttpRequest, found: Incident) -> Context:
    """One page of linked tickets in the order of the queue, what is overdue first. Drafts count once they are filed."""
    seen = Ticket.objects.visible_to(viewer(request))
    address, start = reverse("desk:incident", args=[found.ref]), place(request.GET.get("before", ""))
    rows = IncidentLink.objects.filter(incident=found, ticket__in=seen).select_related("ticket__owner")
    if start is not None:
        undated = Q(ticket__due_at=None)
        later = Q(ticket__due_at__gt=start.at) | Q(ticket__due_at=start.at, ticket__gt=start.pk) | undated
        rows = rows.filter(later if start.at else undated & Q(ticket__gt=start.pk))
    ordered = list(rows.order_by(F("ticket__due_at").asc(nulls_last=True), "ticket")[: PAGE + 1])
    count_read(len(ordered[:PAGE]))
    last = ordered[PAGE - 1].ticket if len(ordered) > PAGE else None
    after = f"{address}?before={Place(last.due_at, last.pk)}" if last else ""
    return {"rows": [linked_row(row) for row in ordered[:PAGE]], "older": after, "newest": newest(address, request.GET)}


# ---- What is done to it
def _linked_words(count: int) -> str:
    return ngettext("%(count)s complaint is linked.", "%(count)s complaints are linked.", count) % {"count": count}


def _open(user: User, ref: str, said: Mapping[str, object]) -> str:
    opened = incident_operations.open_incident(user, ref, said)
    return _("The incident is open.") + " " + _linked_words(opened.links.count())


def _dismiss(user: User, ref: str, said: Mapping[str, object]) -> str:
    incident_operations.dismiss_incident(user, ref, said)
    return _("The suggestion is dismissed.")


def _resolve(user: User, ref: str, said: Mapping[str, object]) -> str:
    incident_operations.resolve_incident(user, ref)
    return _("The incident is over. Its complaints go on, each with its own dates.")


def _banner(user: User, ref: str, said: Mapping[str, object]) -> str:
    shown = incident_operations.show_banner(user, ref, {"banner": said.get("banner")}).banner
    return _("The banner is up.") if shown else _("The banner is down.")


def _announce(user: User, ref: str, said: Mapping[str, object]) -> str:
    incident_operations.announce(user, ref, said)
    return _("The notice is on its way to everybody.")


def _run(user: User, ref: str, said: Mapping[str, object]) -> str:
    count = incident_operations.begin_incident_run(user, ref, said).outcomes.exclude(code__in=LEFT_OUT).count()
    return ngettext("The step is taken on %(count)s complaint.", "The step is taken on %(count)s complaints.", count) % {"count": count}


def _link_message(linked: LinkResult) -> str:
    if not linked.own:
        return _linked_words(linked.done)
    left = _("Left out, because you have a part in them yourself: %(refs)s.") % {"refs": ", ".join(linked.own[:SHOWN_CANDIDATES])}
    return f"{_linked_words(linked.done)} {left}"


def _link(user: User, ref: str, said: Mapping[str, object]) -> str:
    refs = [as_reference(each) for each in str(said.get("tickets") or "").replace(",", " ").split()]
    return _link_message(incident_operations.link_tickets(user, ref, refs))


def _candidates(user: User, ref: str, said: Mapping[str, object]) -> str:
    return _link_message(incident_operations.link_candidates(user, ref))


def _unlink(user: User, ref: str, said: Mapping[str, object]) -> str:
    incident_operations.unlink_ticket(user, ref, as_reference(str(said.get("ticket") or "")))
    return _("The complaint is taken out.")


ACTION_HANDLERS: Mapping[str, Callable[[User, str, Mapping[str, object]], str]] = {
    "open": _open, "dismiss": _dismiss, "resolve": _resolve, "banner": _banner, "announce": _announce, "run": _run,
    "link": _link, "candidates": _candidates, "unlink": _unlink,
}  # fmt: skip


@require_POST
@desk_page
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """By its operation. Refused: the page again, with the reason at its form."""
    user = viewer(request)
    if action not in ACTION_HANDLERS:
        raise Http404
    try:
        messages.success(request, ACTION_HANDLERS[action](user, number, incident_input(action, request.POST)))
    except NotFound as error:
        raise Http404 from error
    except Refusal as refusal:
        return _page(request, _visible_incident(request, number), action, request.POST, refusal)
    return HttpResponseRedirect(reverse("desk:incident", args=[number]))
