"""The views of the queue that people keep: saved from the queue, named, shared, put in order, thrown away."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.roles import Role, roles_of
from desk.models import SavedView
from desk.queue.saved import MOST, query_of, saved_view_rows
from desk.queue.views.queue import A_YEAR, VIEWS_COOKIE
from desk.shell.access import desk_page, viewer
from desk.shell.page_shell import render_page

LONGEST = 60
MOST_CHARACTERS = SavedView._meta.get_field("query").max_length or 0


@require_safe
@desk_page
def views(request: HttpRequest) -> HttpResponse:
    """One's own to change; shared ones to see, and for supervisors to tidy."""
    user = viewer(request)
    rows = list(saved_view_rows(user.pk))
    own = [row for row in rows if row.owner_id == user.pk]
    others = [row for row in rows if row.owner_id != user.pk]
    context = {"own": own, "others": others, "tidies": Role.SUPERVISOR in roles_of(user), "address": reverse("desk:queue")}
    return render_page(request, "desk/queue_views.html", context, title=_("Saved views"), current="queue")


@require_POST
@desk_page
def save(request: HttpRequest) -> HttpResponse:
    """The filters the queue shows under a name; an own name once more means the new filters."""
    user = viewer(request)
    name, query = _name(request), query_of(QueryDict(request.POST.get("query", "")[: 2 * MOST_CHARACTERS]))
    if not name:
        messages.error(request, _("Give the view a name."))
    elif len(query) > MOST_CHARACTERS:
        messages.error(request, _("What is looked for is too long to be kept."))
        query = ""
    elif SavedView.objects.filter(owner=user).exclude(name=name).count() >= MOST:
        messages.error(request, _("You have %(count)s views. Delete one first.") % {"count": MOST})
    else:
        last = SavedView.objects.filter(owner=user).order_by("-position").values_list("position", flat=True).first()
        fresh = {"query": query, "shared": bool(request.POST.get("shared"))}
        SavedView.objects.update_or_create(owner=user, name=name, defaults=fresh, create_defaults={**fresh, "position": (last or 0) + 1})
        messages.success(request, _("View saved: %(name)s.") % {"name": name})
    return _set_views_cookie(request, HttpResponseRedirect(f"{reverse('desk:queue')}?{query}" if query else reverse("desk:queue")))


@require_POST
@desk_page
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename, share or keep to oneself, move up, delete. Raises Http404 for another's, unless a supervisor takes a shared one away."""
    user = viewer(request)
    view, do = _changeable(user, pk, request.POST.get("do", "")), request.POST.get("do", "")
    if do == "delete":
        view.delete()
        messages.success(request, _("View deleted: %(name)s.") % {"name": view.name})
    elif do == "up":
        _move_up(view)
    else:
        _rename(request, view)
    return _set_views_cookie(request, HttpResponseRedirect(reverse("desk:views")))


def _changeable(user: User, pk: int, do: str) -> SavedView:
    view = SavedView.objects.visible_to(user).filter(pk=pk).first()
    own = view is not None and view.owner_id == user.pk
    if view is None or not (own or (do == "delete" and Role.SUPERVISOR in roles_of(user))):
        raise Http404
    return view


def _rename(request: HttpRequest, view: SavedView) -> None:
    name = _name(request)
    if not name:
        messages.error(request, _("Give the view a name."))
    elif SavedView.objects.filter(owner=view.owner, name=name).exclude(pk=view.pk).exists():
        messages.error(request, _("You have a view of this name already."))
    else:
        SavedView.objects.filter(pk=view.pk).update(name=name, shared=bool(request.POST.get("shared")))
        messages.success(request, _("Saved."))


@transaction.atomic
def _move_up(view: SavedView) -> None:
    """Before the one that stands above it; places are dealt anew, so that none is held twice."""
    rows = list(SavedView.objects.filter(owner=view.owner).select_for_update())
    place = [row.pk for row in rows].index(view.pk)
    rows.insert(max(0, place - 1), rows.pop(place))
    for position, row in enumerate(rows, 1):
        row.position = position
    SavedView.objects.bulk_update(rows, ["position"])


def _name(request: HttpRequest) -> str:
    return " ".join(request.POST.get("name", "").split())[:LONGEST]


def _set_views_cookie(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """So that this browser sees its own change at once, whichever process answers."""
    response.set_cookie(VIEWS_COOKIE, secrets.token_hex(4), max_age=A_YEAR, samesite="Lax", httponly=True, secure=request.is_secure())
    return response
