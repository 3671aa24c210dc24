"""Replies, notes, macros and calls: what is said on a ticket, and the reply that is taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.form_token import AlreadySent, once
from accounts.models import User
from desk.models import Macro
from desk.shell.access import desk_page, viewer
from desk.shell.refusals import errors_of
from desk.ticket.drafts import FORMS, MESSAGE, drop, keep, writing_of
from desk.ticket.forms.other_forms import call_input, message_input
from desk.ticket.macros import find_macro, run, steps_of
from desk.ticket.page import case_of
from desk.ticket.reply_files import attached_ids, delete_reply_files, discard_reply_files, parse_ids, upload_reply_files
from desk.ticket.sending import UNDO_SECONDS, send, take_back
from evidence.intake import say
from lib.background import enqueue
from lib.types import Record
from tickets.models import Ticket
from tickets.operations import record_call
from tickets.workflow import NotFound, Refusal, Stale, is_decision


@contextmanager
def lock_at_version(user: User, ref: str, version: int) -> Iterator[None]:
    """For operations that take no version themselves: lock, compare, let them work. Raises NotFound, Stale."""
    with transaction.atomic():
        seen = Ticket.objects.visible_to(user).select_for_update(of=("self",)).filter(ref=ref)
        found = seen.values_list("version", flat=True).first()
        if found is None:
            raise NotFound
        if found != version:
            raise Stale
        yield


# ---- Actions
def _message(request: HttpRequest, user: User, ref: str, version: int) -> str:
    """The files first: whatever is then wrong with the words, none of them has to be chosen again. Pressed twice, it is said once."""
    fresh = upload_reply_files(request.FILES, user, ref)
    try:
        with once(request, user):
            return _post_message(request, user, ref, version, [*attached_ids(request.POST), *fresh])
    except AlreadySent:
        delete_reply_files(user, ref, fresh)
        return ""


def _post_message(request: HttpRequest, user: User, ref: str, version: int, files: list[int]) -> str:
    """A note goes in on any page, stale or not: it overwrites nothing. A reply can be taken back for a moment."""
    raw = message_input(request.POST)
    if raw["visibility"] == "internal":
        say(user, ref, raw, files)
        return _("Note added.")
    macro = find_macro(request.POST.get("macro", ""), Macro.Purpose.REPLY, timezone.now())
    if macro is not None and any(steps_of(macro)):
        return _with_macro(macro, user, ref, raw, version, files)
    with lock_at_version(user, ref, version):
        held = send(user, ref, raw, {name: request.POST.getlist(name) for name in ("body", "eta_at")}, files)
        if held is None:
            return _("Reply sent.")
        enqueue("desk.send_replies", after=UNDO_SECONDS + 1)
    return ""


def _with_macro(macro: Macro, user: User, ref: str, raw: Record, version: int, files: list[int]) -> str:
    """The reply and all that follows it, or nothing: what is done after it could not be taken back with it."""
    with lock_at_version(user, ref, version):
        if files or ((raw["body"] or "").strip() and not (macro.ask_for and not raw["eta_at"])):
            say(user, ref, raw, files)
        run(macro, user, ref, raw["body"] or "")
    return _("Done: %(action)s.") % {"action": "; ".join(step.words for step in steps_of(macro))}


def _call(request: HttpRequest, user: User, ref: str, version: int) -> str:
    """As harmless as a note."""
    record_call(user, ref, call_input(request.POST))
    return _("The call is noted.")


MESSAGE_HANDLERS: Mapping[str, Callable[[HttpRequest, User, str, int], str]] = {"message": _message, "call": _call}


# ---- Taking back, keeping
def _ticket(user: User, ref: str) -> Ticket:
    ticket = Ticket.objects.visible_to(user).filter(ref=ref).first()
    if ticket is None:
        raise Http404
    return ticket


@require_POST
@desk_page
def undo(request: HttpRequest, ref: str) -> HttpResponse:
    """Back into the box; or the word that it is too late."""
    user = viewer(request)
    if take_back(user, _ticket(user, ref)):
        messages.success(request, _("Taken back. Nobody has read it."))
    else:
        messages.warning(request, _("It has gone out already."))
    return HttpResponseRedirect(f"{reverse('desk:ticket', args=[ref])}#message-title")


def _keep_files(request: HttpRequest, user: User, ref: str) -> None:
    """With the draft, or with it away; one that is refused is named."""
    if "drop" in request.POST:
        case = case_of(user, ref)
        discard_reply_files(case, user, writing_of(case.ticket, user))
        return
    delete_reply_files(user, ref, parse_ids(request.POST.getlist("without")))
    try:
        upload_reply_files(request.FILES, user, ref)
    except Refusal as refusal:
        for text in (text for texts in errors_of(refusal).values() for text in texts):
            messages.error(request, text)


@require_POST
@desk_page
def draft(request: HttpRequest, ref: str, form: str) -> HttpResponse:
    """Keep what is typed in one form: quietly for a script (204), with a word for a button. `drop` throws it away."""
    user = viewer(request)
    if form not in FORMS:
        raise Http404
    ticket = _ticket(user, ref)
    dropped = "drop" in request.POST
    if dropped:
        drop(user, ticket, form)
    else:
        keep(user, ticket, form, request.POST)
    if form == MESSAGE:
        _keep_files(request, user, ref)
    if request.headers.get("X-Quiet"):
        return HttpResponse(status=204)
    messages.success(request, _("The draft is gone.") if dropped else _("Kept as a draft. Only you see it."))
    page = "desk:decide" if is_decision(form) else "desk:ticket"
    return HttpResponseRedirect(reverse(page, args=[ref]) + (f"?as={form}" if page == "desk:decide" else f"#act-{form}"))
