"""A published policy as a value: read once per process, passed around, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, time
from decimal import Decimal
from types import MappingProxyType
from typing import cast

from django.utils import timezone

from lib import memo
from sla.durations import Clock, Duration
from sla.errors import PolicyNotPublished
from sla.models import Policy, TimerRule


@dataclass(frozen=True, slots=True)
class TimerSpec:
    """One timer's rule. `duration.amount` is 0 for review_target and review_limit: the category has it."""

    key: str
    duration: Duration
    warn: tuple[int, ...]
    binds: str
    extensions: tuple[int, ...]
    by_authority: Mapping[str, tuple[Duration, tuple[int, ...]]]


ROWS = ("timers", "retention")  # of a snapshot: rows of their own, not columns


@dataclass(frozen=True, slots=True)
class PolicySnapshot:
    """The numbers of one version, named as the columns of Policy, its timers by key, and the days each kind of evidence is kept."""

    version: str
    zone: str
    warning_time: time
    countersign_threshold: Decimal
    partly_confirm_days: int
    pause_limit: int
    reopen_days: int
    objection_days: int
    rating_days: int
    max_wd: int
    draft_days: int
    police_hold_days: int
    incident_threshold: int
    incident_minutes: int
    incident_auto_join: bool
    reply_hold_wd: int
    discovery_freeze_minutes: int
    urgent_hours: int
    statement_min_chars: int
    max_upload_mb: int
    max_submission_mb: int
    max_files: int
    max_megapixels: int
    min_side_px: int
    max_pdf_pages: int
    account_days: int
    timers: Mapping[str, TimerSpec]
    retention: Mapping[str, int]


@memo.lru(maxsize=64)
def snapshot(version: str) -> PolicySnapshot:
    """A published version. Cached for the life of the process, because published ones never change. Raises PolicyNotPublished."""
    policy = Policy.objects.filter(version=version, published_at__isnull=False).first()
    if policy is None:
        raise PolicyNotPublished(f"policy {version!r} is not published")
    return build_snapshot(policy)


def current(now: datetime) -> PolicySnapshot:
    """The snapshot of the version in force. Raises PolicyNotPublished."""
    return snapshot(Policy.objects.current(now).version)


def timer_spec_under(policy: PolicySnapshot, key: str) -> TimerSpec | None:
    """This version's own; where it is older than the timer, the newest version's in force that has it. None: none has."""
    if key in policy.timers:
        return policy.timers[key]
    later = TimerRule.objects.filter(key=key, policy__published_at__lte=timezone.now())
    rule = later.order_by("-policy__published_at", "-policy__version").first()
    return None if rule is None else timer_spec(rule)


def build_snapshot(policy: Policy) -> PolicySnapshot:
    """Any version as it stands, drafts too; not cached."""
    timers = {rule.key: timer_spec(rule) for rule in policy.timer_rules.all()}
    retention = {rule.kind: rule.days for rule in policy.retention_rules.all()}
    numbers = {field.name: getattr(policy, field.name) for field in fields(PolicySnapshot) if field.name not in ROWS}
    return PolicySnapshot(**numbers, timers=MappingProxyType(timers), retention=MappingProxyType(retention))


def timer_spec(rule: TimerRule) -> TimerSpec:
    duration = Duration(cast("Clock", rule.clock), rule.amount, rule.roll)
    by_authority = {
        key: (Duration(row["clock"], row["amount"], row.get("roll", False)), tuple(row.get("extensions", ())))
        for key, row in rule.by_authority.items()
    }
    return TimerSpec(rule.key, duration, tuple(rule.warn), rule.binds, tuple(rule.extensions), by_authority)
