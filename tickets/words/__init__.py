"""Every code of the domain in words. Codes stand in the database; pages, letters and answers of the API speak from here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tickets.words.actions import ACTION_WORDS, FIELD_LABEL
from tickets.words.bills import BILL_STATE, CHARGE_STATE, FINDING_STATE, VERDICT
from tickets.words.blocks import BLOCK
from tickets.words.cases import (
    CHANNEL,
    CLOSE_REASON,
    DEMAND,
    FREEZE_ORIGIN,
    FREEZE_STATE,
    ISSUER,
    LANE,
    LIABILITY,
    OUTCOME,
    PARTY,
    REASON_CODE,
    REFUND_TIER,
    REMEDY,
    ROOT_CAUSE,
    ROUTING,
    SECURITY_TASK,
    STAGE,
    STATUS,
    TURN,
    WAITING_ON,
    WHY_COUNTERSIGNED,
)
from tickets.words.catalogue import Column, Notice
from tickets.words.events import EVENT_WORDS
from tickets.words.evidence import CHECKLIST_STATE, EVIDENCE_HINT, EVIDENCE_KIND, EVIDENCE_STATE
from tickets.words.facts import FACT, FACT_CHOICE, STATEMENT_PART
from tickets.words.notices import NOTICE, NOTICE_STAFF, TIMER_PASSED, TIMER_WARNED, notice_words
from tickets.words.reports import REPORT, REPORT_HINT
from tickets.words.timers import BINDS, TIMER_STATE, TIMER_WORDS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ACTION: Mapping[str, _StrPromise] = Column("button", ACTION_WORDS)
ACTION_OF_DESK: Mapping[str, _StrPromise] = Column("of_desk", ACTION_WORDS)
ACTION_DONE: Mapping[str, _StrPromise] = Column("line", ACTION_WORDS)
EVENT: Mapping[str, _StrPromise] = Column("line", ACTION_WORDS, EVENT_WORDS)
TIMER: Mapping[str, _StrPromise] = Column("name", TIMER_WORDS)
TIMER_WHY: Mapping[str, _StrPromise] = Column("promise", TIMER_WORDS)
TIMER_MEANWHILE: Mapping[str, Notice] = Column("meanwhile", TIMER_WORDS)

__all__ = [
    "ACTION",
    "ACTION_DONE",
    "ACTION_OF_DESK",
    "ACTION_WORDS",
    "BILL_STATE",
    "BINDS",
    "BLOCK",
    "CHANNEL",
    "CHARGE_STATE",
    "CHECKLIST_STATE",
    "CLOSE_REASON",
    "DEMAND",
    "EVENT",
    "EVENT_WORDS",
    "EVIDENCE_HINT",
    "EVIDENCE_KIND",
    "EVIDENCE_STATE",
    "FACT",
    "FACT_CHOICE",
    "FIELD_LABEL",
    "FINDING_STATE",
    "FREEZE_ORIGIN",
    "FREEZE_STATE",
    "ISSUER",
    "LANE",
    "LIABILITY",
    "NOTICE",
    "NOTICE_STAFF",
    "OUTCOME",
    "PARTY",
    "REASON_CODE",
    "REFUND_TIER",
    "REMEDY",
    "REPORT",
    "REPORT_HINT",
    "ROOT_CAUSE",
    "ROUTING",
    "SECURITY_TASK",
    "STAGE",
    "STATEMENT_PART",
    "STATUS",
    "TIMER",
    "TIMER_MEANWHILE",
    "TIMER_PASSED",
    "TIMER_STATE",
    "TIMER_WARNED",
    "TIMER_WHY",
    "TIMER_WORDS",
    "TURN",
    "VERDICT",
    "WAITING_ON",
    "WHY_COUNTERSIGNED",
    "notice_words",
]
