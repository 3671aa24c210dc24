"""Papers for somebody outside: the dossier, and the receipt as a PDF."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from desk.shell.access import desk_page, viewer
from evidence.dossier import dossier, parse_request
from evidence.operations import Content
from evidence.receipts import receipts, render_receipt
from evidence.views import PLAIN, untrusted_response
from tickets.words.refusals import Audience, code_in_words
from tickets.workflow import Forbidden, NotFound, Refusal


@require_safe
@desk_page
def take_dossier(request: HttpRequest, ref: str) -> HttpResponse:
    user = viewer(request)
    return _answer(lambda: dossier(user, ref, parse_request(request.GET)))


@require_safe
@desk_page
def receipt(request: HttpRequest, ref: str) -> HttpResponse:
    """Of the newest submission."""
    user = viewer(request)

    def newest() -> Content:
        found = receipts(user, ref)[-1]
        return Content(render_receipt(found), "application/pdf", f"{ref}-receipt-{found.number}.pdf")

    return _answer(newest)


def _answer(made: Callable[[], Content]) -> HttpResponse:
    try:
        return untrusted_response(made())
    except NotFound as error:
        raise Http404 from error
    except Forbidden as error:
        raise PermissionDenied from error
    except Refusal as refusal:
        too_many = refusal.code == "throttled"
        said = code_in_words(refusal.code, Audience.DESK) if too_many else _("There is nothing to hand out (yet).")
        return HttpResponse(said, status=refusal.status, content_type=PLAIN)
