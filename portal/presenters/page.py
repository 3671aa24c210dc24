"""Everything the page of one complaint shows, in at most twelve queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from evidence.intake import attachments_by_message
from evidence.models import EvidenceItem
from evidence.operations import as_dict
from evidence.words import DOSSIER_FOR
from lib.types import Context, Text
from portal.access import viewer
from portal.forms.acting import ActionForm, MessageForm
from portal.forms.operation_form import OperationForm
from portal.presenters import answers
from portal.presenters.actions import ActionEntry, action_entries
from portal.presenters.auto_refund_wait import of_case
from portal.presenters.checklist import ChecklistEntry, checklist_entries
from portal.presenters.on_track import lifting_waits, on_track_status
from portal.presenters.stepper import freeze_help, police_first, steps
from portal.presenters.timers import TONES, clocks, past_clocks
from portal.unsent import MESSAGE, Unsent, unsent_of
from portal.words import NOW, RESOLVED_WITHOUT_MONEY, REST, TO_OWNER
from tickets.cases import timers
from tickets.cases.case import Case, Item
from tickets.cases.decision_letter import decision_letter
from tickets.cases.freeze_guards import freeze_in
from tickets.cases.loading import gather
from tickets.cases.timeline import TimelineEntry, timeline
from tickets.models import Advice, EscalationTarget, Freeze, Message, Representation, Ticket
from tickets.operations import look, may_rate, rating_of
from tickets.policy.playbooks import title_of
from tickets.words import REPRESENTED_AS
from tickets.workflow import ACTIONS, NEVER_SUBMITTED, Status, TimerKey
from tickets.workflow.vocabulary import SECURITY_TASKS, STATEMENT_OF_BALANCE

# Once it is closed, the list is there to see who looked and when it goes.
SHOWS_FILES = frozenset(Status) - {Status.DRAFT}


def case_of(request: HttpRequest, ticket: Ticket) -> Case:
    """The case as it stands, with its evidence and where it was taken."""
    prefetch_related_objects([ticket], Prefetch("evidence", EvidenceItem.objects.select_related("uploaded_by")))
    gather(ticket)
    _name_targets(ticket)
    return look(ticket, viewer(request))


def _name_targets(ticket: Ticket) -> None:
    """Each escalation's target as its reader calls it."""
    escalations = ticket.escalations.all()
    targets = EscalationTarget.objects.filter(key__in=[escalation.target for escalation in escalations])
    titles = {target.key: target.title for target in targets} if escalations else {}
    for escalation in escalations:
        setattr(escalation, "title", titles.get(escalation.target))  # noqa: B010 - not a field of the model


def context(request: HttpRequest, ticket: Ticket, sent: OperationForm | None = None) -> Context:
    case = case_of(request, ticket)
    person = viewer(request)
    unsent = unsent_of(request, ticket)
    possible = action_entries(case, sent, unsent)
    shown = case.ticket
    said = _with_files(case, person)
    checklist = checklist_entries(case, person, sent) if case.status in SHOWS_FILES else []
    needed = [slot for slot in checklist if slot.required]
    freeze = freeze_in(case, *Freeze.LIVE)
    protective = freeze is not None and freeze.origin == Freeze.Origin.USER_PROTECTIVE
    return {
        "case": case,
        "ticket": shown,
        "title": title_of(shown.policy_id, shown.category),
        "tone": TONES.get(shown.status, "info"),
        "now_text": now_text(case),
        "steps": steps(case),
        **standing_context(case),
        "clocks": clocks(case),
        "past": past_clocks(case),
        "checklist": checklist,
        "has_statement_slot": any(slot.is_statement for slot in checklist),
        "open_evidence": any(slot.open or (slot.state == "rejected" and _collecting(case)) for slot in checklist),
        "ready": sum(slot.state == "complete" for slot in needed),
        "needed": len(needed),
        "collecting": _collecting(case),
        "facts": answers.fact_answers(shown),
        "respondent": str(shown.registered_respondent or shown.respondent),
        "advice": Advice.objects.checked_for(shown.category, str(shown.facts.get("withdrawal_cause") or "")) if shown.is_open else [],
        "orders": case.order_references,
        "moments": said,
        "told_to_owner": TO_OWNER["EVENT"],
        "last_reply": next((moment for moment in said if moment.is_message and moment.by_staff), None),
        "actions": possible,
        "other_actions": [action for action in possible.values() if action.allowed and not ACTIONS[action.key].placed],
        "freeze": case.freeze,
        "tasks": [(task, task in case.security_tasks) for task in SECURITY_TASKS] if protective else [],
        "asked": case.open_request if case.status == Status.NEEDS_EVIDENCE else None,
        "escalations": case.escalations,
        **_message(case, sent, unsent),
        **_reopening(case, said),
        "object_until": _until(case, case.policy.objection_days),
        "may_rate": may_rate(case),
        "rating": rating_of(case),
        "may_object": shown.close_reason == "routed_after_sale" and case.now <= (_until(case, case.policy.objection_days) or case.now),
        "form": sent,
        "lost": sent.texts() if sent is not None and not _has_option(sent, possible, checklist) else [],
        "recipients": [(key, words[0]) for key, words in DOSSIER_FOR.items()],
    }


def now_text(case: Case) -> Text:
    if case.status == Status.RESOLVED and not case.refunds:
        return RESOLVED_WITHOUT_MONEY
    return NOW.get(case.status, "")


def standing_context(case: Case) -> Context:
    """Whose turn it is and until when, what helps this minute, what was decided, and what came of it."""
    return {
        "standing": on_track_status(case),
        "wait": of_case(case),
        "letter": decision_letter(case),
        "rest_text": REST.get(case.status, ""),
        "statement": _issued_statement(case),
        "refunds": case.refunds,
        "promised": timers.live(case, TimerKey.PROMISE),
        "freeze_help": freeze_help(case),
        "police_first": police_first(case),
        "safety_open": lifting_waits(case) or 0 < len(case.security_tasks) < len(SECURITY_TASKS),
    }


def _message(case: Case, sent: OperationForm | None, unsent: Unsent) -> Context:
    """The form to write in, with what was typed and not sent, and which form that was; and who else may write here."""
    begun = unsent.texts if unsent.form == MESSAGE else None
    return {
        **followers(case),
        "message_form": sent if isinstance(sent, MessageForm) else MessageForm(case, initial=begun),
        "unsent": unsent.form,
    }


def _reopening(case: Case, said: Sequence[TimelineEntry]) -> Context:
    """Until when it can be asked for, by when it is decided, and whether the last answer (newest first) was a no."""
    last = next((moment for moment in said if moment.kind in ("reopen_requested", "reopen", "refuse_reopen")), None)
    return {
        "reopen_until": _until(case, case.policy.reopen_days),
        "reopen_decision": timers.live(case, TimerKey.REOPEN_DECISION),
        "refused_reopening": last if last is not None and last.kind == "refuse_reopen" else None,
    }


def _with_files(case: Case, person: User) -> list[TimelineEntry]:
    """What happened, the files of each message under it."""
    said, files = name_writers(case, timeline(case)), attachments_by_message(person, case)
    for moment in said:
        if moment.is_message:
            moment.files.extend(as_dict(item, person) for item in files.get(moment.number, ()))
    return said


def _has_option(sent: OperationForm, possible: Mapping[str, ActionEntry], on_list: list[ChecklistEntry]) -> bool:
    """False: the complaint has moved on, and the page does not ask for this any more."""
    if isinstance(sent, MessageForm):
        return True
    if isinstance(sent, ActionForm):
        return sent.page == "portal:ticket" and sent.key in possible and possible[sent.key].allowed
    return any(sent is form for slot in on_list for form in slot.forms)


def _issued_statement(case: Case) -> Item | None:
    """The newest document that the desk issued."""
    issued = [item for item in case.evidence if item.kind == STATEMENT_OF_BALANCE and item.state == "clean" and not item.internal]
    return next((item for item in reversed(issued) if item.uploaded_by_id != case.ticket.owner_id), None)


def _collecting(case: Case) -> bool:
    return case.status in NEVER_SUBMITTED or case.status == Status.NEEDS_EVIDENCE


def _until(case: Case, days: int) -> datetime | None:
    return case.ticket.closed_at + timedelta(days=days) if case.ticket.closed_at else None


# ---- Who acts for the owner
def followers(case: Case) -> Context:
    """`followers`: those the owner is asked about, or lets act. `representation`: by which the viewer acts here."""
    if case.representation is not None:
        return {"followers": [], "representation": case.representation}
    asked = case.ticket.representations.exclude(asked_at=None).select_related("person").order_by("pk") if case.ticket.represented_by else ()
    return {"followers": list(asked), "representation": None}


def name_writers(case: Case, said: Sequence[TimelineEntry]) -> list[TimelineEntry]:
    """Where several may have written, each message that is not the viewer's own says whose it is."""
    ticket = case.ticket
    if ticket.filed_by_id == ticket.owner_id and not ticket.represented_by:  # then nobody else has ever written
        return list(said)
    rows = {row.person_id: row for row in Representation.objects.filter(ticket=ticket).exclude(asked_at=None).select_related("person")}
    if not rows:
        return list(said)
    authors = dict(Message.objects.filter(ticket=ticket).exclude(author=case.person).values_list("pk", "author"))
    return [_with_writer(case, each, rows, authors.get(each.number)) if each.is_message and not each.by_staff else each for each in said]


def _with_writer(case: Case, entry: TimelineEntry, rows: dict[int, Representation], author: int | None) -> TimelineEntry:
    if author in rows:
        row = rows[author]
        return replace(entry, writer=_("%(name)s (%(relation)s)") % {"name": row.person, "relation": REPRESENTED_AS[row.relation]})
    if author == case.ticket.owner_id and case.representation is not None:
        return replace(entry, writer=case.representation.whom)
    return entry
