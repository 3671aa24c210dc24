"""Playbooks as values: one category of one policy version, read once per process (published versions never change)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lib import memo
from lib.languages import localised_value
from tickets.models.playbook import Category, PayeeRule
from tickets.workflow.timers import length_in
from tickets.workflow.vocabulary import CONSUMER_TARGETS, HOLDS_THE_MONEY, OF_PAYMENTS, PARTY_OF_CAUSE, demands_met

PBOC = "pboc_12363"
# Slots that several kinds together, or one of several, may fill. Each inner tuple is a way.
ALTERNATIVES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "identity_proof": (("id_card_front", "id_card_back"), ("passport",)),
}


@dataclass(frozen=True)
class Slot:
    kind: str
    required: bool
    minimum: int
    lane: str

    @property
    def ways(self) -> tuple[tuple[str, ...], ...]:
        return ALTERNATIVES.get(self.kind, ((self.kind,),))


@dataclass(frozen=True)
class Target:
    key: str
    needs_fact: str


@dataclass(frozen=True)
class Playbook:
    """Everything the engine asks of a category. Durations in working days."""

    key: str
    policy_version: str
    title_zh: str
    title_en: str
    is_emergency: bool
    emergency_facts: tuple[str, ...]
    facts: tuple[str, ...]
    required_facts: tuple[str, ...]
    responsible_parties: tuple[str, ...]
    routing: str
    parties_by_payee: bool
    review_target_wd: int | None
    review_limit_wd: int | None
    review_covers_payout: bool
    full_refund_window: bool
    burden_on_institution: bool
    never_consumer: bool
    remedies: tuple[str, ...]
    targets: tuple[Target, ...]
    lane: str
    platform_freeze: bool
    slots: tuple[Slot, ...]
    payee_rules: tuple[tuple[str, tuple[str, ...]], ...]

    def slots_for(self, lane: str) -> list[Slot]:
        return [slot for slot in self.slots if slot.lane in ("", lane)]

    def emergency(self, facts: Mapping[str, object]) -> bool:
        """Always one, or made one by facts that all hold (A0-01)."""
        if self.is_emergency:
            return True
        return bool(self.emergency_facts) and all(facts.get(name) is True for name in self.emergency_facts)

    def consumer_use(self, facts: Mapping[str, object]) -> bool:
        return not self.never_consumer and facts.get("is_business_use") is not True

    def target(self, key: str) -> Target | None:
        return next((target for target in self.targets if target.key == key), None)

    @property
    def offered_demands(self) -> tuple[str, ...]:
        """What a page lets people ask for: what this category can give. A program may ask for more; it gets an answer."""
        return demands_met(self.remedies)

    @property
    def needs_account(self) -> bool:
        """Nobody can unfreeze or pay out without it: needed before the appeal is submitted, at every door."""
        return self.key in HOLDS_THE_MONEY

    def refuses_target(self, key: str, facts: Mapping[str, object]) -> str:
        """The code of why a target is never open to this case, or "" when it is."""
        if key in CONSUMER_TARGETS and not self.consumer_use(facts):
            return "NOT_CONSUMER_DISPUTE"
        if key == "litigation" or (key == PBOC and (self.key in HOLDS_THE_MONEY or facts.get(OF_PAYMENTS) is True)):
            return ""
        target = self.target(key)
        if target is None or (target.needs_fact and facts.get(target.needs_fact) is not True):
            return "TARGET_NOT_OFFERED"
        return ""

    def review_wd(self, timer: str) -> int | None:
        return length_in(self, timer)

    def parties(self, facts: Mapping[str, object]) -> tuple[list[str], str | None]:
        """Who answers, and the queue it goes to: by the cause, the payee's name or the two statuses, or as the category says."""
        if self.key == "pay_failed_deducted":
            return _by_statuses(facts, self)
        if self.key == "withdrawal_anomaly" and facts.get("withdrawal_cause") in PARTY_OF_CAUSE:
            return [PARTY_OF_CAUSE[str(facts["withdrawal_cause"])]], self.routing or None
        payee = str(facts.get("payee_display") or "")
        if self.parties_by_payee and payee:
            for contains, parties in self.payee_rules:
                if contains in payee:
                    return list(parties), self.routing or None
        return list(self.responsible_parties), self.routing or None


def _by_statuses(facts: Mapping[str, object], playbook: Playbook) -> tuple[list[str], str | None]:
    """The two-sided check of A2-03."""
    channel, platform = facts.get("channel_status"), facts.get("platform_status")
    if platform == "pending":
        return list(playbook.responsible_parties), "wait"
    if (channel, platform) == ("success", "failed"):
        return ["platform"], "platform_sync"
    if channel == "failed":
        return ["channel"], "payment_channel"
    return list(playbook.responsible_parties), None


@memo.lru(maxsize=64)
def playbooks(policy_version: str) -> Mapping[str, Playbook]:
    """Every category of a policy version, by key, in the order shown. Three queries, then none."""
    return read_playbooks(policy_version)


def read_playbooks(policy_version: str) -> Mapping[str, Playbook]:
    """The same for a version that may still change: read anew."""
    rules = tuple((r.contains, tuple(r.responsible_parties)) for r in PayeeRule.objects.filter(policy_id=policy_version))
    rows = Category.objects.filter(policy_id=policy_version).prefetch_related("slots")
    return {row.key: _playbook(row, rules) for row in rows}


def title(playbook: Playbook) -> str:
    return localised_value(playbook, "title")


def title_of(policy_version: str, key: str) -> str:
    """The category's name under the policy the ticket was filed under; "" for a draft without one."""
    known = playbooks(policy_version)
    return title(known[key]) if key in known else ""


def _playbook(row: Category, rules: tuple[tuple[str, tuple[str, ...]], ...]) -> Playbook:
    slots = tuple(Slot(s.kind, s.required, s.minimum, s.lane) for s in row.slots.all())
    plain: dict[str, Any] = {
        name: getattr(row, name)
        for name in (
            "key", "title_zh", "title_en", "is_emergency", "routing", "parties_by_payee", "review_target_wd",
            "review_limit_wd", "review_covers_payout", "full_refund_window", "burden_on_institution", "never_consumer",
            "lane", "platform_freeze",
        )
    }  # fmt: skip
    lists: dict[str, Any] = {
        name: tuple(getattr(row, name)) for name in ("emergency_facts", "facts", "required_facts", "responsible_parties", "remedies")
    }
    return Playbook(**plain, **lists, policy_version=row.policy_id, targets=_targets(row.targets), slots=slots, payee_rules=rules)


def _targets(rows: Sequence[str | Mapping[str, str]]) -> tuple[Target, ...]:
    """A target is a code, or an object {"key", "needs_fact"}."""
    pairs = [(row, "") if isinstance(row, str) else (row["key"], row.get("needs_fact", "")) for row in rows]
    return tuple(Target(key, fact) for key, fact in pairs)
