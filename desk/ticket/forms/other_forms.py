"""The desk's forms beside the actions: reply and note, correction, verdict on evidence, its kind, evidence of our own."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.roles import Role
from desk.shell.cached_labels import category_titles, people_of_the_desk, people_who_watch, tags_in_use
from desk.shell.fields import Choice, Field, Form, vocabulary_choices
from desk.shell.posted_values import local_moment
from evidence.kinds import KINDS, NOT_UPLOADED
from evidence.models import EvidenceItem
from lib.types import Context, Record
from tickets.cases.case import Case
from tickets.cases.guards import not_own_case
from tickets.operations import CALL_PARTIES
from tickets.workflow.inputs import TEXT_LIMIT
from tickets.workflow.vocabulary import DESK_FILE, LANES, PARTIES

AMENDERS = frozenset({Role.AGENT, Role.SUPERVISOR})
BOXES = ("responsible_parties", "complained_about", "tags")
SORTERS = frozenset({Role.AGENT, Role.REVIEWER})
OVER = ("resolved", "closed")
MOMENT_INPUT = "%Y-%m-%dT%H:%M"


def _value_of(typed: QueryDict | None, name: str, default: object = "") -> Any:
    return default if typed is None else typed.get(name, "")


# ---- Reply and note
def message_form(case: Case, typed: QueryDict | None = None) -> Form:
    """One box for both; which it is the button says, so a note never slips out because a box was left unticked."""
    fields = [
        Field("message", "body", _("Text"), "area", required=True, value=_value_of(typed, "body"), limit=TEXT_LIMIT),
        Field(
            "message", "eta_at", _("The customer hears more by"), "moment",
            value=_value_of(typed, "eta_at"), hint=_("A reply with this date is what stops the clock of the first reply."),
        ),
    ]  # fmt: skip
    if Role.OWNER not in case.roles:
        fields[0].hint = _("In a note, @ and a colleague's name tells them of it.")
        hint = _("Pictures and PDF, several at once. The customer sees those of a reply, never those of a note.")
        fields.append(Field("message", "files", _("Files"), "files", hint=hint))
    return Form("message", _("Reply or note"), _("Send to the customer"), fields, is_open=True, kept=True)


def call_form(typed: QueryDict | None = None) -> Form:
    """A telephone call, noted in two presses."""
    who: list[Choice] = [("customer", _("The customer")), *vocabulary_choices("PARTY", [key for key in CALL_PARTIES if key != "customer"])]
    fields = [
        Field("call", "who", _("Who was on the line"), "select", required=True, value=_value_of(typed, "who", "customer"), choices=who),
        Field("call", "body", _("What came of it"), "area", required=True, value=_value_of(typed, "body"), limit=TEXT_LIMIT),
        Field(
            "call", "follow_up_on", _("Ask again on"), "day",
            value=_value_of(typed, "follow_up_on"), hint=_("Empty: nothing is to be followed up any more."),
        ),
    ]  # fmt: skip
    return Form("call", _("Note a phone call"), _("Note it"), fields, kept=True, is_open=typed is not None)


def call_input(post: QueryDict) -> Context:
    return {name: post.get(name, "") for name in ("who", "body", "follow_up_on")}


def message_input(post: QueryDict) -> Context:
    eta_at = post.get("eta_at", "")
    return {
        "body": post.get("body"),
        "visibility": post.get("visibility") or "public",
        "eta_at": local_moment(eta_at) if eta_at else None,
    }


# ---- Correction
def may_amend(case: Case) -> bool:
    """Agents and supervisors, but not on a case of their own."""
    permitted = not case.roles.isdisjoint(AMENDERS) and not_own_case(case, None) is None
    return permitted and case.ticket.status not in OVER


def amend_form(case: Case, typed: QueryDict | None = None) -> Form:
    now = current_values(case)
    said = now if typed is None else {name: typed.getlist(name) if name in BOXES else typed.get(name, "") for name in now}
    people: list[Choice] = [(person.email, person.name) for person in people_of_the_desk(case.now)]
    titles = category_titles(get_language() or "", case.now)
    yes_no: list[Choice] = [("true", _("yes")), ("false", _("no"))]
    fields = [
        Field("amend", "assignee", _("Assignee"), "select", value=said["assignee"], choices=[("", _("nobody")), *people]),
        Field("amend", "category", _("Category"), "select", required=True, value=said["category"], choices=list(titles.items())),
        Field(
            "amend", "responsible_parties", _("Answers for it"), "checks",
            value=said["responsible_parties"],
            choices=vocabulary_choices("PARTY", PARTIES),
        ),
        Field("amend", "lane", _("Lane"), "select", required=True, value=said["lane"], choices=vocabulary_choices("LANE", LANES)),
        Field("amend", "amount", _("Disputed amount"), "money", value=said["amount"]),
        Field("amend", "account", _("Account there"), value=said["account"], hint=_account_hint(case), limit=200),
        Field("amend", "incident_at", _("Happened"), "moment", value=said["incident_at"]),
        Field("amend", "real_name_match", _("Real name verified"), "select", required=True, value=said["real_name_match"], choices=yes_no),
        Field("amend", "complained_about", _("Complained about"), "checks", value=said["complained_about"], choices=_people_to_name(case)),
    ]  # fmt: skip
    # An archived one stays where it is until somebody takes it off.
    if tags := sorted({*(tag.code for tag in tags_in_use(case.now)), *now["tags"]}):
        fields.append(Field("amend", "tags", _("Tags"), "checks", value=said["tags"], choices=[(name, name) for name in tags]))
    return Form("amend", _("Assign and correct"), _("Save"), fields)


def _account_hint(case: Case) -> str:
    """Never shown back: only its end is told."""
    known = case.ticket.account_masked
    return _("Leave it empty for %(account)s.") % {"account": known} if known else _("Not known yet.")


def _people_to_name(case: Case) -> list[Choice]:
    """Whom this person may say the complaint is about, and those it is about already."""
    named = {person.pk for person in case.complained_about}
    barred = frozenset() if Role.SUPERVISOR in case.roles else people_who_watch(case.now) - named
    return [(each.email, each.name) for each in people_of_the_desk(case.now) if each.pk not in barred]


def _address(case: Case) -> str:
    """Of the assignee, from what this process remembers of the desk."""
    pk = case.ticket.assignee_id
    known = next((person.email for person in people_of_the_desk(case.now) if person.pk == pk), None)
    return known or (case.ticket.assignee.email if case.ticket.assignee else "")


def current_values(case: Case) -> Record:
    """What the correction form shows before anybody types."""
    ticket = case.ticket
    happened = timezone.localtime(ticket.incident_at).strftime(MOMENT_INPUT) if ticket.incident_at else ""
    return {
        "assignee": _address(case),
        "category": ticket.category,
        "responsible_parties": list(ticket.responsible_parties),
        "lane": ticket.lane,
        "amount": f"{ticket.amount:.2f}" if ticket.amount is not None else "",
        "account": "",
        "incident_at": happened,
        "real_name_match": "true" if ticket.owner.real_name_match else "false",
        "complained_about": [person.email for person in case.complained_about],
        "tags": [tagging.tag.name for tagging in case.taggings],
    }


def amend_input(case: Case, post: QueryDict) -> Context:
    """Only what differs from what stands: history then says what was corrected and nothing else."""
    now = current_values(case)
    changed: dict[str, Any] = {name: post.get(name, value) for name, value in now.items() if post.get(name, value) != value}
    for name in BOXES:
        # Ticked ones come in the order of the page, whatever the order in which they are kept.
        changed.pop(name, None)
        if set(post.getlist(name)) != set(now[name]):
            changed[name] = post.getlist(name)
    if changed.get("incident_at"):
        changed["incident_at"] = local_moment(changed["incident_at"])
    return changed


# ---- Evidence
def verdict_form(item_id: int, typed: QueryDict | None = None) -> Form:
    reason = Field(f"verdict{item_id}", "reason", _("Reason, as the customer reads it"), "area", value=_value_of(typed, "reason"))
    reason.hint = _("Needed to reject.")
    return Form("verdict", _("Your verdict"), _("Accept"), [reason], item=item_id)


def sorting_form(case: Case, item: EvidenceItem, typed: QueryDict | None = None) -> Form:
    """Kinds that take what the file is; the operation says so when one does not."""
    others = [key for key, kind in KINDS.items() if kind.takes_files and not kind.of_desk and key not in NOT_UPLOADED]
    choices = vocabulary_choices("EVIDENCE_KIND", [key for key in others if key != item.kind])
    kind = Field(f"sort{item.pk}", "kind", _("Belongs to"), "select", required=True, value=_value_of(typed, "kind"), choices=choices)
    return Form("reclassify", _("Put where it belongs"), _("Save"), [kind], item=item.pk)


def upload_form(case: Case, typed: QueryDict | None = None) -> Form:
    """Our own records first; a caller's papers that reached us by another way as well."""
    own = [key for key, kind in KINDS.items() if kind.of_desk and key != DESK_FILE]
    others = [key for key, kind in KINDS.items() if not kind.of_desk and key not in NOT_UPLOADED]
    choices = vocabulary_choices("EVIDENCE_KIND", (*own, *others))
    fields = [
        Field("upload", "kind", _("Kind"), "select", required=True, value=_value_of(typed, "kind"), choices=choices),
        Field("upload", "file", _("File"), "file", hint=_("A browser forgets the file after an error: choose it again then.")),
        Field("upload", "text", _("Or text"), "area", value=_value_of(typed, "text"), limit=TEXT_LIMIT),
        Field("upload", "order_no", _("Order number on it"), value=_value_of(typed, "order_no"), limit=64),
        Field("upload", "amount", _("Amount on it"), "money", value=_value_of(typed, "amount")),
        Field("upload", "paid_at", _("Paid at"), "moment", value=_value_of(typed, "paid_at")),
    ]
    hint = _("System logs and authorisation records stay internal until a decision stands on them.")
    return Form("upload", _("Add evidence"), _("Add"), fields, note=hint)


def upload_input(post: QueryDict) -> Context:
    """Fields left empty are not sent: most kinds know only some of them."""
    values = {name: post.get(name, "").strip() for name in ("kind", "text", "order_no", "amount", "paid_at")}
    if values["paid_at"]:
        values["paid_at"] = local_moment(values["paid_at"])
    return {name: value for name, value in values.items() if value}
