"""Whose page it is: the owner's, and of whoever acts for them. Strangers find nothing; people of the desk have pages of their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import get_callable, reverse

from accounts.models import User
from accounts.viewer_queries import PreparedQueryPerViewer
from portal.unsent import MESSAGE, set_aside, subquery_of
from tickets.models import Representation, Ticket
from tickets.models.querysets import TicketQuerySet

SENDING = ("message", "act")  # addresses of forms whose words wait for whoever signs in
View = Callable[..., HttpResponseBase]


def require_sign_in(view: View) -> View:
    """Sign in first. After it one lands on a page to look at: an address that only takes a form would be an error."""

    @wraps(view)
    def check_sign_in(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        name = request.resolver_match.url_name if request.resolver_match else ""
        if request.method == "POST" and name in SENDING and not set_aside(request, kwargs["ref"], kwargs.get("action", MESSAGE)):
            return get_callable(settings.CSRF_FAILURE_VIEW)(request)  # it gives back what was typed, and says where to send it from
        looks = request.method in ("GET", "HEAD") or "ref" not in kwargs
        return redirect_to_login(request.get_full_path() if looks else reverse("portal:ticket", args=[kwargs["ref"]]))

    return check_sign_in


def viewer(request: HttpRequest) -> User:
    """The person who is signed in. Raises PermissionDenied where a view forgot to ask for one."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def visible(request: HttpRequest, ref: str) -> Ticket:
    """Raises Http404 for a reference that is not the viewer's to see."""
    found = _of_ref(viewer(request), ref)
    if not found:
        raise Http404
    return found[0]


@PreparedQueryPerViewer.of(str)
def _of_ref(person: User, ref: str) -> TicketQuerySet:
    seen = Ticket.objects.visible_to(person).select_related("owner", "assignee", "merged_into")
    return seen.annotate(unsent=subquery_of(person)).filter(ref=ref)


def is_of_desk(request: HttpRequest, ticket: Ticket) -> bool:
    """Whoever sees it and neither owns it nor acts for its owner."""
    return ticket.owner_id != request.user.pk and Representation.objects.by_which(viewer(request), ticket) is None


def own(request: HttpRequest, ref: str) -> Ticket:
    """Raises Http404 for strangers, PermissionDenied for the desk. What is sent to one that was joined is for the one that goes on."""
    ticket = visible(request, ref)
    if is_of_desk(request, ticket):
        raise PermissionDenied
    return ticket.living if request.method == "POST" else ticket
