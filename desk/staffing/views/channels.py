"""Where a member of the desk is told besides their letters: one's own addresses on chat and text, with a test message."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from desk.shell.access import desk_page, viewer
from desk.shell.fields import Field, Form
from desk.shell.formatting import moment_text
from desk.shell.page_shell import render_page
from desk.shell.refusals import errors_of
from lib.types import Context
from tickets.delivery.addresses import shown_address
from tickets.delivery.channels.base import Owners
from tickets.delivery.channels.registry import channel_labels, channels_for
from tickets.models import ChannelAddress
from tickets.staffing.own_addresses import add_address, own_addresses, remove_address, test_address
from tickets.workflow.errors import Invalid, NotFound, Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def own(request: HttpRequest) -> HttpResponse:
    """One's addresses, and the form for another one."""
    if request.method != "POST":
        return _page(request)
    try:
        add_address(viewer(request), request.POST.get("channel", ""), request.POST.get("address", ""))
    except Refusal as refusal:
        return _page(request, refusal)
    messages.success(request, _("Added. Send a test message to see whether it works."))
    return HttpResponseRedirect(reverse("desk:channels"))


def _page(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    form = _form(request.POST)
    if refusal:
        form.refuse(errors_of(refusal))
    context = {
        "form": form,
        "addresses": [_address(row) for row in own_addresses(viewer(request))],
        "channels": channels_for(Owners.PERSON),
    }
    return render_page(
        request, "desk/channels.html", context, title=_("Chat and text"), current="inbox", status=refusal.status if refusal else 200
    )


def _form(typed: QueryDict) -> Form:
    choices = list(channel_labels(channels_for(Owners.PERSON)).items())
    fields = [
        Field("add", "channel", _("Channel"), "select", required=True, value=typed.get("channel", choices[0][0]), choices=choices),
        Field("add", "address", pgettext("notification channel", "Address"), value=typed.get("address", ""), limit=1000),
    ]
    return Form("add", _("Add an address"), _("Add it"), fields)


def _address(row: ChannelAddress) -> Context:
    return {
        "pk": row.pk,
        "channel": channel_labels().get(row.channel, row.channel),
        "ending": shown_address(row),
        "enabled": row.enabled,
        "verified_at": moment_text(row.verified_at) if row.verified_at else "",
        "error": row.last_error,
    }


@require_POST
@desk_page
def test(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        outcome = test_address(viewer(request), pk)
    except NotFound as error:
        raise Http404 from error
    except Invalid as refusal:
        messages.error(request, " ".join(str(text) for texts in refusal.errors.values() for text in texts))
        return HttpResponseRedirect(reverse("desk:channels"))
    if outcome.error:
        messages.error(request, _("The test message was not taken. %(error)s") % {"error": outcome.error})
    else:
        messages.success(request, _("The test message was taken."))
    return HttpResponseRedirect(reverse("desk:channels"))


@require_POST
@desk_page
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        remove_address(viewer(request), pk)
    except NotFound as error:
        raise Http404 from error
    messages.success(request, _("Removed."))
    return HttpResponseRedirect(reverse("desk:channels"))
