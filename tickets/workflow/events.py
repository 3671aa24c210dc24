"""The table of events: what stands in the history beside the actions, who hears of it, and what programs are told. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from accounts.roles import Role
from tickets.workflow.recipients import (
    ASSIGNEE_LATER,
    ASSIGNEE_NOW,
    HANDLER_NOW,
    ON_CALL,
    OWNER_LATER,
    OWNER_NOW,
    SUPERVISORS,
    SUPERVISORS_NOW,
    Notice,
    Preference,
)

# What adapters are asked, and the action by which each is answered.
REMEDY_DUE, IDENTITY_CHECK_DUE = "remedy.due", "identity_check.due"
ANSWERED_BY = {REMEDY_DUE: "confirm_remedy", IDENTITY_CHECK_DUE: "record_identity_check"}


@dataclass(frozen=True, kw_only=True)
class EventRow:
    """One kind of event. Its words stand in tickets.words.events under the same key.

    `tells`: who hears of it. `preference`: what its owner may choose about that. `webhook`: the type told to programs (empty: none;
    that the status changed is told anyway). `asks`: the type by which the adapter that has to act next is asked. `closes`: whoever
    hears of it is asked afterwards how it went. `in_history`: has a line there; otherwise it is only told. `on_channels`: a
    colleague hears of it on chat and text at once; what is urgent is told there anyway.
    """

    key: str = field(kw_only=False)
    tells: tuple[Notice, ...] = ()
    preference: Preference = Preference.ALWAYS
    webhook: str = ""
    asks: str = ""
    closes: bool = False
    in_history: bool = True
    on_channels: bool = False


EVENTS: dict[str, EventRow] = {
    row.key: row
    for row in (
        EventRow("filed", tells=(OWNER_NOW,), preference=Preference.STEP, asks=IDENTITY_CHECK_DUE),
        EventRow("message", webhook="message.received"),
        EventRow("reply", tells=(OWNER_NOW,), webhook="message.sent"),
        EventRow("incident_suggested", tells=(Notice(Role.AGENT), SUPERVISORS)),
        EventRow("incident_linked"),
        EventRow("incident_unlinked"),
        EventRow("incident_notice", tells=(OWNER_NOW,)),
        EventRow("note"),
        EventRow("call"),
        EventRow("letter_refused", tells=(OWNER_NOW,)),
        EventRow("letter_held", tells=(HANDLER_NOW,), on_channels=True),
        EventRow("letter_bounced", tells=(HANDLER_NOW,), on_channels=True),
        EventRow("customer_message", tells=(HANDLER_NOW,), on_channels=True),
        EventRow("amended"),
        EventRow("complained_about_changed", tells=(SUPERVISORS_NOW,)),
        EventRow("assigned", tells=(ASSIGNEE_LATER,), on_channels=True),
        EventRow("freeze_acknowledged"),
        EventRow("lift_awaiting_countersignature", tells=(SUPERVISORS,)),
        EventRow("lifted_unasked", tells=(ON_CALL, SUPERVISORS_NOW)),
        EventRow("frozen_after_all", tells=(OWNER_NOW, ON_CALL, SUPERVISORS_NOW), in_history=False),
        EventRow("freeze_report_differs", tells=(ON_CALL, SUPERVISORS_NOW)),
        EventRow("lifted_beside_another", tells=(OWNER_NOW,), in_history=False),
        EventRow("account_forgotten"),
        EventRow("tagged"),
        EventRow("linked"),
        EventRow("unlinked"),
        EventRow("split"),
        EventRow("approved", tells=(OWNER_NOW,), webhook="decision.approved", asks=REMEDY_DUE),
        EventRow("partly_approved", tells=(OWNER_NOW,), webhook="decision.partly_approved", asks=REMEDY_DUE),
        EventRow("rejected", tells=(OWNER_NOW,), webhook="decision.rejected"),
        EventRow("awaiting_countersignature", tells=(SUPERVISORS,)),
        EventRow("decision_void"),
        EventRow("submission_held_up"),
        EventRow("merged_from"),
        EventRow("unmerged", tells=(OWNER_NOW, ASSIGNEE_LATER), preference=Preference.STEP),
        EventRow("hold_lapsed"),
        EventRow("act_held"),
        EventRow("freeze_on_closed_ticket", tells=(ON_CALL,)),
        EventRow("auto_reversal_over", tells=(OWNER_LATER,), preference=Preference.REMINDER),
        EventRow("supplement_expired", tells=(OWNER_NOW, ASSIGNEE_LATER)),
        EventRow("filing_prepared", tells=(OWNER_LATER,), preference=Preference.NEWS),
        EventRow("auto_escalated", tells=(OWNER_NOW, SUPERVISORS), webhook="ticket.escalated"),
        EventRow("closed_by_clock", tells=(OWNER_LATER,), preference=Preference.REMINDER, closes=True),
        EventRow("remedy_bounced", tells=(OWNER_NOW, ASSIGNEE_NOW), in_history=False, asks=REMEDY_DUE),
        EventRow("rated"),
        EventRow("reopen_requested", tells=(SUPERVISORS,)),
        EventRow("identity_checked", tells=(OWNER_LATER,), preference=Preference.NEWS),
        EventRow("date_moved", tells=(OWNER_NOW,), preference=Preference.STEP),
        EventRow("policy_rebased", tells=(OWNER_NOW,), preference=Preference.STEP),
        EventRow("reconciled"),
        EventRow("contact_proven", tells=(OWNER_NOW,), preference=Preference.STEP),
        EventRow("representative_named", tells=(OWNER_NOW,)),
        EventRow("representative_agreed"),
        EventRow("representative_refused"),
        EventRow("representative_ended"),
        EventRow("representation_waits"),
        EventRow("timer.warned", preference=Preference.REMINDER, webhook="timer.warned"),
        EventRow("timer.passed", preference=Preference.REMINDER),
        EventRow("timer.breached", webhook="timer.breached"),
        EventRow("timer.expired", webhook="timer.expired"),
        EventRow("evidence.added", webhook="evidence.added"),
        EventRow("evidence.moved"),
        EventRow("evidence.moved_in"),
        EventRow("evidence.removed"),
        EventRow("evidence.reviewed"),
        EventRow("evidence.clean", webhook="evidence.clean"),
        EventRow("evidence.consent"),
        EventRow("evidence.reclassified"),
        EventRow("evidence.quarantined"),
        EventRow("evidence.rejected"),
        EventRow("evidence.purged"),
        EventRow("evidence.kept"),
        EventRow("person_erased"),
        EventRow("evidence_rejected", tells=(OWNER_LATER,), preference=Preference.REMINDER),
        EventRow("evidence_purge"),
        EventRow("consent_withdrawn", tells=(ASSIGNEE_LATER,)),
        EventRow("mentioned", in_history=False, on_channels=True),
    )
}
