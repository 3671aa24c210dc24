"""What each of the customer's actions asks. The names are those of tickets.workflow.inputs; a refusal names the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.forms import Field
from django.utils.translation import gettext_lazy as _

from accounts.phones import number_of
from accounts.roles import Role
from evidence.kinds import KINDS, UNSORTED
from lib.types import Text
from portal.forms.evidence import files_field
from portal.forms.operation_form import (
    OperationForm,
    Raw,
    choice_field,
    field_of,
    long_field,
    moment_field,
    money_field,
    text_field,
    tick_field,
)
from tickets.cases.case import Case
from tickets.cases.checklist import lines
from tickets.cases.freeze_guards import freeze_in
from tickets.models import Decision, Freeze
from tickets.words import CALL_TIME, DEMAND, EVIDENCE_KIND, SECURITY_TASK
from tickets.workflow import ACTIONS, Status
from tickets.workflow.questions import question


class ActionForm(OperationForm):
    """`key` is the action; `page` where it stands, and where one comes back to."""

    page = "portal:ticket"

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.fit()

    @property
    def is_restored(self) -> bool:
        """It was begun before, and is not sent yet."""
        return bool(self.initial)

    def fit(self) -> None:
        """The fields as this case needs them."""

    def kinds_in_scan(self) -> frozenset[str]:
        return scanning_kinds(self.case)


def scanning_kinds(case: Case) -> frozenset[str]:
    return frozenset(line.kind for line in lines(case) if line.state == "scanning")


class PlainForm(ActionForm):
    """Of an action without a form of its own: one field for each input; where there is none, a button is enough."""


class RequestFreezeForm(ActionForm):
    key = "request_freeze"

    def fit(self) -> None:
        known = self.case.ticket.account_masked
        hint = (
            _("Leave it empty for %(account)s.") % {"account": known}
            if known
            else _("Its name, phone number or e-mail address, as in the app.")
        )
        self.fields["account"] = text_field(_("Which account?"), required=not known, hint=hint, autocomplete="off", autocapitalize="none")
        self.fields["not_me"] = tick_field(
            _("This was not me"), hint=_("Tick this if you did not make the payment or the sign-in yourself.")
        )


class RequestLiftForm(ActionForm):
    key = "request_lift"
    reason = long_field(_("Is there anything we should know?"), rows=2)


class SupplyForm(ActionForm):
    """For each kind that was asked for: why it cannot be had."""

    key = "supply_evidence"

    def fit(self) -> None:
        asked = self.case.open_request if self.case.status == Status.NEEDS_EVIDENCE else None
        for kind in asked.kinds if asked else ():
            label = _("I cannot get this: %(kind)s. Why not?") % {"kind": EVIDENCE_KIND.get(kind, kind)}
            self.fields[f"unavailable.{kind}"] = long_field(label, rows=2, hint=_("Leave it empty if you have added it above."))

    def texts(self) -> list[tuple[Text, str]]:
        """Also when nothing is asked for any more, and the fields are gone."""
        said = {name.partition(".")[2]: words for name, words in self.data.items() if name.startswith("unavailable.")}
        return [(EVIDENCE_KIND.get(kind, kind), words) for kind, words in said.items() if words.strip()]

    def raw(self) -> Raw:
        said = {name.partition(".")[2]: value for name, value in super().raw().items() if value.strip()}
        return {"unavailable": json.dumps([{"kind": kind, "reason": reason} for kind, reason in said.items()])}


class RefundForm(ActionForm):
    key = "record_refund"
    amount = money_field(_("How much came back? (yuan)"), required=True)
    reference = text_field(_("Number of the refund, if there is one"), limit=100)
    note = long_field(_("If it is less than the amount in dispute: why is that all right?"), rows=2)


class DisputeForm(ActionForm):
    key = "dispute_resolution"
    reason = long_field(_("What is not right?"), required=True, rows=3)


class WithdrawForm(ActionForm):
    key = "withdraw"

    def fit(self) -> None:
        freeze = freeze_in(self.case, *Freeze.LIVE)
        if freeze is not None and freeze.origin == Freeze.Origin.USER_PROTECTIVE:
            kept = [("true", _("Keep it frozen")), ("false", _("Lift the freeze"))]
            self.fields["keep_freeze"] = choice_field(_("Your account is frozen. What shall become of the freeze?"), kept, required=True)


class CallForm(ActionForm):
    """The number they have proven stands in it already."""

    key = "request_call"
    number = text_field(_("Number to call"), required=True, limit=40, autocomplete="tel", inputmode="tel")
    when = choice_field(_("When it suits"), CALL_TIME.items())

    def fit(self) -> None:
        self.fields["when"].initial = "any"
        self.fields["number"].initial = lambda: number_of(self.case.ticket.owner)  # asked for when it is shown


class ReopenForm(ActionForm):
    key = "reopen"
    reason = long_field(_("Why should we look at it again?"), required=True, rows=3)


class PoliceForm(ActionForm):
    key = "refer_to_police"
    note = long_field(_("Where and when did you report it? (if you have)"), rows=2)


def answers_to_contest(case: Case) -> dict[str, str]:
    """After a rejection: each demand with what the desk answered to it, "" where it said nothing."""
    last = case.effective_decision
    if case.status not in (Status.REJECTED, Status.ESCALATED) or last is None or last.verdict != Decision.Verdict.REJECTED:
        return {}
    rejections = [each for each in case.decisions if each.state == each.State.EFFECTIVE and each.verdict == last.verdict]
    said: dict[str, str] = next((each.answers for each in reversed(rejections) if each.answers), {})
    return {demand: said.get(demand, "") for demand in case.ticket.demands}


class EscalateForm(ActionForm):
    """One for each place; the place itself is the button. After a rejection one for all, with room to answer each point."""

    key = "escalate"
    page = "portal:further"
    reason = long_field(_("What do you want to tell them?"), rows=3)

    def fit(self) -> None:
        self.contested = answers_to_contest(self.case)
        for demand in self.contested:
            label = _("Your answer: %(demand)s") % {"demand": DEMAND.get(demand, demand)}
            self.fields[f"points.{demand}"] = long_field(
                label, rows=3, hint=_("What is wrong or missing in it? Leave it empty if you agree.")
            )

    def raw(self) -> Raw:
        said = super().raw()
        points = [{"demand": demand, "text": said.pop(f"points.{demand}")} for demand in self.contested]
        kept = [point for point in points if point["text"].strip()]
        return {"target": self.data.get("target", ""), **said, **({"points": json.dumps(kept)} if kept else {})}

    def rows(self) -> list[tuple[str, str, object]]:
        """Demand, the desk's answer, and the field to contest it in."""
        return [(demand, answer, self[f"points.{demand}"]) for demand, answer in self.contested.items()]


class FilingElsewhereForm(ActionForm):
    """One for each place where only the customer can file; the place itself is the button."""

    key = "record_outside_filing"
    page = "portal:further"
    filed_at = moment_field(_("When did you file it there?"), required=True)
    reference = text_field(_("The number you got there"), hint=_("If you have none yet, add it later in the same way."), limit=100)

    def raw(self) -> Raw:
        return {"target": self.data.get("target", ""), **super().raw()}


class TaskForm(ActionForm):
    key = "tick_security_task"
    task = choice_field(_("Which step is done?"), SECURITY_TASK.items(), required=True)


class MessageForm(ActionForm):
    key = "message"
    body = long_field(_("Your message"), required=True, rows=4, hint=_("Never write passwords, codes or full card numbers."))
    file = files_field(
        KINDS[UNSORTED], _("Files"), hint=_("Pictures or PDF, several at once. No identity documents: they have a place of their own.")
    )

    def fit(self) -> None:
        if self.case.status == Status.CLOSED:
            del self.fields["file"]

    def raw(self) -> Raw:
        return {"body": super().raw()["body"]}

    def sent_files(self) -> list[UploadedFile]:
        return super().raw().get("file") or []


FORMS: Mapping[str, Callable[..., ActionForm]] = {
    form.key: form
    for form in (
        RequestFreezeForm,
        RequestLiftForm,
        SupplyForm,
        RefundForm,
        DisputeForm,
        WithdrawForm,
        ReopenForm,
        PoliceForm,
        CallForm,
        EscalateForm,
        FilingElsewhereForm,
        TaskForm,
    )
}


def form_of(action: str, case: Case, data: object = None, begun: Mapping[str, str] | None = None) -> ActionForm:
    """`begun`: what was typed into it before, and not sent."""
    form = FORMS.get(action, PlainForm)(case, data, key=action, initial=begun)
    if action not in FORMS:
        form.fields.update(_input_fields(action))
    return form


def _input_fields(action: str) -> dict[str, Field]:
    """What staff alone are asked has no place here."""
    inputs = ACTIONS[action].inputs if Role.OWNER in ACTIONS[action].roles else ()
    return {each.name: field_of(question(action, each)) for each in inputs if not each.desk_only}
