"""E-mails to complaints that no machine could settle: looked at as plain text, put on the complaint, or set aside."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.reads import count_read
from accounts.roles import Role
from desk.shell.access import roles_page, viewer
from desk.shell.formatting import moment_text
from desk.shell.page_shell import render_page
from evidence.intake.held_letters import NOT_WAITING, beginning_of, count_by_reason, dismiss_letter, letters_to_settle, release_letter
from evidence.models import HeldLetter
from evidence.vault.sealing import SealBroken
from lib.types import Context
from tickets.workflow import NotFound, Refusal

log = logging.getLogger(__name__)
MOST = 50
readers_page = roles_page(Role.AGENT, Role.SUPERVISOR)
ACTS: dict[str, Callable[[User, int, str], HeldLetter]] = {"take": release_letter, "dismiss": dismiss_letter}


@require_safe
@readers_page
def letters(request: HttpRequest) -> HttpResponse:
    """Oldest first: those of customers, or of one reason. Each is opened when it is asked for: `?open=` names it."""
    waiting = letters_to_settle(viewer(request))
    reason, asked = request.GET.get("reason", ""), request.GET.get("open", "")
    chosen = waiting.filter(reason=reason) if reason in HeldLetter.Reason.values else waiting.exclude(reason__in=NOT_WAITING)
    found = list(chosen[: MOST + 1])
    count_read(len(found[:MOST]))
    rows = [_row(each, asked == str(each.pk)) for each in found[:MOST]]
    context = {"rows": rows, "more": len(found) > MOST, "reasons": _reasons(count_by_reason(waiting), reason), "reason": reason}
    return render_page(request, "desk/letters.html", context, title=_("E-mails set aside"), current="letters")


def _reasons(counts: Mapping[str, int], chosen: str) -> list[tuple[str, object, int, bool]]:
    """Each that something waits for: its code, its words, how many, and whether it is the one that is looked at."""
    return [(code, words, counts[code], code == chosen) for code, words in HeldLetter.Reason.choices if counts.get(code)]


def _row(letter: HeldLetter, is_open: bool) -> Context:
    return {
        "id": letter.pk,
        "ref": letter.ticket.ref if letter.ticket else "",
        "customer": str(letter.ticket.owner) if letter.ticket else "",
        "why": letter.get_reason_display(),
        "at": moment_text(letter.at),
        "unkept": letter.unkept,
        "waits": letter.state == HeldLetter.State.WAITING,
        "is_open": is_open,
        "text": _beginning(letter) if is_open else "",
    }


def _beginning(letter: HeldLetter) -> str:
    try:
        return beginning_of(letter)
    except (SealBroken, OSError):
        log.exception("a letter that was set aside cannot be opened")
        return _("It cannot be opened just now. Try again in a moment.")


@require_POST
@readers_page
def settle(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    if act not in ACTS:
        raise Http404
    try:
        ACTS[act](viewer(request), pk, request.POST.get("ref", ""))
    except NotFound as gone:
        if not request.POST.get("ref"):
            raise Http404 from gone
        messages.error(request, _("There is no complaint with this number."))
    except Refusal:
        messages.error(request, _("Somebody has settled it meanwhile."))
    else:
        messages.success(request, _("It will stand on the complaint within a minute.") if act == "take" else _("Set aside, and deleted."))
    return HttpResponseRedirect(reverse("desk:letters"))
