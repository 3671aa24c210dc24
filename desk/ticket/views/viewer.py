"""The evidence viewer, for reading; the number of a document and the account of a complaint, read on demand."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Role, roles_of
from desk.shell.access import desk_page, viewer
from desk.shell.page_shell import render_page
from desk.shell.refusals import errors_of, offer_factor
from desk.ticket.evidence_viewer import render_viewer, view_of_post
from desk.ticket.page import case_of
from desk.ticket.presenters.viewer_panes import view_of
from evidence.operations import OpenedAccount, document_number, may_open_account, open_account_for
from evidence.words import PURPOSE
from lib.types import Context
from tickets.workflow import Forbidden, NotFound, Refusal


@require_safe
@desk_page
def evidence(request: HttpRequest, ref: str) -> HttpResponse:
    return render_viewer(request, ref, view_of(request.GET))


@desk_page
def number(request: HttpRequest, ref: str) -> HttpResponse:
    """By POST, because it is written down. The page again with the number on it, kept by no cache; an address never holds it."""
    view = view_of_post(request.POST)
    if request.method != "POST" or view is None:
        return HttpResponseRedirect(reverse("desk:viewer", args=[ref]))
    user = viewer(request)
    try:
        return render_viewer(request, ref, view, number=document_number(user, view.item, view.purpose))
    except (NotFound, Forbidden) as error:
        raise Http404 from error
    except Refusal as refusal:
        offer_factor(request, refusal, reverse("desk:ticket", args=[ref]))
        return render_viewer(request, ref, view, wrong=[text for texts in errors_of(refusal).values() for text in texts])


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def account(request: HttpRequest, ref: str) -> HttpResponse:
    """GET asks for a reason and opens nothing. An operator need not give one: the freeze is their work."""
    if request.method != "POST":
        return _account_page(request, ref)
    asked = request.POST.get("freeze", "")
    try:
        opened = open_account_for(viewer(request), ref, request.POST.get("purpose", ""), int(asked) if asked.isdecimal() else None)
    except (NotFound, Forbidden) as error:
        raise Http404 from error
    except Refusal as refusal:
        offer_factor(request, refusal, reverse("desk:ticket", args=[ref]))
        return _account_page(request, ref, wrong=[text for texts in errors_of(refusal).values() for text in texts], status=refusal.status)
    return _account_page(request, ref, opened)


def _account_page(
    request: HttpRequest, ref: str, opened: OpenedAccount | None = None, wrong: list[str] | None = None, status: int = 200
) -> HttpResponse:
    case = case_of(viewer(request), ref)
    if not may_open_account(viewer(request), case.ticket, case.complained_about):
        raise Http404
    context: Context = {
        "ticket": case.ticket,
        "address": reverse("desk:ticket", args=[ref]),
        "freeze": request.POST.get("freeze") or request.GET.get("freeze", ""),
        "opened": opened,
        "wrong": wrong or [],
        "purposes": list(PURPOSE.items()),
        "asks": Role.FREEZE_OPERATOR not in roles_of(viewer(request)),
    }
    answered = render_page(request, "desk/account.html", context, title=_("Account of %(ref)s") % {"ref": ref}, status=status)
    answered["Cache-Control"] = "private, no-store"
    return answered
