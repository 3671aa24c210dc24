"""Every act on a ticket, by one way: read the form, call the operation, come back with a word or with what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from desk.access import desk_page
from desk.forms.assembly import Tried
from desk.forms.desk import amend_input, message_input, upload_input
from desk.forms.reading import action_input, whole
from desk.viewing import address_of, view_posted, viewing
from desk.workspace import workspace
from evidence.operations import reclassify, review, upload
from tickets.errors import NotFound, Refusal, Stale
from tickets.models import Ticket
from tickets.operations import amend, look, perform, post_message
from tickets.words import ACTION_DONE
from tickets.workflow import ACTIONS

Deed = Callable[[HttpRequest, User, str, int], str]


@desk_page
def act(request: HttpRequest, ref: str, deed: str) -> HttpResponse:
    """Refused: the page again, with the reason at its field, what was typed, and the refusal's own status. Raises Http404.

    Reloaded or turned into the other language after a refusal, the address leads back to the page: GET changes nothing.
    """
    user: Any = request.user
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:ticket", args=[ref]))
    if deed not in ACTIONS and deed not in DEEDS:
        raise Http404
    try:
        said = _done(deed, request, user, ref)
    except NotFound as error:
        raise Http404 from error
    except Refusal as refusal:
        return _again(request, ref, Tried(deed, request.POST, refusal))
    messages.success(request, said)
    view = view_posted(request.POST)
    return HttpResponseRedirect(address_of(ref, view) if view else reverse("desk:ticket", args=[ref]))


def _again(request: HttpRequest, ref: str, tried: Tried) -> HttpResponse:
    """The page it was sent from: the ticket's, or the evidence viewer."""
    view = view_posted(request.POST)
    return viewing(request, ref, view, tried) if view else workspace(request, ref, tried)


def _done(deed: str, request: HttpRequest, user: User, ref: str) -> str:
    """What to say when it is done. Raises Refusal."""
    version = _version(request)
    if deed in DEEDS:
        return DEEDS[deed](request, user, ref, version)
    perform(user, ref, deed, action_input(deed, request.POST), expected_version=version)
    return _("Done: %(deed)s.") % {"deed": ACTION_DONE[deed]}


def _version(request: HttpRequest) -> int:
    """The version the page showed. One that says none is no page of ours: it counts as the oldest."""
    said = whole(request.POST.get("version", ""))
    return -1 if said is None else said


@contextmanager
def _unchanged(user: User, ref: str, version: int) -> Iterator[None]:
    """For operations that take no version themselves: lock, compare, let them work. Raises NotFound, Stale."""
    with transaction.atomic():
        seen = Ticket.objects.visible_to(user).select_for_update(of=("self",)).filter(ref=ref)
        found = seen.values_list("version", flat=True).first()
        if found is None:
            raise NotFound
        if found != version:
            raise Stale
        yield


def _message(request: HttpRequest, user: User, ref: str, version: int) -> str:
    raw = message_input(request.POST)
    with _unchanged(user, ref, version):
        post_message(user, ref, raw)
    return _("Note added.") if raw["visibility"] == "internal" else _("Reply sent.")


def _amend(request: HttpRequest, user: User, ref: str, version: int) -> str:
    ticket = Ticket.objects.visible_to(user).select_related("owner", "assignee").filter(ref=ref).first()
    if ticket is None:
        raise NotFound
    changed = amend_input(look(ticket, user), request.POST)
    if not changed:
        return _("Nothing was changed.")
    amend(user, ref, changed, expected_version=version)
    return _("Saved.")


def _upload(request: HttpRequest, user: User, ref: str, version: int) -> str:
    with _unchanged(user, ref, version):
        upload(user, ref, upload_input(request.POST), request.FILES.get("file"))
    return _("Added. Files are checked before they can be looked at.")


def _verdict(request: HttpRequest, user: User, ref: str, version: int) -> str:
    with _unchanged(user, ref, version):
        review(user, _item(request, ref), request.POST.get("verdict", ""), request.POST.get("reason", ""))
    return _("Your verdict is recorded.")


def _reclassify(request: HttpRequest, user: User, ref: str, version: int) -> str:
    with _unchanged(user, ref, version):
        reclassify(user, _item(request, ref), request.POST.get("kind", ""))
    return _("Saved.")


def _item(request: HttpRequest, ref: str) -> int:
    """The item the form is about, of this very ticket. Raises NotFound."""
    said = whole(request.POST.get("item", "")) or 0
    if not Ticket.objects.filter(ref=ref, evidence__pk=said).exists():
        raise NotFound
    return said


DEEDS: Mapping[str, Deed] = {
    "message": _message,
    "amend": _amend,
    "upload": _upload,
    "verdict": _verdict,
    "reclassify": _reclassify,
}
