"""The table of timers: what each means, who hears of it, and what it outlives. How long it runs is the policy's. Pure.

The law stands here; clock, length, warnings and whom it binds are data of a published policy (sla.TimerRule), one row for each
key. Words stand in tickets.words.timers; what the end of a timer does is the function marked @on_expiry(key).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from accounts.roles import Role
from tickets.workflow.action import Arrows, moves
from tickets.workflow.recipients import (
    ASSIGNEE_LATER,
    HANDLER_NOW,
    ON_CALL,
    ON_CALL_PERSON,
    OWNER_LATER,
    OWNER_NOW,
    SUPERVISORS,
    SUPERVISORS_NOW,
    Notice,
)
from tickets.workflow.statuses import NEVER_SUBMITTED, S
from tickets.workflow.vocabulary import REGULATORS


class TimerKey(StrEnum):
    """For code that starts, stops or asks for a timer by name."""

    FREEZE_EXEC = "freeze_exec"
    FULL_REFUND_WINDOW = "full_refund_window"
    CLAIM_LIMIT = "claim_limit"
    FIRST_RESPONSE = "first_response"
    AUTO_REVERSAL_WAIT = "auto_reversal_wait"
    WITHDRAWAL_ARRIVAL = "withdrawal_arrival"
    REVIEW_TARGET = "review_target"
    REVIEW_LIMIT = "review_limit"
    NO_ACTION = "no_action"
    SUPPLEMENT = "supplement"
    FAST_UNFREEZE = "fast_unfreeze"
    REFUND_PAYOUT = "refund_payout"
    STATEMENT = "statement"
    HAND_OVER = "hand_over"
    CHANNEL_DISPUTE = "channel_dispute"
    REGULATOR_ACCEPT = "regulator_accept"
    AUTHORITY_REPLY = "authority_reply"
    REGULATORY_FINAL = "regulatory_final"
    CONFIRM = "confirm"
    L1_REVIEW = "l1_review"
    REMEDY_EXEC = "remedy_exec"
    LIFT_EXEC = "lift_exec"
    POLICE_STOP = "police_stop"
    REJECTION_FINAL = "rejection_final"
    ABANDONED = "abandoned"
    NEXT_REPLY = "next_reply"
    PROMISE = "promise"
    REOPEN_DECISION = "reopen_decision"
    EVIDENCE_PURGE = "evidence_purge"


class Family(StrEnum):
    """What a timer belongs to, and starts and ends with."""

    CASE = "case"
    REVIEW = "review"  # a cycle of review: paused while the customer is asked, started anew with each cycle
    REMEDY = "remedy"  # what was decided is carried out
    TALK = "talk"  # what was written or promised is to be answered, also when the clock closes the complaint meanwhile
    FREEZE = "freeze"  # outlives the complaint: a freeze is not lifted because a complaint is closed or refunded
    AUTHORITY = "authority"  # outlives it too: who asked us waits for an answer, whatever became of the complaint


class Fate(StrEnum):
    """What becomes of it when something overtakes it."""

    STOPPED = "stopped"  # what it waited for has happened
    CANCELLED = "cancelled"  # it no longer matters
    GOES_ON = "goes_on"


class Usual(StrEnum):
    """Which complaints usually meet it: a trait of their category."""

    SELDOM = "seldom"
    ALWAYS = "always"
    EMERGENCY = "emergency"
    FULL_REFUND = "full_refund"
    REVERSAL = "reversal"
    WITHDRAWAL = "withdrawal"
    REVIEW_TARGET = "review_target"
    REVIEW = "review"
    PLATFORM_FREEZE = "platform_freeze"
    MONEY = "money"
    STATEMENT = "statement"


@dataclass(frozen=True, kw_only=True)
class TimerRow:
    """One row. A customer's own timer warns the customer; `warns` is for those that bind somebody else."""

    key: str = field(kw_only=False)
    on_refund: Fate | None = None  # when the money is back, by whatever way
    warns: tuple[Notice, ...] = ()
    warns_again: tuple[Notice, ...] = ()  # beside them from the second warning on
    tells_when_over: tuple[Notice, ...] | None = None
    family: Family = Family.CASE
    usual: Usual = Usual.SELDOM
    opens_at_due: bool = False  # its own transition opens at the due instant itself; a breach only after it
    owner_wins_ties: bool = False  # the customer's own act at the very instant still counts (met ⇔ event_at ≤ due_at)
    acts: bool = False  # its end changes the ticket
    heeds_words: bool = False  # where the customer wrote to us before its end, that waits until some time after our answer
    frees_review: bool = False  # kept waiting past its date, it no longer keeps the review waiting
    arrows: Arrows = ()  # the moves its end may make (from, to), attributed to the instant it became due
    opens_right: bool = False  # its end opens something for the customer: sooner is better
    on_escalation: Fate = Fate.GOES_ON  # when the complaint is taken further
    opens_escalation: bool = False  # missed, or over, it opens the way to the next level
    length_from: str = ""  # its length stands in that column of the category, not in the policy's timer
    targets: frozenset[str] = frozenset()  # runs while the complaint lies at one of these places
    shown: bool = True  # to the customer; otherwise a promise among colleagues
    owed: bool = True  # a promise to the customer that a dossier or receipt names
    quiet: bool = False  # only tags or tidies up: no reason to hurry anybody in a list
    halves: bool = True  # a halved cycle of review has it too, with half its length
    spans_case: bool = False  # runs from the first day to the last: that it runs asks for nothing today
    merges: bool = True  # goes over to the complaint this one is joined with
    rebases: bool = True  # takes its length from the version the complaint is put under

    @property
    def by_category(self) -> bool:
        return bool(self.length_from)


# Whom most of our own missed deadlines are told to.
OPERATOR_LATE = (OWNER_NOW, SUPERVISORS)
STOPPED, CANCELLED, GOES_ON = Fate.STOPPED, Fate.CANCELLED, Fate.GOES_ON
T = TimerKey

# In the order in which a complaint meets them.
TIMERS: dict[str, TimerRow] = {
    row.key: row
    for row in (
        TimerRow(
            T.FREEZE_EXEC,
            family=Family.FREEZE,
            usual=Usual.EMERGENCY,
            on_refund=GOES_ON,
            warns=(ON_CALL_PERSON,),
            warns_again=(SUPERVISORS_NOW,),  # a freeze that nobody confirms climbs from the operator to the supervisors
            tells_when_over=(OWNER_NOW, ON_CALL, ON_CALL_PERSON, SUPERVISORS_NOW),
        ),
        TimerRow(T.FULL_REFUND_WINDOW, usual=Usual.FULL_REFUND, on_refund=CANCELLED, tells_when_over=(OWNER_NOW,), acts=True),
        TimerRow(T.CLAIM_LIMIT, usual=Usual.ALWAYS, on_refund=CANCELLED, tells_when_over=(OWNER_LATER,), acts=True, quiet=True),
        TimerRow(T.FIRST_RESPONSE, usual=Usual.ALWAYS, on_refund=STOPPED, warns=(ASSIGNEE_LATER,), tells_when_over=OPERATOR_LATE),
        TimerRow(
            T.AUTO_REVERSAL_WAIT,
            usual=Usual.REVERSAL,
            on_refund=STOPPED,
            tells_when_over=(),
            opens_at_due=True,
            opens_right=True,
            acts=True,
            arrows=moves(S.EVIDENCE_COLLECTION, S.AUTO_REVERSAL_WAIT),
        ),
        TimerRow(T.WITHDRAWAL_ARRIVAL, usual=Usual.WITHDRAWAL, on_refund=STOPPED, tells_when_over=(OWNER_LATER,), opens_right=True),
        TimerRow(
            T.REVIEW_TARGET,
            family=Family.REVIEW,
            usual=Usual.REVIEW_TARGET,
            on_refund=STOPPED,
            warns=(ASSIGNEE_LATER,),
            tells_when_over=(ASSIGNEE_LATER,),
            length_from="review_target_wd",
            halves=False,
            shown=False,
            owed=False,
        ),
        TimerRow(
            T.REVIEW_LIMIT,
            family=Family.REVIEW,
            usual=Usual.REVIEW,
            on_refund=STOPPED,
            warns=(ASSIGNEE_LATER, SUPERVISORS),
            tells_when_over=(SUPERVISORS,),
            length_from="review_limit_wd",
            opens_escalation=True,
            acts=True,
            arrows=moves(S.ESCALATED, S.APPEAL_SUBMITTED, S.UNDER_REVIEW, S.ESCALATED),
        ),
        TimerRow(
            T.NO_ACTION,
            usual=Usual.REVIEW,
            on_refund=STOPPED,
            warns=(Notice(Role.REVIEWER),),
            tells_when_over=OPERATOR_LATE,
            opens_escalation=True,
        ),
        TimerRow(
            T.SUPPLEMENT,
            usual=Usual.REVIEW,
            on_refund=CANCELLED,
            on_escalation=CANCELLED,
            tells_when_over=(),
            opens_at_due=True,
            owner_wins_ties=True,
            acts=True,
            heeds_words=True,
            frees_review=True,
            arrows=moves(S.UNDER_REVIEW, S.NEEDS_EVIDENCE),
        ),
        TimerRow(
            T.FAST_UNFREEZE,
            family=Family.FREEZE,
            usual=Usual.PLATFORM_FREEZE,
            on_refund=GOES_ON,
            warns=(ON_CALL,),
            tells_when_over=OPERATOR_LATE,
        ),
        TimerRow(
            T.REFUND_PAYOUT,
            family=Family.REMEDY,
            usual=Usual.MONEY,
            on_refund=STOPPED,
            warns=(ASSIGNEE_LATER,),
            tells_when_over=OPERATOR_LATE,
            opens_escalation=True,
        ),
        TimerRow(
            T.STATEMENT,
            family=Family.REMEDY,
            usual=Usual.STATEMENT,
            on_refund=STOPPED,
            warns=(ASSIGNEE_LATER,),
            tells_when_over=OPERATOR_LATE,
            opens_escalation=True,
        ),
        TimerRow(
            T.HAND_OVER,
            on_refund=STOPPED,
            warns=(ASSIGNEE_LATER,),
            warns_again=(SUPERVISORS,),
            tells_when_over=(SUPERVISORS_NOW,),
            targets=frozenset({"payment_channel"}),
        ),
        TimerRow(
            T.CHANNEL_DISPUTE,
            on_refund=STOPPED,
            warns=(ASSIGNEE_LATER,),
            tells_when_over=(OWNER_NOW, ASSIGNEE_LATER),
            targets=frozenset({"payment_channel"}),
        ),
        TimerRow(
            T.REGULATOR_ACCEPT,
            on_refund=STOPPED,
            warns=(ASSIGNEE_LATER,),
            tells_when_over=(OWNER_NOW, ASSIGNEE_LATER),  # an agent asks the customer: only they have heard from there
            targets=REGULATORS,
        ),
        TimerRow(
            T.AUTHORITY_REPLY,
            family=Family.AUTHORITY,
            on_refund=GOES_ON,
            warns=(ASSIGNEE_LATER, SUPERVISORS),
            tells_when_over=(ASSIGNEE_LATER, SUPERVISORS_NOW),
            shown=False,  # what the police ask about is not told to whom they ask about
            owed=False,
            merges=False,  # goes over with the letter it belongs to
            rebases=False,
        ),
        TimerRow(
            T.REGULATORY_FINAL,
            spans_case=True,
            usual=Usual.ALWAYS,
            on_refund=STOPPED,
            warns=(ASSIGNEE_LATER, SUPERVISORS),
            tells_when_over=OPERATOR_LATE,
        ),
        TimerRow(
            T.CONFIRM,
            usual=Usual.ALWAYS,
            on_refund=GOES_ON,
            tells_when_over=(),
            opens_at_due=True,
            owner_wins_ties=True,
            acts=True,
            heeds_words=True,
            arrows=moves(S.CLOSED, S.RESOLVED),
        ),
        TimerRow(
            T.L1_REVIEW,
            on_refund=STOPPED,
            warns=(SUPERVISORS,),
            tells_when_over=OPERATOR_LATE,
            targets=frozenset({"l1_internal"}),
        ),
        TimerRow(
            T.REMEDY_EXEC,
            family=Family.REMEDY,
            on_refund=STOPPED,
            warns=(ASSIGNEE_LATER,),
            tells_when_over=OPERATOR_LATE,
            opens_escalation=True,
        ),
        TimerRow(T.LIFT_EXEC, family=Family.FREEZE, on_refund=GOES_ON, warns=(ON_CALL,), tells_when_over=OPERATOR_LATE),
        TimerRow(
            T.POLICE_STOP, family=Family.FREEZE, on_refund=GOES_ON, warns=(ON_CALL,), tells_when_over=(ON_CALL, OWNER_NOW), owed=False
        ),
        TimerRow(
            T.REJECTION_FINAL,
            on_refund=STOPPED,
            on_escalation=STOPPED,
            tells_when_over=(),
            opens_at_due=True,
            owner_wins_ties=True,
            acts=True,
            heeds_words=True,
            arrows=moves(S.CLOSED, S.REJECTED),
        ),
        TimerRow(
            T.ABANDONED,
            on_refund=CANCELLED,
            tells_when_over=(),
            opens_at_due=True,
            owner_wins_ties=True,
            acts=True,
            heeds_words=True,
            arrows=moves(S.CLOSED, *sorted(NEVER_SUBMITTED)),
            quiet=True,
        ),
        TimerRow(
            T.NEXT_REPLY,
            family=Family.TALK,
            on_refund=GOES_ON,
            warns=(HANDLER_NOW,),
            tells_when_over=(HANDLER_NOW, SUPERVISORS_NOW),
            owed=False,
            merges=False,  # go over with what was said: tickets.operations.turns
        ),
        TimerRow(
            T.PROMISE,
            family=Family.TALK,
            on_refund=STOPPED,
            warns=(HANDLER_NOW,),
            tells_when_over=(HANDLER_NOW, SUPERVISORS_NOW),
            owed=False,
            rebases=False,
            merges=False,  # go over with what was said: tickets.operations.turns
        ),
        TimerRow(
            T.REOPEN_DECISION,
            on_refund=GOES_ON,
            warns=(SUPERVISORS,),
            tells_when_over=(SUPERVISORS_NOW,),
            owed=False,
        ),
        TimerRow(T.EVIDENCE_PURGE, on_refund=GOES_ON, tells_when_over=(), opens_at_due=True, quiet=True, merges=False, owed=False),
    )
}


def timers_of(family: Family) -> tuple[str, ...]:
    """Keys, in the order of the table."""
    return tuple(key for key, row in TIMERS.items() if row.family == family)


def timers_on_refund(fate: Fate) -> tuple[str, ...]:
    return tuple(key for key, row in TIMERS.items() if row.on_refund == fate)


def timers_on_escalation(fate: Fate) -> tuple[str, ...]:
    return tuple(key for key, row in TIMERS.items() if row.on_escalation == fate)


def once_per_complaint() -> tuple[str, ...]:
    """What is settled once for the whole of it: whether the claim and the appeal came in time, and whether somebody answered first."""
    return (T.CLAIM_LIMIT, T.FULL_REFUND_WINDOW, T.FIRST_RESPONSE)


def length_in(category: object, key: str) -> int | None:
    """What a category, or its playbook, says of this timer's length in working days; None where the policy does."""
    column = TIMERS[key].length_from
    days: int | None = getattr(category, column) if column else None
    return days


def timers_of_target(target: str) -> tuple[str, ...]:
    """What runs while the complaint lies at that place, or is on its way there."""
    return tuple(key for key, row in TIMERS.items() if target in row.targets)


# That one of these runs asks somebody of the desk for something, whoever else is waited for.
PRESSING = tuple(key for key, row in TIMERS.items() if not row.spans_case)
TALK_TIMERS = timers_of(Family.TALK)
REVIEW_TIMERS, REMEDY_TIMERS = timers_of(Family.REVIEW), timers_of(Family.REMEDY)
# A freeze is not lifted, and an authority not answered, because a complaint is closed.
OUTLIVING_TIMERS = timers_of(Family.FREEZE) + timers_of(Family.AUTHORITY) + TALK_TIMERS
