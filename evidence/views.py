"""The one way out for bytes: authorised, recorded, and harmless to the browser that shows them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from evidence.operations import Content, content, page_picture
from evidence.operations import thumbnail as small
from tickets.words import BLOCK
from tickets.workflow import Forbidden, Invalid, NotFound, Refusal

if TYPE_CHECKING:
    from accounts.models import User

PLAIN = "text/plain; charset=utf-8"
# A browser shows pictures and text in place; its PDF viewer does not run in a sandbox, so a PDF is saved.
INLINE_TYPES = ("image/jpeg", "image/png", PLAIN)


@login_required
@require_safe
def show(request: HttpRequest, item_id: int) -> HttpResponse:
    """The safe copy; `?purpose=` for sensitive items of somebody else."""
    return _answer(lambda: content(cast("User", request.user), item_id, request.GET.get("purpose", "")))


@login_required
@require_safe
def thumbnail(request: HttpRequest, item_id: int) -> HttpResponse:
    return _answer(lambda: small(cast("User", request.user), item_id, request.GET.get("purpose", "")))


@login_required
@require_safe
def page(request: HttpRequest, item_id: int, number: int) -> HttpResponse:
    """A page of a PDF, as a picture."""
    return _answer(lambda: page_picture(cast("User", request.user), item_id, number))


def _answer(find: Callable[[], Content]) -> HttpResponse:
    try:
        found = find()
    except NotFound as error:
        raise Http404 from error
    except Forbidden as error:
        raise PermissionDenied from error
    except Invalid as invalid:
        said = " ".join(text for texts in invalid.errors.values() for text in texts)
        return HttpResponse(said, status=invalid.status, content_type=PLAIN)
    except Refusal as refusal:
        headers = {"Retry-After": "1"} if refusal.code == "DRAWING_BUSY" else {}
        return HttpResponse(_why(refusal.code), status=refusal.status, content_type=PLAIN, headers=headers)
    return untrusted_response(found)


def _why(code: str) -> str:
    if code == "CONSENT_REQUIRED":
        return _("Its owner has not agreed yet that this document is used.")
    return str(BLOCK[code]) if code in ("NOT_DRAWN", "DRAWING_BUSY") else _("This file is not there to look at (yet).")


def untrusted_response(found: Content) -> HttpResponse:
    """The response for bytes that somebody uploaded: never sniffed, never run, never kept in a cache."""
    response = HttpResponse(found.data, content_type=found.media_type)
    place = "inline" if found.media_type in INLINE_TYPES else "attachment"
    response["Content-Disposition"] = f'{place}; filename="{found.filename}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
