"""A complaint that began with an e-mail: whoever proves the address says of what kind it is, and goes on with what was written."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from evidence.intake.letter_beginnings import begin_complaint, content_of, find_beginning
from evidence.sandbox.client import SandboxUnavailable
from evidence.sandbox.letter_reader import LetterContent
from evidence.vault.sealing import SealBroken
from lib.pages import render
from lib.redaction import without_one_time_codes, without_secrets
from portal.access import require_sign_in, viewer
from portal.categories import categories, choices
from portal.filing_words import too_many_words
from portal.forms.filing import CategoryForm
from tickets.operations.filing_limits import TooManyFilings
from tickets.workflow import NotFound, Refusal
from tickets.workflow.inputs import REQUIRED

log = logging.getLogger(__name__)
SHOWN = 2_000  # letters of the text: enough to know it again


@require_http_methods(["GET", "HEAD", "POST"])
@require_sign_in
def begin(request: HttpRequest, signed: str) -> HttpResponse:
    """Once: afterwards the same link leads to the draft."""
    try:
        letter = find_beginning(viewer(request), signed)
    except NotFound:
        return render(request, "portal/file/no_letter.html", {}, status=404)
    if letter.ticket is not None:
        return redirect("portal:draft", ref=letter.ticket.ref)
    form = CategoryForm(choices(categories()), request.POST if request.method == "POST" else None)
    try:
        content = content_of(letter)
    except (SandboxUnavailable, SealBroken, OSError):
        log.exception("A letter that begins a complaint cannot be opened")
        form.mark({"non_field_errors": [_("It cannot be opened just now. Try again in a moment.")]})
        return _page(request, form, LetterContent(), 503)
    if request.method != "POST":
        return _page(request, form, content)
    if form.raw()["category"] not in dict(choices(categories())):
        form.mark({"category": [REQUIRED]})
        return _page(request, form, content, 400)
    try:
        return redirect("portal:draft", ref=begin_complaint(viewer(request), letter, str(form.raw()["category"]), content).ref)
    except TooManyFilings as many:
        form.mark({"non_field_errors": [too_many_words(many)]})
        return _page(request, form, content, many.status)
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(request, form, content, refusal.status)


def _page(request: HttpRequest, form: CategoryForm, content: LetterContent, status: int = 200) -> HttpResponse:
    shown = {
        "form": form,
        "said": without_one_time_codes(without_secrets(content.text[:SHOWN])),
        "is_longer": len(content.text) > SHOWN,
        "files": [file.name for file in content.attachments],
        "missed": len(content.missed),
    }
    return render(request, "portal/file/by_letter.html", shown, status=status)
