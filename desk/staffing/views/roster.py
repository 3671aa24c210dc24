"""What is done on the page of freezes: taking over, handing over, planning, and saying that one is on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from desk.shell.access import desk_page, viewer
from desk.shell.posted_values import whole
from desk.shell.refusals import errors_of
from desk.staffing.roster_forms import roster_input
from desk.staffing.views.on_call import page
from tickets import staffing
from tickets.workflow import Forbidden, NotFound, Refusal


def _take(user: User, said: Mapping[str, object]) -> str:
    staffing.take_over(user, said)
    return _("You are on call now.")


def _hand(user: User, said: Mapping[str, object]) -> str:
    shift = staffing.hand_over(user, said)
    return _("%(name)s is on call now.") % {"name": shift.person}


def _plan(user: User, said: Mapping[str, object]) -> str:
    shift = staffing.plan_shift(user, said)
    return _("Planned: %(name)s.") % {"name": shift.person}


ACTION_HANDLERS: Mapping[str, Callable[[User, Mapping[str, object]], str]] = {"take": _take, "hand": _hand, "plan": _plan}


@require_POST
@desk_page
def act(request: HttpRequest, action: str) -> HttpResponse:
    """By its operation. Refused: the page again, with the reason at its form."""
    user = viewer(request)
    if action not in ACTION_HANDLERS:
        raise Http404
    try:
        messages.success(request, ACTION_HANDLERS[action](user, roster_input(request.POST)))
    except Refusal as refusal:
        return page(request, action, request.POST, refusal)
    return HttpResponseRedirect(reverse("desk:on_call"))


@require_POST
@desk_page
def cancel(request: HttpRequest) -> HttpResponse:
    """Take a planned time off the roster."""
    user = viewer(request)
    try:
        staffing.cancel_shift(user, whole(request.POST.get("shift", "")) or 0)
    except NotFound as error:
        raise Http404 from error
    except Forbidden as refusal:
        return page(request, refusal=refusal)
    messages.success(request, _("Taken off the roster."))
    return HttpResponseRedirect(reverse("desk:on_call"))


@require_POST
@desk_page
def acknowledge(request: HttpRequest, ref: str) -> HttpResponse:
    """Say that one is on this freeze."""
    user = viewer(request)
    try:
        staffing.acknowledge_freeze(user, ref)
    except NotFound as error:
        raise Http404 from error
    except Refusal as refusal:
        if refusal.status == 403:
            return page(request, refusal=refusal)
        messages.error(request, " ".join(text for texts in errors_of(refusal).values() for text in texts))
        return HttpResponseRedirect(reverse("desk:on_call"))
    messages.success(request, _("Colleagues see that you are on %(ref)s. Its deadline goes on.") % {"ref": ref})
    return HttpResponseRedirect(reverse("desk:on_call"))
