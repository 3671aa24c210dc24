"""How did it go? One screen after a complaint has closed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lib.pages import render
from portal.access import own, require_sign_in, viewer
from portal.forms.rating import RatingForm
from portal.presenters.page import case_of
from tickets.cases.case import Case
from tickets.operations import may_rate, rate, rating_of, rating_until
from tickets.policy.playbooks import title_of
from tickets.workflow import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@require_sign_in
def rating(request: HttpRequest, ref: str) -> HttpResponse:
    """Before the closing and after the days to answer, the complaint's own page says what there is to say."""
    case = case_of(request, own(request, ref))
    if request.method != "POST":
        if not may_rate(case):
            return redirect("portal:ticket", ref=ref)
        return _rating_page(request, case, RatingForm(initial=RatingForm.rating_initial(rating_of(case))))
    form = RatingForm(request.POST)
    try:
        rate(viewer(request), ref, form.raw())
    except Refusal as refusal:
        form.refuse(refusal)
        return _rating_page(request, case, form, refusal.status)
    messages.success(request, _("Thank you. Your answer helps us do better."))
    return redirect("portal:ticket", ref=ref)


def _rating_page(request: HttpRequest, case: Case, form: RatingForm, status: int = 200) -> HttpResponse:
    title = title_of(case.ticket.policy_id, case.ticket.category)
    data = {"ticket": case.ticket, "title": title, "form": form, "until": rating_until(case)}
    return render(request, "portal/rating.html", data, status=status)
