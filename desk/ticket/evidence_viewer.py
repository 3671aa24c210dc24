"""The evidence viewer of a ticket: one item large, or two side by side, with what is to be said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from desk.shell.access import viewer
from desk.shell.labels import ITEM_STATE
from desk.shell.page_shell import render_page
from desk.ticket.forms.ticket_forms import RejectedPost, evidence_forms
from desk.ticket.page import case_of
from desk.ticket.presenters.viewer_panes import LEFT, RIGHT, ViewerState, hints, pane, view_of
from evidence.models import EvidenceItem
from evidence.operations import known_items
from evidence.words import PURPOSE
from lib.types import Context
from tickets.cases.checklist import REMOVED_STATES
from tickets.words import EVIDENCE_KIND

Items = Sequence[EvidenceItem]


def render_viewer(
    request: HttpRequest, ref: str, view: ViewerState, tried: RejectedPost | None = None, *, number: str = "", wrong: Sequence[str] = ()
) -> HttpResponse:
    """Raises Http404 for a ticket or an item that is not there. `number` is a document's, read on demand."""
    user = viewer(request)
    case = case_of(user, ref)
    items = sorted(known_items(user, case), key=lambda item: (item.state in REMOVED_STATES, item.pk))
    shown = _items_in_view(items, view)
    view = replace(view, item=shown[0].pk if shown else 0, beside=shown[1].pk if len(shown) > 1 else 0)
    address = reverse("desk:viewer", args=[ref])
    panes = [pane(case, item, user, view, side) for item, side in zip(shown, (LEFT, RIGHT), strict=False)]
    context = {
        "ticket": case.ticket,
        "viewer": address,
        "address": reverse("desk:ticket", args=[ref]),
        "items": [_entry(item, view, address) for item in items],
        "panes": panes,
        "hints": hints(case, user, shown),
        "view": view,
        "here": view.query(),
        "number": number,
        "wrong": wrong,
        "asks": any(each["mode"] == "ask" for each in panes),
        "purposes": list(PURPOSE.items()),
        **_neighbours(items, shown, view, address),
        **evidence_forms(case, user, tried),
    }
    status = tried.refusal.status if tried else 400 if wrong else 200
    answered = render_page(request, "desk/viewer.html", context, title=_("Evidence of %(ref)s") % {"ref": ref}, status=status)
    answered["Cache-Control"] = "private, no-store"
    return answered


def _items_in_view(items: Items, view: ViewerState) -> list[EvidenceItem]:
    """The item asked for, or the first that can be looked at; and the one beside it."""
    by_key = {item.pk: item for item in items}
    first = by_key.get(view.item) or next((item for item in items if item.state == "clean" and item.has_file), None)
    first = first or (items[0] if items else None)
    beside = by_key.get(view.beside)
    return [item for item in (first, beside if beside is not first else None) if item is not None]


def _entry(item: EvidenceItem, view: ViewerState, address: str) -> Context:
    """A line of the list. Another item is another look: it asks for its own reason."""
    alone = ViewerState(item=item.pk, beside=view.beside if view.beside != item.pk else 0)
    return {
        "id": item.pk,
        "name": EVIDENCE_KIND.get(item.kind, item.kind),
        "state": ITEM_STATE[item.state],
        "gone": item.state in REMOVED_STATES,
        "address": f"{address}?{alone.query()}",
    }


def _neighbours(items: Items, shown: Items, view: ViewerState, address: str) -> Context:
    if not shown:
        return {"previous": "", "next": "", "current": 0, "beside": 0}
    place = items.index(shown[0])
    before, after = items[place - 1 : place] if place else [], items[place + 1 : place + 2]
    return {
        "current": shown[0].pk,
        "beside": shown[1].pk if len(shown) > 1 else 0,
        "place": _("%(place)s of %(count)s") % {"place": place + 1, "count": len(items)},
        "previous": _entry(before[0], view, address)["address"] if before else "",
        "next": _entry(after[0], view, address)["address"] if after else "",
    }


def view_of_post(post: QueryDict) -> ViewerState | None:
    """Where a form of the viewer was sent from; None for a form of the ticket page."""
    return view_of(QueryDict(str(post["view"]))) if "view" in post else None


def address_of(ref: str, view: ViewerState) -> str:
    return f"{reverse('desk:viewer', args=[ref])}?{view.query()}"
