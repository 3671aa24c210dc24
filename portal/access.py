"""Whose page it is: the owner's. Strangers find nothing; people of the desk have pages of their own."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from tickets.models import Ticket


def viewer(request: HttpRequest) -> User:
    """The person who is signed in. Raises PermissionDenied where a view forgot to ask for one."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def visible(request: HttpRequest, ref: str) -> Ticket:
    """Raises Http404 for a reference that is not the viewer's to see."""
    seen = Ticket.objects.visible_to(viewer(request)).select_related("owner", "assignee", "merged_into")
    return get_object_or_404(seen, ref=ref)


def own(request: HttpRequest, ref: str) -> Ticket:
    """Raises Http404 for strangers, PermissionDenied for the desk."""
    ticket = visible(request, ref)
    if ticket.owner_id != request.user.pk:
        raise PermissionDenied
    return ticket
