"""Evidence of the customer's: add, take back, agree. The vault checks; what it refuses is said in words."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.form_token import AlreadySent, once
from evidence.intake import begin, give_consent, upload
from evidence.intake.resumable_uploads import PART_SIZE
from evidence.models import EvidenceItem
from evidence.operations import delete
from lib.pages import render
from portal.access import own, require_sign_in, viewer
from portal.forms.evidence import UploadForm, may_be_uploaded
from portal.forms.operation_form import OperationForm, reason
from portal.presenters.page import context
from portal.views.ticket import page
from sla.policies import snapshot
from tickets.models import Ticket
from tickets.workflow import Invalid, Refusal


@require_POST
@require_sign_in
def add(request: HttpRequest, ref: str, kind: str) -> HttpResponse:
    """One kind, one or several files. Those that fit are kept, the others named with what to mend."""
    found = own(request, ref)
    if not may_be_uploaded(kind):
        raise Http404
    form = UploadForm(kind, snapshot(found.policy_id), request.POST, request.FILES)
    place = f"{reverse('portal:ticket', args=[found.ref])}#evidence"
    try:
        with once(request, viewer(request)) as sent:
            sent.location = place
            kept, refused = _upload(request, found, form)
    except AlreadySent as before:
        return redirect(before.location)
    if kept:
        messages.success(request, ngettext("%(count)s item added.", "%(count)s items added.", kept) % {"count": kept})
    if refused is not None:
        return page(request, own(request, ref), form, refused.status)
    return redirect(place)


def _upload(request: HttpRequest, found: Ticket, form: UploadForm) -> tuple[int, Refusal | None]:
    """How many were kept, and the first refusal; the form carries the words of all of them."""
    kept, first = 0, None
    errors: dict[str, list[str]] = {}
    files: list[UploadedFile | None] = [*form.sent_files()]
    for file in files or [None]:
        try:
            upload(viewer(request), found.ref, form.body(), file)
            kept += 1
        except Refusal as refusal:
            first = first or refusal
            _collect(errors, refusal, (file.name or "") if file is not None and len(files) > 1 else "")
    if first is not None:
        form.mark(errors)
    return kept, first


def _collect(errors: dict[str, list[str]], refusal: Refusal, name: str) -> None:
    """Say each thing once; name the file where there are several."""
    found = refusal.errors if isinstance(refusal, Invalid) else {"non_field_errors": [reason(refusal.block.as_dict())]}
    for at, texts in found.items():
        told = [f"{name}: {text}" if name and at == "file" else text for text in texts]
        errors[at] = [*errors.get(at, []), *(text for text in told if text not in errors.get(at, []))]


@require_safe
@require_sign_in
@vary_on_headers("Accept")
def checklist(request: HttpRequest, ref: str) -> HttpResponse:
    """The part of the page that changes while files come in and are checked, for a script; the whole page for whoever opens the address."""
    if "text/html" in request.headers.get("Accept", ""):
        return page(request, own(request, ref))
    return render(request, "portal/ticket/evidence.html", {**context(request, own(request, ref)), "by_script": True})


@require_POST
@require_sign_in
def announce(request: HttpRequest, ref: str, kind: str) -> JsonResponse:
    """One file that comes in parts: here what is typed beside it, with its name and size; its bytes go to the address in the answer."""
    found = own(request, ref)
    if not may_be_uploaded(kind):
        raise Http404
    form = UploadForm(kind, snapshot(found.policy_id), request.POST)
    size = request.POST.get("size", "")
    raw = {**form.body(), "name": request.POST.get("name", ""), "size": int(size) if size.isdecimal() and len(size) < 12 else None}
    try:
        with once(request, viewer(request)) as sent:
            sent.location = reverse("api:upload", args=[begin(viewer(request), ref, raw).pk])
    except AlreadySent as before:
        return JsonResponse({"url": before.location, "offset": 0, "chunk_size": PART_SIZE}, status=201)
    except Refusal as refusal:
        errors: dict[str, list[str]] = {}
        _collect(errors, refusal, "")
        return JsonResponse({"code": refusal.code, "errors": errors}, status=refusal.status)
    return JsonResponse({"url": sent.location, "offset": 0, "chunk_size": PART_SIZE}, status=201)


@require_POST
@require_sign_in
def remove(request: HttpRequest, ref: str, item_id: int) -> HttpResponse:
    """Take one's own item back; a sensitive document at any time."""
    found = own(request, ref)
    get_object_or_404(EvidenceItem.objects.visible_to(viewer(request)), pk=item_id, ticket=found)
    try:
        item = delete(viewer(request), item_id)
        withdrawn = _("Your consent is withdrawn, and the document is deleted.") if item.consent_at else _("It is deleted.")
        messages.success(request, withdrawn)
    except Refusal as refusal:
        return _refusal_page(request, found, refusal)
    return redirect(f"{reverse('portal:ticket', args=[found.ref])}#evidence")


@require_POST
@require_sign_in
def consent(request: HttpRequest, ref: str, item_id: int) -> HttpResponse:
    """Agree, after the upload, that a document is used."""
    found = own(request, ref)
    get_object_or_404(EvidenceItem.objects.visible_to(viewer(request)), pk=item_id, ticket=found)
    try:
        give_consent(viewer(request), item_id)
        messages.success(request, _("Thank you. Your consent is recorded."))
    except Refusal as refusal:
        return _refusal_page(request, found, refusal)
    return redirect(f"{reverse('portal:ticket', args=[found.ref])}#evidence")


def _refusal_page(request: HttpRequest, found: Ticket, refusal: Refusal) -> HttpResponse:
    form = OperationForm({})
    form.refuse(refusal)
    return page(request, found, form, refusal.status)
