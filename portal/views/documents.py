"""Papers to take away: the owner's receipt, the dossier, the calendar file, and the public page where anyone checks a receipt."""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.reauthentication import ask_for_proof
from evidence.dossier import dossier, parse_request
from evidence.operations import Content
from evidence.receipts import Receipt, receipts, render_receipt, verify_code
from evidence.views import untrusted_response
from evidence.words import RECEIPT_NOTE
from lib.pages import render
from lib.types import Context
from portal.access import own, require_sign_in, viewer
from portal.forms.operation_form import OperationForm
from portal.presenters.calendar import calendar
from portal.presenters.page import case_of
from portal.views.ticket import page
from tickets.workflow import NotFound, Refusal
from tickets.workflow.identifiers import normalise_number

MAX_ECHOED = 80


@require_safe
@require_sign_in
def receipt(request: HttpRequest, ref: str, number: int | None = None) -> HttpResponse:
    """The newest, or the one asked for; to read and to print."""
    chosen, listed = _receipts(request, ref, number)
    return render(request, "portal/receipt.html", {**_receipt_context(chosen), "receipts": listed})


@require_safe
@require_sign_in
def receipt_pdf(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    chosen, _listed = _receipts(request, ref, number)
    return untrusted_response(Content(render_receipt(chosen), "application/pdf", f"{ref}-receipt-{number}.pdf"))


def _receipt_context(receipt: Receipt) -> Context:
    return {"receipt": receipt, "ticket": receipt.ticket, "receipt_note": RECEIPT_NOTE}


def _receipts(request: HttpRequest, ref: str, number: int | None) -> tuple[Receipt, list[Receipt]]:
    own(request, ref)
    try:
        listed = receipts(viewer(request), ref)
    except Refusal as refusal:  # a draft: nothing was filed yet
        raise Http404 from refusal
    chosen = listed[-1] if number is None else next((each for each in listed if each.number == number), None)
    if chosen is None:
        raise Http404
    return chosen, listed


@require_http_methods(["GET", "HEAD", "POST"])
@require_sign_in
def take_dossier(request: HttpRequest, ref: str) -> HttpResponse:
    """Sent where an address is typed for its first page: no address line and no log keeps that. Nothing is written but who took it."""
    found = own(request, ref)
    try:
        return untrusted_response(dossier(viewer(request), ref, parse_request(request.POST or request.GET)))
    except Refusal as refusal:
        if refusal.code == "FRESH_PROOF_REQUIRED":
            return ask_for_proof(request, reverse("portal:ticket", args=[ref]))
        form = OperationForm({})
        form.refuse(refusal)
        return page(request, found, form, refusal.status)


@require_safe
@require_sign_in
def deadlines(request: HttpRequest, ref: str) -> HttpResponse:
    """The running deadlines for a calendar."""
    case = case_of(request, own(request, ref))
    return untrusted_response(Content(calendar(case), "text/calendar; charset=utf-8", f"{case.ticket.ref}.ics"))


# ---- For anyone with the code
@require_safe
@never_cache
def check(request: HttpRequest) -> HttpResponse:
    """Where a code is typed in. What was typed becomes the address of its page."""
    typed = "".join(char for char in normalise_number(request.GET.get("code", ""))[:MAX_ECHOED] if char.isalnum() or char == "-")
    if typed:
        return redirect("portal:checked", code=typed)
    return render(request, "portal/check_receipt.html", {"typed": "", "missing": False})


@require_safe
@never_cache
def check_receipt(request: HttpRequest, code: str) -> HttpResponse:
    """What the receipt says, or the field again. Whether a code is wrong or unknown is not told apart."""
    # allauth's public function lets every GET pass; the one beneath it counts them when asked to.
    if not ratelimit.consume(request, app="allauth.account", action="receipt", limit_get=True):
        return ratelimit.respond_429(request)
    try:
        found = verify_code(code)
    except NotFound:
        return render(request, "portal/check_receipt.html", {"typed": code[:MAX_ECHOED], "missing": True}, status=404)
    response = render(request, "portal/receipt_valid.html", _receipt_context(found))
    response["X-Robots-Tag"] = "noindex"
    return response
