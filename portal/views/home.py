"""The front door: what happened, freeze now, follow a complaint."""

from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from lib.pages import render
from portal.access import viewer
from portal.categories import categories, policy_in_force
from portal.presenters.incidents import banners
from portal.presenters.rows import rows
from portal.presenters.symptom_finder import category_links, find_categories
from tickets.models import Ticket
from tickets.references import as_reference
from tickets.workflow import Status

MOST_SHOWN = 3


@require_safe
@vary_on_headers("HX-Request")
def home(request: HttpRequest) -> HttpResponse:
    """With `q` the ways in that fit it stand first; to a page that narrows while one types, they alone are sent."""
    known = categories()
    found = find_categories(request.GET.get("q", ""), known)
    if "HX-Request" in request.headers:
        return render(request, "portal/category_results.html", {"found": found})
    data = {
        "found": found,
        "categories": category_links(known),
        "open": _open_complaints(request),
        "policy": policy_in_force(),
        "banners": banners(request),
    }
    return render(request, "portal/home.html", data)


def _open_complaints(request: HttpRequest) -> list[dict[str, object]]:
    if not request.user.is_authenticated:
        return []
    mine = Ticket.objects.visible_to(request.user).filter(owner=request.user).exclude(status=Status.CLOSED)
    return rows(mine.prefetch_related("timers").order_by("-created_at", "-id")[:MOST_SHOWN])


@require_safe
def follow(request: HttpRequest) -> HttpResponse:
    """A complaint by its reference. Who is not signed in signs in first: a reference alone opens nothing."""
    typed = request.GET.get("ref", "")
    ref = as_reference(typed)
    if not ref:
        return render(request, "portal/find_complaint.html", {"typed": "", "missing": False})
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    found = Ticket.objects.visible_to(viewer(request)).filter(ref=ref).first()
    if found is None:
        return render(request, "portal/find_complaint.html", {"typed": typed[:40], "missing": True}, status=404)
    return redirect("portal:ticket", ref=found.ref)
