"""Every act on a ticket, by one way: read the form, call the operation, come back with a word or with what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import User
from desk.queue.next_ticket import is_place, next_address
from desk.shell.access import desk_page, viewer
from desk.shell.posted_values import action_input, whole
from desk.shell.refusals import offer_factor
from desk.ticket.conflicts import PageVersion, news
from desk.ticket.decision_page import render_decision_page
from desk.ticket.drafts import drop
from desk.ticket.evidence_viewer import address_of, render_viewer, view_of_post
from desk.ticket.forms.actions import asks_again
from desk.ticket.forms.other_forms import amend_input, upload_input
from desk.ticket.forms.ticket_forms import RejectedPost
from desk.ticket.join_preview import render_join_preview
from desk.ticket.page import render_ticket_page
from desk.ticket.sending import release
from desk.ticket.views.messages import MESSAGE_HANDLERS, lock_at_version
from evidence.intake import upload
from evidence.operations import reclassify, review
from lib.types import Text
from tickets.models import Event, Ticket
from tickets.operations import amend, look, perform
from tickets.words import ACTION_DONE, EVENT
from tickets.workflow import ACTIONS, Forbidden, Invalid, NotFound, Refusal, Stale, is_decision

ActionHandler = Callable[[HttpRequest, User, str, int], str]


@desk_page
def act(request: HttpRequest, ref: str, action: str) -> HttpResponse:
    """Refused: the page again, with the reason at its field, what was typed, and the refusal's own status. Raises Http404.

    Reloaded or turned into the other language after a refusal, the address leads back to the page: GET changes nothing.
    """
    user = viewer(request)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:ticket", args=[ref]))
    if action not in ACTIONS and action not in ACTION_HANDLERS:
        raise Http404
    ticket = Ticket.objects.visible_to(user).filter(ref=ref).first()
    if ticket is None:
        raise Http404
    try:
        if action in PREVIEWS and not request.POST.get("seen"):
            return PREVIEWS[action](request, ticket, expected_version(request, user, ticket))
        said = _perform_action(action, request, user, ticket)
    except NotFound as error:
        raise Http404 from error
    except Refusal as refusal:
        offer_factor(request, refusal, reverse("desk:ticket", args=[ref]))
        return _again(request, ref, RejectedPost(action, request.POST, refusal, missed_changes(request, user, ref, refusal)))
    drop(user, ticket, action)
    if said:
        messages.success(request, said)
    view = view_of_post(request.POST)
    return HttpResponseRedirect(address_of(ref, view) if view else _back(request, ref))


def _back(request: HttpRequest, ref: str) -> str:
    """The ticket's page, which still knows where in the queue its reader stood."""
    place = request.POST.get("place", "")
    return reverse("desk:ticket", args=[ref]) + (f"?place={place}" if is_place(place) else "")


def _again(request: HttpRequest, ref: str, tried: RejectedPost) -> HttpResponse:
    """The page it was sent from: the evidence viewer, the decision's, or the ticket's."""
    view = view_of_post(request.POST)
    if view:
        return render_viewer(request, ref, view, tried)
    if is_decision(tried.action) and not isinstance(tried.refusal, Forbidden):
        return render_decision_page(request, ref, tried.action, tried=tried)
    return render_ticket_page(request, ref, tried)


def _perform_action(action: str, request: HttpRequest, user: User, ticket: Ticket) -> str:
    """What to say when it is done. Raises Refusal."""
    ref, version = ticket.ref, expected_version(request, user, ticket)
    if action != "message":
        release(ticket, user)  # what they are saying here comes first
        version = expected_version(request, user, ticket)
    if action in ACTION_HANDLERS:
        return ACTION_HANDLERS[action](request, user, ref, version)
    if asks_again(action) and not request.POST.get("sure"):
        raise Invalid({"sure": [_("Tick this to go on.")]})
    stood = ticket.last_seq
    perform(user, ref, action, action_input(action, request.POST), expected_version=version)
    return _("Done: %(action)s.") % {"action": _what_happened(ticket, action, stood)}


def _what_happened(ticket: Ticket, action: str, stood: int) -> Text:
    """As the history says it since: some acts only ask for what they are named after."""
    kinds = list(Event.objects.filter(ticket=ticket, seq__gt=stood).order_by("seq").values_list("kind", flat=True))
    told = [EVENT[kind] for kind in kinds if kind in EVENT]
    itself = not {action, ACTIONS[action].event}.isdisjoint(kinds)
    return ACTION_DONE[action] if itself or not told else told[0]


# ---- Stale pages
def page_version_of(request: HttpRequest) -> PageVersion:
    """What the page showed. One that says none is no page of ours: it counts as the oldest."""
    version, seq = (whole(request.POST.get(name, "")) for name in ("version", "seq"))
    return PageVersion(-1 if version is None else version, -1 if seq is None else seq)


def expected_version(request: HttpRequest, user: User, ticket: Ticket) -> int:
    """The version the operation is to find. Where only harmless things happened since the page was drawn, the one that stands."""
    seen = page_version_of(request)
    ticket.refresh_from_db(fields=["version", "last_seq"])
    found = news(user, ticket, seen)
    return seen.version if found.conflicts_with(seen) else found.version


def missed_changes(request: HttpRequest, user: User, ref: str, refusal: Refusal) -> tuple[str, ...]:
    if not isinstance(refusal, Stale):
        return ()
    ticket = Ticket.objects.visible_to(user).get(ref=ref)
    return tuple(news(user, ticket, page_version_of(request)).lines)


# ---- Actions beside the table of actions
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
    with lock_at_version(user, ref, version):
        upload(user, ref, upload_input(request.POST), request.FILES.get("file"))
    return _("Added. Files are checked before they can be looked at.")


def _verdict(request: HttpRequest, user: User, ref: str, version: int) -> str:
    with lock_at_version(user, ref, version):
        review(user, _item(request.POST.get("item", ""), ref), request.POST.get("verdict", ""), request.POST.get("reason", ""))
    return _("Your verdict is recorded.")


def _accept_all(request: HttpRequest, user: User, ref: str, version: int) -> str:
    """All that the page listed, or none."""
    items = request.POST.getlist("items")
    with lock_at_version(user, ref, version):
        for said in items:
            review(user, _item(said, ref), "accepted")
    return ngettext("%(count)d item accepted.", "%(count)d items accepted.", len(items)) % {"count": len(items)}


def _reclassify(request: HttpRequest, user: User, ref: str, version: int) -> str:
    with lock_at_version(user, ref, version):
        reclassify(user, _item(request.POST.get("item", ""), ref), request.POST.get("kind", ""))
    return _("Saved.")


def _item(said: str, ref: str) -> int:
    """The item the form is about, of this very ticket. Raises NotFound."""
    item = whole(said) or 0
    if not Ticket.objects.filter(ref=ref, evidence__pk=item).exists():
        raise NotFound
    return item


# Acts that are rehearsed on a page of their own before they count; its form says `seen`.
PREVIEWS: Mapping[str, Callable[[HttpRequest, Ticket, int], HttpResponse]] = {"merge": render_join_preview}
ACTION_HANDLERS: Mapping[str, ActionHandler] = {
    **MESSAGE_HANDLERS,
    "amend": _amend,
    "upload": _upload,
    "verdict": _verdict,
    "accept_all": _accept_all,
    "reclassify": _reclassify,
}


@require_safe
@desk_page
def following(request: HttpRequest, ref: str) -> HttpResponse:
    """On to the ticket that breaches next after this one."""
    user = viewer(request)
    return HttpResponseRedirect(next_address(request, user, ref))
