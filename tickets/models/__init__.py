"""The rows of the core, one file a subject."""

from tickets.models.adapter import AdapterMessage, FreezeCall
from tickets.models.advice import Advice
from tickets.models.bill import Bill, BillFinding, BillLayout
from tickets.models.conversation import Event, Message, Visibility
from tickets.models.decision import Decision, EvidenceRequest, Remedy
from tickets.models.delivery import ChannelAddress, Delivery
from tickets.models.escalation import Escalation, Transfer
from tickets.models.freeze import Freeze
from tickets.models.freeze_request import FreezeRequest
from tickets.models.incident import (
    Incident,
    IncidentDelivery,
    IncidentEvent,
    IncidentLink,
    IncidentNotice,
    IncidentOutcome,
    IncidentRun,
)
from tickets.models.joining import TicketJoin
from tickets.models.notification import Notification
from tickets.models.playbook import Category, EscalationTarget, EvidenceSlot, PayeeRule
from tickets.models.rating import Rating
from tickets.models.refund import ClaimRaise, Refund
from tickets.models.representation import Representation
from tickets.models.respondent import Respondent
from tickets.models.sorting import Tag, Tagging, TicketLink
from tickets.models.staffing import AssignmentRule, OnCallShift, StaffProfile, here_for, on_call_at
from tickets.models.ticket import OrderReference, ReferenceCounter, SecurityTask, Submission, Ticket
from tickets.models.timer import Timer, TimerState
from tickets.models.unsent import UnsentForm

__all__ = [
    "AdapterMessage",
    "Advice",
    "AssignmentRule",
    "Bill",
    "BillFinding",
    "BillLayout",
    "Category",
    "ChannelAddress",
    "ClaimRaise",
    "Decision",
    "Delivery",
    "Escalation",
    "EscalationTarget",
    "Event",
    "EvidenceRequest",
    "EvidenceSlot",
    "Freeze",
    "FreezeCall",
    "FreezeRequest",
    "Incident",
    "IncidentDelivery",
    "IncidentEvent",
    "IncidentLink",
    "IncidentNotice",
    "IncidentOutcome",
    "IncidentRun",
    "Message",
    "Notification",
    "OnCallShift",
    "OrderReference",
    "PayeeRule",
    "Rating",
    "ReferenceCounter",
    "Refund",
    "Remedy",
    "Representation",
    "Respondent",
    "SecurityTask",
    "StaffProfile",
    "Submission",
    "Tag",
    "Tagging",
    "Ticket",
    "TicketJoin",
    "TicketLink",
    "Timer",
    "TimerState",
    "Transfer",
    "UnsentForm",
    "Visibility",
    "here_for",
    "on_call_at",
]
