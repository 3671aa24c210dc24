"""Decisions, escalations, the freeze and requests for evidence, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from accounts.roles import Role
from desk.shell.formatting import deadline_text, moment_text, money
from desk.shell.target_names import target_titles
from lib.types import Context, Text
from tickets.cases.case import Case
from tickets.models import Decision, Rating, Remedy
from tickets.words import (
    DEMAND,
    EVIDENCE_KIND,
    FREEZE_ORIGIN,
    FREEZE_STATE,
    LIABILITY,
    OUTCOME,
    REASON_CODE,
    REMEDY,
    ROOT_CAUSE,
    SECURITY_TASK,
    WHY_COUNTERSIGNED,
)
from tickets.workflow.vocabulary import SECURITY_TASKS

Names = Mapping[int, str]


def decisions(case: Case, names: Names) -> list[Context]:
    """The latest first. To its owner and to those it is about, colleagues or not, only what is in effect."""
    shown = [each for each in case.decisions if case.may_see_internal or each.state == Decision.State.EFFECTIVE]
    return [decision(each, names) for each in reversed(shown)]


def decision(each: Decision, names: Names) -> Context:
    return {
        "waits": each.state == Decision.State.AWAITING,
        "in_effect": each.state == Decision.State.EFFECTIVE,
        "verdict": each.get_verdict_display(),
        "state": each.get_state_display(),
        "author": names.get(each.author_id, ""),
        "at": moment_text(each.at),
        "signed_by": names.get(each.countersigned_by_id or 0, ""),
        "why": [WHY_COUNTERSIGNED.get(code, code) for code in each.why_countersigned],
        "refused_reason": each.refused_reason,
        "reason": REASON_CODE.get(each.reason_code, ""),
        "root_cause": ROOT_CAUSE.get(each.root_cause, ""),
        "liability": LIABILITY.get(each.liability, ""),
        "explanation": each.explanation,
        "granted": [DEMAND.get(demand, demand) for demand in each.granted],
        "refused": [DEMAND.get(demand, demand) for demand in each.answers if demand not in each.granted],
        "answers": [(DEMAND.get(demand, demand), text) for demand, text in each.answers.items()],
        "evidence": ", ".join(f"#{pk}" for pk in each.evidence_ids),
        "on_record": each.on_record,
        "remedies": [_remedy(remedy) for remedy in each.remedies.all()],
    }


def _remedy(remedy: Remedy) -> Context:
    return {
        "name": REMEDY.get(remedy.kind, remedy.kind),
        "amount": money(remedy.amount),
        "decided": money(remedy.decided_amount) if remedy.decided_amount not in (None, remedy.amount) else "",
        "state": remedy.get_state_display(),
        "tone": {"done": "good", "failed": "bad"}.get(remedy.state, "info"),
        "reference": remedy.reference,
        "failure": remedy.failure,
    }


def escalations(case: Case, names: Names) -> list[Context]:
    titles = target_titles()
    return [
        {
            "target": titles.get(each.target, each.target),
            "state": each.get_state_display(),
            "tone": {"to_be_filed": "neutral", "handing_over": "warn", "filed": "info", "answered": "good"}.get(each.state, "neutral"),
            "at": deadline_text(each.at),  # the clock takes it further at 24:00
            "filed": moment_text(each.filed_at) if each.filed_at and each.target != "l1_internal" else "",
            "filed_reference": each.filed_reference,
            "by": names.get(each.by_id, "") if each.by_id else _("the clock"),
            "reason": each.reason,
            "points": [(DEMAND.get(point["demand"], point["demand"]), point["text"]) for point in each.points],
            "outcome": OUTCOME.get(each.outcome, each.outcome),
            "reference": each.reference,
        }
        for each in reversed(case.escalations)
    ]


def ratings(case: Case) -> list[Context]:
    """How the customer says it went, at each closing. Supervisors read it; whoever worked on it does not work for marks."""
    if Role.SUPERVISOR not in case.roles:
        return []
    in_time = {True: _("Yes"), False: _("No"), None: ""}
    rows = Rating.objects.filter(ticket_id=case.ticket.pk).order_by("-closed_at")
    return [
        {"score": each.score, "in_time": in_time[each.in_time], "comment": each.comment, "at": moment_text(each.changed_at)}
        for each in rows
    ]


def freezes(case: Case, names: Mapping[int, str]) -> list[Context]:
    return [
        {
            "state": FREEZE_STATE[each.state],
            "tone": {"requested": "bad", "active": "warn", "failed": "bad"}.get(each.state, "neutral"),
            "origin": FREEZE_ORIGIN[each.origin],
            "id": each.pk,
            "account": each.account_masked,
            "has_account": bool(each.account_sealed),
            "requested": moment_text(each.requested_at),
            "taken": format_html("{} · {}", names.get(each.acknowledged_by_id or 0, ""), moment_text(each.acknowledged_at))
            if each.acknowledged_at
            else "",
            "active": moment_text(each.active_at) if each.active_at else "",
            "lift_requested": moment_text(each.lift_requested_at) if each.lift_requested_at and each.is_live else "",
            "reference": each.reference,
            "note": each.note,
            "adapter_error": " · ".join(call.error for call in each.calls.all() if call.error and call.state != call.State.SENT),
        }
        for each in reversed(case.freezes)
    ]


def security_tasks(case: Case) -> list[tuple[Text, bool]]:
    """Each safety step and whether it is done; none where no protective freeze asks for them."""
    asked = any(freeze.origin == freeze.Origin.USER_PROTECTIVE for freeze in case.freezes)
    return [(SECURITY_TASK[task], task in case.security_tasks) for task in SECURITY_TASKS] if asked else []


def requests(case: Case) -> list[Context]:
    return [
        {
            "kinds": gettext(", ").join(str(EVIDENCE_KIND.get(kind, kind)) for kind in each.kinds),
            "reason": each.reason,
            "at": moment_text(each.at),
            "state": _("run out") if each.expired else _("answered") if each.answered_at else _("open"),
            "unavailable": [(EVIDENCE_KIND.get(row["kind"], row["kind"]), row["reason"]) for row in each.unavailable],
        }
        for each in reversed(case.requests)
    ]
