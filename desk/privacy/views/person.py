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
from desk.privacy.presenter import WHY_STAYS, tabs
from desk.shell.access import officers_page, viewer
from desk.shell.formatting import moment_text
from desk.shell.page_shell import render_page
from desk.shell.refusals import errors_of, offer_factor
from evidence.models import DeletionRequest, SubjectRequest
from evidence.people import erase_person, export_person, plan_erasure, subject_of
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
    context["waiting"] = _waiting()
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
    user = viewer(request)
    email = request.POST.get("email", "")
    try:
        plan = erase_person(user, subject_of(user, email), request.POST.get("reason", ""))
    except NotFound:
        return _page(request, email)
    except Refusal as refusal:
        offer_factor(request, refusal, reverse("desk:person"))
        return _page(request, email, {"erase": refusal})
    done = _("Erased, the account too.") if plan.account_goes else _("What could be erased is erased. The rest is named below.")
    messages.success(request, done)
    where = "" if plan.account_goes else f"?{urlencode({'email': plan.subject.email})}"
    return HttpResponseRedirect(f"{reverse('desk:person')}{where}")
