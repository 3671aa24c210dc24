"""My data: all of it to take away, or deleted, with what must stay said beforehand in words."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.form_token import AlreadySent, once
from accounts.reauthentication import is_fresh, require_fresh_code
from accounts.trusted_contacts import reach_of
from evidence.people import cancel_deletion, deletion_request_of, export_person, may_delete_account, plan_erasure, request_deletion
from evidence.people.erasure import RetainedPart
from lib.dates import deadline_text, with_zone
from lib.pages import render
from lib.types import Text
from portal.access import require_sign_in, viewer
from portal.words import HELD_BY, HELD_FOR, WHY_STAYS


@require_safe
@require_sign_in
def mine(request: HttpRequest) -> HttpResponse:
    person = viewer(request)
    plan = plan_erasure(person, person)
    stays = [{"ref": stay.ref, "why": _why_it_stays(stay), "until": stay.until} for stay in plan.stays]
    data: dict[str, object] = {
        "goes": [each for each in plan.goes if not each.is_draft],
        "drafts": sum(each.is_draft for each in plan.goes),
        "stays": stays,
        "account_goes": plan.account_goes,
        "may_leave": may_delete_account(person),
        "asked": deletion_request_of(person),
        "days": settings.DELETION_GRACE.days,
        "fresh": is_fresh(request),
    }
    return render(request, "portal/my_data.html", data)


def _why_it_stays(stay: RetainedPart) -> Text:
    """Held because its owner went somewhere with it: then by the names of the places."""
    places = _(", ").join(str(HELD_BY[place]) for place in stay.held_for)
    return HELD_FOR % {"places": places} if places else WHY_STAYS[stay.why]


@require_POST
@require_sign_in
@require_fresh_code("portal:mine")
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The ZIP, made while it is sent; written down before its first piece."""
    person = viewer(request)
    response = StreamingHttpResponse(export_person(person, person), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="my-data-{timezone.localtime():%Y%m%d}.zip"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@require_sign_in
@require_fresh_code("portal:mine")
def leave(request: HttpRequest) -> HttpResponse:
    person = viewer(request)
    if not may_delete_account(person):
        return redirect("portal:mine")
    try:
        with once(request, person) as sent:
            sent.location = reverse("portal:mine")
            asked = request_deletion(person)
    except AlreadySent as before:
        return redirect(before.location)
    where = settings.SITE_URL + reverse("portal:mine")
    due = with_zone(deadline_text(asked.due_at))
    for email in reach_of(person).emails:
        get_adapter().send_mail("account/email/deletion_asked", email, {"where": where, "due": due})
    messages.success(request, _("Your request is noted. Until it is carried out you can take it back here."))
    return redirect("portal:mine")


@require_POST
@require_sign_in
def stay(request: HttpRequest) -> HttpResponse:
    """Taking it back needs no code: it loses nothing."""
    taken = cancel_deletion(viewer(request))
    if taken is not None and taken.begun:
        messages.warning(request, _("Your request is taken back, but it had begun: what was deleted by then cannot be brought back."))
    elif taken is not None:
        messages.success(request, _("Your request is taken back. Nothing will be deleted."))
    return redirect("portal:mine")
