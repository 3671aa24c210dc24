"""Putting running complaints under another version of the rules: what would move, then the supervisor's word."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.reads import count_read
from desk.shell.access import supervisors_page, viewer
from desk.shell.page_shell import render_page
from lib.dates import deadline_text
from lib.types import Context
from sla.models import Policy
from tickets.models import Ticket
from tickets.operations.rebasing import Move, Survey, rebase, survey
from tickets.policy.comparison import Section, differences
from tickets.words import TIMER

AT_ONCE = 200  # each is a transaction of its own, and the person waits for all of them
SAMPLE = 50


@require_safe
@supervisors_page
def preview(request: HttpRequest) -> HttpResponse:
    """For the version named, or the one in force. Writes nothing."""
    versions = _published_policies()
    chosen = _policy_or_404(versions, request.GET.get("version", "")) if "version" in request.GET else versions[0]
    seen = survey(chosen, limit=AT_ONCE)
    count_read(len(seen.moves[:SAMPLE]))
    context = {
        "address": reverse("desk:rebase"),
        "confirm": reverse("desk:rebase_confirm"),
        "versions": [policy.pk for policy in versions],
        "seen": seen,
        "heading": _heading(seen),
        "act": _("Put these complaints under %(version)s") % {"version": seen.version},
        "rows": [(str(TIMER.get(key, key)), *counts) for key, *counts in seen.by_timer()],
        "sample": [_move_row(move) for move in seen.moves[:SAMPLE]],
        "changes": _changes(seen, chosen),
    }
    return render_page(request, "desk/rebase.html", context, title=_("Re-base running complaints"), current="reports")


@require_POST
@supervisors_page
def confirm(request: HttpRequest) -> HttpResponse:
    """Exactly the complaints that were shown; each in a transaction of its own, with an event and, where a date moves, a notice."""
    user = viewer(request)
    chosen = _policy_or_404(_published_policies(), request.POST.get("version", ""))
    refs = request.POST.get("refs", "").split()[:AT_ONCE]
    moved = sum(move.effective_due_at != move.promised for move in rebase(user, refs, chosen.pk, timezone.now()))
    message = ngettext("%(count)s deadline has moved.", "%(count)s deadlines have moved.", moved) % {"count": moved}
    messages.success(request, _("The complaints shown are under %(version)s.") % {"version": chosen.pk} + " " + message)
    return HttpResponseRedirect(f"{reverse('desk:rebase')}?{urlencode({'version': chosen.pk})}")


def _changes(seen: Survey, chosen: Policy) -> list[tuple[str, list[Section]]]:
    """Everything that would be otherwise for the complaints shown, not their deadlines alone: by the version each is under now."""
    under = Policy.objects.filter(pk__in=Ticket.objects.filter(ref__in=seen.refs).values("policy")).order_by("published_at")
    return [(_("What else differs from %(version)s") % {"version": old.pk}, differences(old, chosen)) for old in under]


def _published_policies() -> list[Policy]:
    """The one in force first."""
    return list(Policy.objects.filter(published_at__lte=timezone.now()).order_by("-published_at", "-version"))


def _policy_or_404(versions: list[Policy], version: str) -> Policy:
    found = next((policy for policy in versions if policy.pk == version), None)
    if found is None:
        raise Http404
    return found


def _heading(seen: Survey) -> str:
    count = {"count": seen.count}
    message = ngettext(
        "%(count)s running complaint is under another version.", "%(count)s running complaints are under another version.", seen.count
    )
    left = " " + _("The oldest %(count)s are shown; confirm them, then come back for the next.") % {"count": len(seen.refs)}
    return message % count + (left if seen.remaining_count else "")


def _move_row(move: Move) -> Context:
    return {
        "ref": move.ref,
        "timer": str(TIMER.get(move.timer, move.timer)),
        "promised": deadline_text(move.promised),
        "would_be": deadline_text(move.would_be),
        "kept": "" if move.effective_due_at == move.promised else deadline_text(move.effective_due_at),
    }
