"""One person's data: what it is, handed out as a ZIP, or erased after a look at what would go and what would stay."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.reads import count_read
from desk.privacy.presenter import WHY_STAYS, tabs
from desk.shell.access import officers_page, viewer
from desk.shell.formatting import moment_text
from desk.shell.page_shell import render_page
from desk.shell.refusals import errors_of, offer_factor
from evidence.models import DeletionRequest, ErasureProposal, SubjectRequest
from evidence.people import (
    erase_person,
    export_person,
    is_wanted_by_subject,
    plan_erasure,
    propose_erasure,
    subject_of,
    withdraw_proposal,
)
from lib.dates import deadline_text
from lib.types import Context
from tickets.models import Ticket
from tickets.workflow import NotFound, Refusal

LATEST, MOST = 20, 100


@require_safe
@officers_page
def person(request: HttpRequest) -> HttpResponse:
    return _page(request, request.GET.get("email", ""))


def _page(request: HttpRequest, email: str, refused: dict[str, Refusal] | None = None) -> HttpResponse:
    """`refused` says what came of the form `export` or `erase`."""
    user = viewer(request)
    context: dict[str, object] = {"tabs": tabs("person"), "email": email.strip(), "nobody": False, "plan": None, "latest": _latest()}
    context |= {"waiting": _waiting(), "proposals": _proposals(user)}
    wrong = {name: [text for texts in errors_of(each).values() for text in texts] for name, each in (refused or {}).items()}
    context |= {"wrong": wrong, "typed": request.POST.get("reason", "")}
    if email.strip():
        try:
            context |= _about(user, subject_of(user, email))
        except NotFound:
            context["nobody"] = True
    status = next((each.status for each in (refused or {}).values()), 200)
    return render_page(request, "desk/privacy/person.html", context, title=_("A person's data"), current="privacy", status=status)


def _about(officer: User, subject: User) -> Context:
    plan = plan_erasure(officer, subject)
    count_read(1, person=subject.pk)
    return {
        "plan": plan,
        "subject": {
            "email": subject.email,
            "name": subject.name,
            "joined": moment_text(subject.date_joined),
            "complaints": Ticket.objects.filter(owner=subject).count(),
            "active": subject.is_active,
        },
        "goes": [(each.ref, _erasure_text(each)) for each in plan.goes],
        "proposal": next((each for each in _proposals(officer) if each["who"] == subject.email), None),
        "asked_themselves": is_wanted_by_subject(subject),
        "stays": [(WHY_STAYS[each.why], each.ref, deadline_text(each.until) if each.until else "") for each in plan.stays],
    }


def _erasure_text(goes: Any) -> str:
    items = ngettext("%(count)s item of evidence", "%(count)s items of evidence", goes.items) % {"count": goes.items}
    texts = ngettext("%(count)s message", "%(count)s messages", goes.messages) % {"count": goes.messages}
    what = _("%(items)s, %(messages)s, free texts, order numbers") % {"items": items, "messages": texts}
    return _("%(what)s; the draft itself") % {"what": what} if goes.is_draft else what


def _waiting() -> list[Context]:
    """What customers asked for themselves: carried out without anybody, but not without anybody's knowing."""
    return [
        {"who": each.owner.email, "asked": moment_text(each.asked_at), "due": deadline_text(each.due_at), "begun": each.begun}
        for each in DeletionRequest.objects.select_related("owner")[:MOST]
    ]


def _proposals(officer: User) -> list[Context]:
    """What waits for a second officer."""
    found = ErasureProposal.objects.select_related("subject", "by")[:MOST]
    return [
        {"who": each.subject.email, "by": str(each.by), "mine": each.by_id == officer.pk, "at": moment_text(each.at), "reason": each.reason}
        for each in found
    ]


def _latest() -> list[Context]:
    found = SubjectRequest.objects.select_related("by", "subject")[:LATEST]
    return [
        {"kind": each.get_kind_display(), "who": each.subject.email, "by": str(each.by), "at": moment_text(each.at), "reason": each.reason}
        for each in found
    ]


@require_POST
@officers_page
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The ZIP, made while it is sent. Refused: the page again with the reason."""
    user = viewer(request)
    email = request.POST.get("email", "")
    try:
        subject = subject_of(user, email)
        pieces = export_person(user, subject, request.POST.get("reason", ""))
        count_read(1, person=subject.pk)
    except NotFound:
        return _page(request, email)
    except Refusal as refusal:
        offer_factor(request, refusal, reverse("desk:person"))
        return _page(request, email, {"export": refusal})
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="person-{subject.pk}-{timezone.localtime():%Y%m%d}.zip"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@officers_page
def erase(request: HttpRequest) -> HttpResponse:
    """The first officer proposes, a second one's press erases; where the person asked for it themselves, one press does."""
    user = viewer(request)
    email, reason = request.POST.get("email", ""), request.POST.get("reason", "")
    try:
        subject = subject_of(user, email)
        if not is_wanted_by_subject(subject) and propose_erasure(user, subject, reason).by_id == user.pk:
            messages.success(request, _("Proposed. Another privacy officer erases it on this page; until then nothing is erased."))
            return _back_to(subject.email)
        plan = erase_person(user, subject, reason)
    except NotFound:
        return _page(request, email)
    except Refusal as refusal:
        offer_factor(request, refusal, reverse("desk:person"))
        return _page(request, email, {"erase": refusal})
    done = _("Erased, the account too.") if plan.account_goes else _("What could be erased is erased. The rest is named below.")
    messages.success(request, done)
    return _back_to("" if plan.account_goes else plan.subject.email)


@require_POST
@officers_page
def keep(request: HttpRequest) -> HttpResponse:
    """A proposal to erase is taken back."""
    user = viewer(request)
    try:
        subject = subject_of(user, request.POST.get("email", ""))
    except NotFound:
        return _page(request, request.POST.get("email", ""))
    withdraw_proposal(user, subject)
    messages.success(request, _("Taken back. Nothing was erased."))
    return _back_to(subject.email)


def _back_to(email: str) -> HttpResponse:
    where = f"?{urlencode({'email': email})}" if email else ""
    return HttpResponseRedirect(f"{reverse('desk:person')}{where}")
