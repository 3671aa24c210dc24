"""Filing a complaint: a draft that is saved at every page, checked at the end, and filed."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.form_token import AlreadySent, once
from lib.pages import render
from lib.types import Context, Record
from portal.access import own, require_sign_in, viewer
from portal.categories import categories, choices, may_be_emergency
from portal.filing_words import too_many_words
from portal.forms.filing import GOODS, STEPS, CategoryForm, StartForm, StartWithEmailForm, StepForm, steps_of
from portal.presenters.answers import answers
from portal.presenters.auto_refund_wait import of_draft
from portal.presenters.handed_over_payment import show_payment
from portal.presenters.incidents import banners, find_banner_incident
from portal.sign_in_by_code import send_code
from portal.views.incidents import begin
from portal.views.ticket import page
from sla.policies import snapshot
from tickets.models import Ticket
from tickets.operations import amend, discard_draft, perform
from tickets.operations.filing_limits import TooManyFilings
from tickets.operations.payments_handed_over import open_payment
from tickets.policy.playbooks import Playbook, playbooks, title
from tickets.policy.respondents import account_warning
from tickets.workflow import NotFound, Refusal, Status, WrongStatus
from tickets.workflow.inputs import REQUIRED

AFTER_SALE = "after_sale"


class NotADraft(Exception):
    """It has been filed already; its page shows where it stands."""


# ---- What kind
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    form = _category_form(request)
    if request.method != "POST":
        return _category_page(request, form)
    if form.raw()["category"] not in dict(form.fields["category"].choices):  # type: ignore[attr-defined]
        form.mark({"category": [REQUIRED]})
        return _category_page(request, form, 400)
    try:
        return _start(request, form) if request.user.is_authenticated else _sign_in_first(request, form)
    except AlreadySent as sent:
        return redirect(sent.location)
    except TooManyFilings as many:
        form.mark({"non_field_errors": [too_many_words(many)]})
        return _category_page(request, form, many.status)
    except Refusal as refusal:
        form.refuse(refusal)
        return _category_page(request, form, refusal.status)


def _category_form(request: HttpRequest) -> CategoryForm:
    kind = StartForm if request.user.is_authenticated else StartWithEmailForm
    incident = find_banner_incident(request.GET.get("incident", ""))
    initial = {"category": incident.category if incident else request.GET.get("category", ""), "other": "other" in request.GET}
    return kind(choices(categories()), request.POST if request.method == "POST" else None, initial=initial)


def _category_page(request: HttpRequest, form: CategoryForm, status: int = 200) -> HttpResponse:
    drafts: list[Ticket] = []
    if request.user.is_authenticated:
        drafts = list(Ticket.objects.visible_to(request.user).filter(owner=request.user, status=Status.DRAFT).order_by("-id")[:3])
    emergencies = [row.key for row in categories() if may_be_emergency(row)]
    context = {
        "form": form,
        "drafts": drafts,
        "urgent": form.initial.get("category") in emergencies,
        "banners": banners(request),
        "incident": request.POST.get("incident") or request.GET.get("incident", ""),
        "payment": show_payment(_payment(request)),
        "sealed_payment": _sealed_payment(request),
    }
    return render(request, "portal/file/start.html", context, status=status)


def _sealed_payment(request: HttpRequest) -> str:
    return request.POST.get("payment") or request.GET.get("payment", "")


def _payment(request: HttpRequest) -> Record:
    """What the platform's app said of the payment that this is about; empty where nothing was said, or to somebody else."""
    return open_payment(viewer(request), _sealed_payment(request)) if request.user.is_authenticated else {}


def _start(request: HttpRequest, form: CategoryForm) -> HttpResponse:
    person = viewer(request)
    with once(request, person) as sent:
        ticket = begin(request, form.raw()["category"], request.POST.get("incident", ""), _payment(request))
        sent.location = reverse("portal:whom" if form.raw()["other"] else "portal:draft", args=[ticket.ref])
    return redirect(sent.location)


def _sign_in_first(request: HttpRequest, form: CategoryForm) -> HttpResponse:
    typed = form.raw()
    asked = {"category": typed["category"]}
    incident = find_banner_incident(request.POST.get("incident", ""))
    if incident is not None and incident.category == typed["category"]:
        asked = {"incident": incident.ref}
    if typed["other"]:
        asked["other"] = "1"
    return send_code(request, str(typed["email"] or ""), f"{reverse('portal:file')}?{urlencode(asked)}")


# ---- The pages of a draft
def _draft(request: HttpRequest, ref: str) -> tuple[Ticket, Playbook]:
    """Raises Http404, PermissionDenied, NotADraft."""
    ticket = own(request, ref)
    if ticket.status != Status.DRAFT or not ticket.category:
        raise NotADraft
    return ticket, playbooks(ticket.policy_id)[ticket.category]


def _open_page(ticket: Ticket, playbook: Playbook) -> str:
    """The first page with a question that still needs an answer; the last one when there is none."""
    if playbook.key == AFTER_SALE:
        return reverse("portal:after_sale", args=[ticket.ref])
    for key in steps_of(playbook):
        known = STEPS[key].draft_initial(ticket)
        form = STEPS[key](playbook, initial=known)
        if any(field.required and not known.get(name) for name, field in form.fields.items()):
            return reverse("portal:step", args=[ticket.ref, key])
    return reverse("portal:check", args=[ticket.ref])


@require_safe
@require_sign_in
def draft(request: HttpRequest, ref: str) -> HttpResponse:
    """Go on where it stopped, on whatever device."""
    try:
        return redirect(_open_page(*_draft(request, ref)))
    except NotADraft:
        return redirect("portal:ticket", ref=ref)


@require_http_methods(["GET", "HEAD", "POST"])
@require_sign_in
def step(request: HttpRequest, ref: str, key: str) -> HttpResponse:
    try:
        ticket, playbook = _draft(request, ref)
    except NotADraft:
        return _already_filed_page(request, ref, key)
    if key not in steps_of(playbook):
        raise Http404
    if request.method != "POST":
        form = STEPS[key](playbook, initial=STEPS[key].draft_initial(ticket))
        return _step_page(request, ticket, form)
    return _save_step(request, ticket, STEPS[key](playbook, request.POST, initial=STEPS[key].draft_initial(ticket)))


def _already_filed_page(request: HttpRequest, ref: str, key: str) -> HttpResponse:
    """Filed meanwhile, in another window: what was typed into this one is shown back."""
    found = own(request, ref)
    if request.method != "POST" or key not in STEPS or not found.category:
        return redirect("portal:ticket", ref=ref)
    form = STEPS[key](playbooks(found.policy_id)[found.category], request.POST)
    refusal = WrongStatus(found.status)
    form.refuse(refusal)
    return page(request, found, form, refusal.status)


def _save_step(request: HttpRequest, ticket: Ticket, form: StepForm) -> HttpResponse:
    gaps = form.gaps()
    if gaps:
        form.mark(gaps)
        return _step_page(request, ticket, form, 400)
    if form.key == "routing":
        after_sale = form.raw()["routing"] == GOODS
        return redirect("portal:after_sale", ref=ticket.ref) if after_sale else redirect(_following(request, ticket, form))
    changes = form.draft_changes()
    try:
        amended = amend(viewer(request), ticket.ref, changes)
    except Refusal as refusal:
        form.refuse(refusal)
        return _step_page(request, ticket, form, refusal.status)
    if expected := account_warning(amended.respondent, str(changes.get("account", ""))):
        messages.warning(
            request, _("Please check the account once more. We expected: %(what)s. It is kept as you typed it.") % {"what": expected}
        )
    return redirect(_following(request, ticket, form))


def _following(request: HttpRequest, ticket: Ticket, form: StepForm) -> str:
    keys = steps_of(form.playbook)
    later = keys[keys.index(form.key) + 1 :]
    if later and request.POST.get("then") != "check":
        return reverse("portal:step", args=[ticket.ref, later[0]])
    return reverse("portal:check", args=[ticket.ref])


def _step_page(request: HttpRequest, ticket: Ticket, form: StepForm, status: int = 200) -> HttpResponse:
    keys = steps_of(form.playbook)
    place = keys.index(form.key)
    context = {
        "ticket": ticket,
        "form": form,
        "title": title(form.playbook),
        "number": place + 1,
        "total": len(keys) + 1,
        "then": request.POST.get("then") or request.GET.get("then", ""),
        "previous_url": reverse("portal:step", args=[ticket.ref, keys[place - 1]])
        if place
        else reverse("portal:category", args=[ticket.ref]),
        "urgent": form.playbook.emergency(ticket.facts),
    }
    return render(request, "portal/file/step.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@require_sign_in
def category(request: HttpRequest, ref: str) -> HttpResponse:
    """Another kind of complaint after all. The answers that fit it are kept."""
    try:
        ticket, _playbook = _draft(request, ref)
    except NotADraft:
        return redirect("portal:ticket", ref=ref)
    posted = request.POST if request.method == "POST" else None
    form = CategoryForm(choices(categories()), posted, initial={"category": ticket.category})
    if posted is not None:
        try:
            amend(viewer(request), ref, {"category": form.raw()["category"]})
            return redirect("portal:draft", ref=ref)
        except Refusal as refusal:
            form.refuse(refusal)
    context = {"ticket": ticket, "form": form, "banners": banners(request)}
    return render(request, "portal/file/category.html", context, status=400 if posted is not None else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@require_sign_in
def check(request: HttpRequest, ref: str) -> HttpResponse:
    """All answers on one page, then: file."""
    try:
        ticket, playbook = _draft(request, ref)
    except NotADraft:
        return redirect("portal:ticket", ref=ref)
    form = STEPS["facts"](playbook, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        try:
            filed = perform(viewer(request), ref, "file")
            if filed.owner_id != viewer(request).pk:
                messages.success(request, _("The complaint is filed. We asked them whether you may follow it and act for them."))
                return redirect("portal:helping")
            messages.success(request, _("Your complaint is filed. Now add the evidence below, then submit the appeal."))
            return redirect("portal:ticket", ref=ref)
        except Refusal as refusal:
            form.refuse(refusal)
            status = refusal.status
    return render(request, "portal/file/check.html", _check_context(ticket, playbook, form), status=status)


def _check_context(ticket: Ticket, playbook: Playbook, form: StepForm) -> Context:
    return {
        "ticket": ticket,
        "title": title(playbook),
        "form": form,
        "answers": answers(ticket, playbook),
        "whom": ticket.representations.first() if ticket.represented_by else None,
        "slots": [slot.kind for slot in playbook.slots_for(ticket.lane) if slot.required],
        "wait": of_draft(ticket, playbook),
        "urgent": playbook.emergency(ticket.facts),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@require_sign_in
def after_sale(request: HttpRequest, ref: str) -> HttpResponse:
    """The friendly way out of the wrong lane; seven days to see it differently."""
    try:
        ticket, playbook = _draft(request, ref)
    except NotADraft:
        return redirect("portal:ticket", ref=ref)
    if request.method == "POST":
        with suppress(Refusal):  # a second tap, or another window was first: the page shows where it stands
            perform(viewer(request), ref, "route_after_sale", {"reason": _("The customer is unhappy with the goods or the service.")})
        return redirect("portal:ticket", ref=ref)
    days = snapshot(ticket.policy_id).objection_days
    return render(
        request,
        "portal/file/after_sale.html",
        {"ticket": ticket, "chosen": playbook.key == AFTER_SALE, "object_until": timezone.now() + timedelta(days=days), "days": days},
    )


@require_POST
@require_sign_in
def discard(request: HttpRequest, ref: str) -> HttpResponse:
    try:
        with once(request, viewer(request)) as sent:
            sent.location = reverse("portal:tickets")
            _draft(request, ref)
            discard_draft(viewer(request), ref)
    except AlreadySent as before:
        return redirect(before.location)
    except NotFound:  # another window was first
        return redirect("portal:tickets")
    except (NotADraft, Refusal):
        return redirect("portal:ticket", ref=ref)
    messages.success(request, _("The draft is deleted."))
    return redirect("portal:tickets")
