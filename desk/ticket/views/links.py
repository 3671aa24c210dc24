"""A complaint's links: a block of the ticket page, a page of its own, and the acts on them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.form_token import AlreadySent, new_token, once
from accounts.models import User
from accounts.roles import Role, roles_of
from desk.shell.access import desk_page, viewer
from desk.shell.cached_labels import category_titles
from desk.shell.page_shell import render_page
from desk.shell.refusals import errors_of
from desk.ticket.links import links_context
from desk.ticket.presenters.evidence import file_line
from lib.pages import render_html
from lib.types import Context
from tickets.models import Ticket
from tickets.operations import link, look, movable, split_ticket, unlink
from tickets.references import as_reference
from tickets.workflow import NotFound, Refusal


@require_safe
@desk_page
def links(request: HttpRequest, ref: str) -> HttpResponse:
    """Asked for by the ticket page, the block alone."""
    user = viewer(request)
    ticket = _ticket(user, ref)
    if request.headers.get("HX-Request"):
        return HttpResponse(render_html("desk/ticket_links_block.html", _context(request, ticket)))
    return _page(request, ticket)


@desk_page
def act(request: HttpRequest, ref: str, action: str) -> HttpResponse:
    """Refused: the page again with the reason, and the refusal's own status. Raises Http404. GET leads back to the page."""
    user = viewer(request)
    address = reverse("desk:links", args=[ref])
    if request.method != "POST":
        return HttpResponseRedirect(address)
    if action not in ("link", "unlink", "split"):
        raise Http404
    try:
        said, address = _perform_action(action, request, user, ref, address)
    except AlreadySent as before:
        return HttpResponseRedirect(before.location)
    except NotFound as error:
        raise Http404 from error
    except Refusal as refusal:
        return _page(request, _ticket(user, ref), refusal)
    messages.success(request, said)
    return HttpResponseRedirect(address)


def _perform_action(action: str, request: HttpRequest, user: User, ref: str, address: str) -> tuple[str, str]:
    """What to say, and where to go. Raises Refusal."""
    post = request.POST
    if action == "split":
        with once(request, user) as sent:
            said = {"category": post.get("category", ""), "amount": post.get("amount", ""), "evidence": post.getlist("evidence")}
            fresh = split_ticket(user, ref, said)
            sent.location = reverse("desk:ticket", args=[fresh.ref])
        return _("Filed from this complaint: %(ref)s.") % {"ref": fresh.ref}, sent.location
    other = post.get("other", "")
    if action == "link":
        link(user, ref, {"other": other, "kind": post.get("kind", "")})
        return _("Linked with %(ref)s.") % {"ref": as_reference(other)}, address
    unlink(user, ref, {"other": other})
    return _("The link with %(ref)s is removed.") % {"ref": as_reference(other)}, address


def _ticket(user: User, ref: str) -> Ticket:
    """Raises Http404 for one that does not exist or is not theirs to see."""
    ticket = Ticket.objects.visible_to(user).filter(ref=ref).first()
    if ticket is None:
        raise Http404
    return ticket


def _page(request: HttpRequest, ticket: Ticket, refusal: Refusal | None = None) -> HttpResponse:
    wrong = [text for texts in errors_of(refusal).values() for text in texts] if refusal else []
    context = {
        **_context(request, ticket),
        "movable": _movable(ticket, request),
        "wrong": wrong,
        "typed": request.POST.get("other", "") if refusal else "",
    }
    title = _("Links of %(ref)s") % {"ref": ticket.ref}
    return render_page(request, "desk/ticket_links.html", context, title=title, status=refusal.status if refusal else 200)


def _movable(ticket: Ticket, request: HttpRequest) -> list[Context]:
    """What may go over to a complaint split off; ticked what was ticked."""
    user = viewer(request)
    case, ticked = look(ticket, user), set(request.POST.getlist("evidence"))
    return [{**file_line(case, item), "ticked": str(item.pk) in ticked} for item in movable(case)]


def _context(request: HttpRequest, ticket: Ticket) -> Context:
    user = viewer(request)
    now = timezone.now()
    return {
        **links_context(ticket, user, now),
        "ticket": ticket,
        "address": reverse("desk:ticket", args=[ticket.ref]),
        "titles": list(category_titles(get_language() or "", now).items()),
        "splits": Role.AGENT in roles_of(user) and ticket.owner_id != user.pk,
        "csrf_token": get_token(request),
        "once": new_token(),
    }
