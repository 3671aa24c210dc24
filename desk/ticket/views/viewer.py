"""The evidence viewer, for reading; and the number of a document, read on demand."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from desk.shell.access import desk_page, viewer
from desk.shell.refusals import errors_of
from desk.ticket.evidence_viewer import render_viewer, view_of_post
from desk.ticket.presenters.viewer_panes import view_of
from evidence.operations import document_number
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
        return render_viewer(request, ref, view, wrong=[text for texts in errors_of(refusal).values() for text in texts])
