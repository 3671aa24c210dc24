"""Freeze my account: one screen, no evidence, at any hour; before there is an account, too."""

from __future__ import annotations

from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.form_token import AlreadySent, once
from accounts.models import User
from accounts.views import ConfirmLoginCode
from lib.pages import render
from lib.types import Context, Record, Text
from portal.access import own, require_sign_in, viewer
from portal.categories import categories, choices, may_be_emergency, policy_in_force
from portal.filing_words import too_many_words
from portal.forms.freezing import FreezeForm, FreezeWithEmailForm
from portal.forms.respondent import said_respondent
from portal.pending_form import contacts_of, forget, recall, remember
from portal.presenters.actions import action_entries
from portal.presenters.stepper import self_help
from portal.presenters.timers import clocks
from portal.sign_in_by_code import send_urgent_code
from tickets.models import Freeze
from tickets.operations import file_ticket, look
from tickets.operations.filing_limits import TooManyFilings, one_at_a_time
from tickets.operations.freeze_requests import take_first_press
from tickets.workflow import Refusal
from tickets.workflow.inputs import REQUIRED

NOT_ME = "billing_unauthorized"  # the category of whoever says no more than that it was not them


@require_http_methods(["GET", "HEAD", "POST"])
def freeze(request: HttpRequest) -> HttpResponse:
    form = _form(request)
    if request.method != "POST":
        return _page(request, form)
    if lacking := _lacking(form):
        form.mark(lacking)
        return _page(request, form, 400)
    try:
        return _freeze(request, form) if request.user.is_authenticated else _sign_in_first(request, form)
    except AlreadySent as sent:
        return redirect(sent.location)
    except TooManyFilings as many:
        form.mark({"non_field_errors": [too_many_words(many)]})
        return _page(request, form, many.status)
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(request, form, refusal.status)


def _lacking(form: FreezeForm) -> dict[str, list[Text]]:
    """The account, and a word of what happened: either tick or choice will do."""
    raw = form.raw()
    errors: dict[str, list[Text]] = {} if str(raw["account"] or "").strip() else {"account": [REQUIRED]}
    return errors if raw["not_me"] or raw["category"] else {**errors, "not_me": [_("Tick this, or choose below what happened.")]}


def _form(request: HttpRequest) -> FreezeForm:
    kind = FreezeForm if request.user.is_authenticated else FreezeWithEmailForm
    known = choices(row for row in categories() if may_be_emergency(row))
    return kind(known, request.POST if request.method == "POST" else None, initial=recall(request), days=policy_in_force().account_days)


def _page(request: HttpRequest, form: FreezeForm, status: int = 200) -> HttpResponse:
    live = Freeze.objects.none()
    if request.user.is_authenticated:
        asked_for = Freeze.objects.filter(owner=request.user, origin=Freeze.Origin.USER_PROTECTIVE)
        live = asked_for.filter(state__in=Freeze.LIVE).select_related("ticket")
    back = bool(recall(request))
    return render(request, "portal/freeze.html", {"form": form, "live": live, "back": back, "policy": policy_in_force()}, status=status)


def _sign_in_first(request: HttpRequest, form: FreezeForm) -> HttpResponse:
    """Keep what was typed until the code is entered."""
    typed = form.raw()
    email = str(typed["email"] or "")
    answer = send_urgent_code(request, email, reverse("portal:freeze"))
    remember(request, email, {name: typed[name] for name in ("account", "respondent", "respondent_name", "category", "not_me")})
    return answer


def _freeze(request: HttpRequest, form: FreezeForm) -> HttpResponse:
    person = viewer(request)
    with once(request, person) as sent:
        sent.location = _file(person, form.raw())
    forget(request)
    return redirect(sent.location)


def _file(person: User, raw: Record) -> str:
    """In a transaction. Counts from the first press, where there was one before the code. Gives the page of the freeze."""
    body: dict[str, object] = {
        "category": raw["category"] or NOT_ME,
        "not_me": raw["not_me"],
        **said_respondent(raw),
        "request_freeze": True,
    }
    one_at_a_time(person)
    ticket = file_ticket(person, body, asked_at=take_first_press(contacts_of(person), str(raw["account"])))
    return reverse("portal:frozen", args=[ticket.ref])


class ConfirmFreezeCode(ConfirmLoginCode):
    """The code for signing in. Where a freeze was asked for before it, the code makes it a case: nothing is pressed twice."""

    def form_valid(self, form: Form) -> HttpResponse:
        response = super().form_valid(form)
        asks = isinstance(response, HttpResponseRedirect) and response.url == reverse("portal:freeze")
        carried = _carry_out(self.request) if asks else None
        if carried is None:
            return response
        carried.cookies.update(response.cookies)
        return carried

    def get_context_data(self, **kwargs: object) -> Context:
        return {**super().get_context_data(**kwargs), "asks_freeze": self.get_next_url() == reverse("portal:freeze")}


def _carry_out(request: HttpRequest) -> HttpResponse | None:
    """None: nothing was asked for, or a guard refuses it. Then the form is there, as it was typed, and says why when pressed."""
    said = recall(request)
    if not said:
        return None
    try:
        with transaction.atomic():
            location = _file(viewer(request), said)
    except Refusal:
        return None
    forget(request)
    return redirect(location)


@require_safe
@require_sign_in
def freeze_status(request: HttpRequest, ref: str) -> HttpResponse:
    """What happens now, what one can do meanwhile, and by when we answer."""
    ticket = own(request, ref)
    case = look(ticket, viewer(request))
    if case.freeze is None:
        return redirect("portal:ticket", ref=ref)
    return render(
        request,
        "portal/freeze_status.html",
        {
            "ticket": case.ticket,
            "freeze": case.freeze,
            "clocks": clocks(case),
            "may_name": ticket.owner_id == request.user.pk and not (case.ticket.represented_by or case.ticket.ever_submitted),
            "actions": action_entries(case),
            "freeze_help": {"failed": case.freeze.state == Freeze.State.FAILED, **self_help(case)},
        },
    )
