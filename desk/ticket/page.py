"""The ticket page: everything for a decision in one place. Shown for reading, and again with what was typed when an act was refused."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language, pgettext

from accounts.form_token import new_token
from accounts.models import User
from accounts.roles import Role
from accounts.viewer_queries import PreparedQueryPerViewer
from desk.bills import presenter
from desk.models import Macro
from desk.queue.next_ticket import place_of
from desk.shell.access import viewer
from desk.shell.cached_labels import category_titles, colleagues
from desk.shell.labels import TONE, turn_of
from desk.shell.page_shell import render_page
from desk.ticket.drafts import MESSAGE, Writing, drafts_of, writing_in
from desk.ticket.forms.ticket_forms import RejectedPost, forms_of
from desk.ticket.macros import all_macros, find_macro, macros_for, preview, title
from desk.ticket.presenters import decisions, evidence, facts
from desk.ticket.presenters.history import first_page, latest, moment, names_on_page, page_before
from desk.ticket.presenters.money import refund_row
from desk.ticket.presenters.timeline import timeline
from desk.ticket.presenters.timers import clocks
from desk.ticket.reply_files import list_reply_files
from desk.ticket.sending import waiting_words
from evidence.operations import may_open_account
from evidence.words import DOSSIER_FOR
from lib.dates import deadline_text, span_text
from lib.pages import url
from lib.types import Context, Text
from tickets.cases import timers
from tickets.cases.case import Case
from tickets.cases.loading import gather_whole
from tickets.models import Ticket
from tickets.models.querysets import TicketQuerySet, is_staff_not_owner
from tickets.operations import look
from tickets.words import STATUS, WAITING_ON, WAITING_ON_BOTH
from tickets.workflow import TimerKey

# What gather_whole reads besides, by name.
DRAFTS = ("drafts", drafts_of)


def render_ticket_page(request: HttpRequest, ref: str, tried: RejectedPost | None = None) -> HttpResponse:
    """Raises Http404 for a ticket that does not exist or is not theirs to see."""
    user = viewer(request)
    found = ticket_of(user, ref)
    before = moment(request.GET.get("before", ""))
    rows = gather_whole(found, user, (DRAFTS, *(() if before else latest(found, user))))
    case = look(found, user, rows=rows)
    writing = writing_in(rows["drafts"])
    macro = find_macro(request.GET.get("macro", ""), Macro.Purpose.REPLY, case.now)
    page = page_before(case, user, before) if before else first_page(rows)
    names = names_on_page(page, _names(case))
    context = {
        **_overview_context(case, user, names),
        "entries": timeline(case, user, page.events, page.messages, names),
        "older": page.older,
        "is_older": page.is_older,
        **forms_of(case, user, tried, writing, macro),
        **_reply_context(case, user, writing, macro),
        "address": url("desk:ticket", case.ticket.ref),
        "place": request.POST.get("place") or request.GET.get("place") or place_of(case.ticket),
        "news": tried.news if tried else (),
    }
    status = tried.refusal.status if tried else 200
    return render_page(request, "desk/ticket.html", context, title=case.ticket.ref, status=status)


def turn_context(case: Case) -> Context:
    """How long the customer has waited for an answer, and by when we said they hear from us."""
    since, promise = case.ticket.unanswered_since, timers.live(case, TimerKey.PROMISE)
    late = promise is not None and promise.is_over_late(case.now)
    return {
        "written": span_text((case.now - since).total_seconds()) if since else "",
        "promised": deadline_text(promise.due_at) if promise else "",
        "promise_tone": "bad" if late else "info",
    }


def waiting_text(ticket: Ticket) -> Text:
    """Whose turn it is, in words; "" where it is nobody's."""
    turn = turn_of(ticket.waiting_on, ticket.due_key, ticket.unanswered_since)
    return WAITING_ON_BOTH if turn == "both" else WAITING_ON.get(turn, "")


def case_of(user: User, ref: str) -> Case:
    """The ticket with all that hangs on it. Raises Http404."""
    found = ticket_of(user, ref)
    return look(found, user, rows=gather_whole(found, user))


def ticket_of(user: User, ref: str) -> Ticket:
    """Raises Http404."""
    found = _of_ref(user, ref)
    if not found:
        raise Http404
    return found[0]


@PreparedQueryPerViewer.of(str)
def _of_ref(viewer: User, ref: str) -> TicketQuerySet:
    return Ticket.objects.visible_to(viewer).select_related("owner", "incident_link__incident").filter(ref=ref)


def _overview_context(case: Case, viewer: User, names: Mapping[int, str]) -> Context:
    ticket = case.ticket
    titles = category_titles(get_language() or "", case.now)
    running, over = clocks(case)
    return {
        "ticket": ticket,
        "colon": pgettext("between a field's name and its error", ": "),
        "category": titles.get(ticket.category, ticket.category),
        "status": STATUS[ticket.status],
        "tone": TONE.get(ticket.status, "neutral"),
        "waiting_on": waiting_text(ticket),
        **turn_context(case),
        "assignee": names.get(ticket.assignee_id or 0, ""),
        "flags": list(facts.flags(ticket)),
        "tags": [tagging.tag for tagging in case.taggings] if case.may_see_internal else [],
        "customer": facts.customer(case),
        "core": facts.core(case, titles.get(ticket.category, ticket.category)),
        "story": facts.story(case),
        "bills": presenter.of_ticket(case, viewer),
        "answers": facts.answers(ticket.facts),
        "running": running,
        "over": over,
        "slots": evidence.slots(case),
        "items": evidence.items(case, viewer, names),
        "decisions": decisions.decisions(case, names),
        "refunds": list(map(refund_row, case.refunds)),
        "escalations": decisions.escalations(case, names),
        "ratings": decisions.ratings(case),
        "freezes": decisions.freezes(case, names),
        "opens_account": may_open_account(viewer, ticket, case.complained_about),
        "asks_why": Role.FREEZE_OPERATOR not in case.roles,
        "tasks": decisions.security_tasks(case),
        "requests": decisions.requests(case),
        "dossier_address": url("desk:dossier", ticket.ref),
        "receipt_address": url("desk:receipt", ticket.ref),
        "recipients": [(key, words[0]) for key, words in DOSSIER_FOR.items()],
    }


def _reply_context(case: Case, viewer: User, writing: Writing, macro: Macro | None) -> Context:
    """What is being said: drafts, the reply that can still be taken back, macros and what the chosen one will do."""
    language = get_language() or ""
    mine = [row for row in writing.on_their_way if row.person_id == viewer.pk]
    colleague = is_staff_not_owner(case.ticket, viewer)
    return {
        "drafts": writing.drafts,
        "draft": writing.drafts.get(MESSAGE),
        "box": list_reply_files(case, viewer, writing),
        "once": new_token(),
        "on_its_way": waiting_words(mine[-1], case.now) if mine else None,
        "others_sending": [str(row.person) for row in writing.on_their_way if colleague and row.person_id != viewer.pk],
        "macros": [(each.pk, title(each, language)) for each in macros_for(Macro.Purpose.REPLY, case.now)],
        "findings": _findings(case, language),
        "macro": macro,
        "macro_title": title(macro, language) if macro else "",
        "macro_steps": preview(macro, case, viewer) if macro else [],
    }


def _findings(case: Case, language: str) -> list[tuple[str, int, str]]:
    """Decisions to start from: verdict, key and name. A remedy the category does not know is left out."""
    fitting = [each for each in all_macros(case.now) if each.purpose != Macro.Purpose.REPLY]
    known = [each for each in fitting if not each.remedy or each.remedy in case.playbook.remedies] if case.ticket.category else []
    return [(each.purpose, each.pk, title(each, language)) for each in known]


def _names(case: Case) -> dict[int, str]:
    """What those around the case are called; colleagues who have left are known by what they did."""
    owner, known = case.ticket.owner, colleagues(case.now)
    named = {**known, owner.pk: str(owner)}
    if case.ticket.assignee_id is not None and case.ticket.assignee_id not in named:
        named[case.ticket.assignee_id] = str(case.ticket.assignee)
    return named
