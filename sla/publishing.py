"""A policy's way from a published version over a draft to the next published one."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from sla.calendars import zone_info
from sla.durations import CLOCKS, UNCOUNTED
from sla.errors import InvalidPolicy, UnknownZone
from sla.models import Policy, RetentionRule, TimerRule
from sla.timer_keys import is_by_category, timer_keys

WARNED_BEFORE = {"day": 1, "wd": 0}  # the nearest warning a clock can have; hours count from the start


@transaction.atomic
def new_draft(policy: Policy) -> Policy:
    """A copy under the next free version, timers and times of keeping included; nothing is promised under it until it is published.

    A timer younger than the copied version comes as the newest published version has it.
    """
    rules, kept = list(policy.timer_rules.all()), policy.retention_rules.all()
    younger = TimerRule.objects.filter(key__in=set(timer_keys()) - {rule.key for rule in rules}, policy__published_at__isnull=False)
    rules += {rule.key: rule for rule in younger.order_by("policy__published_at", "policy__version")}.values()
    columns = {field.attname: getattr(policy, field.attname) for field in Policy._meta.concrete_fields}
    draft = Policy.objects.create(**{**columns, "version": _next_version(policy.version), "published_at": None})
    for rule in rules:
        rule.pk, rule.policy = None, draft
        rule._state.adding = True
    TimerRule.objects.bulk_create(rules)
    RetentionRule.objects.bulk_create(RetentionRule(policy=draft, kind=rule.kind, days=rule.days) for rule in kept)
    return draft


@transaction.atomic
def publish(policy: Policy, now: datetime) -> Policy:
    """From `now` on new tickets are filed under it, and it never changes again. Raises InvalidPolicy with every problem."""
    locked = Policy.objects.select_for_update().get(pk=policy.pk)
    if found := problems(locked):
        raise InvalidPolicy(found)
    locked.published_at = now
    locked.save(update_fields=["published_at"])
    return locked


def problems(policy: Policy) -> list[str]:
    """Why a policy may not be published, in words; empty when it may."""
    rules = {rule.key: rule for rule in policy.timer_rules.all()}
    found = [] if policy.is_draft else [_("It is published already.")]
    found += [_("“%s” is not a time zone.") % policy.zone] if not _is_zone(policy.zone) else []
    found += [_("The timer %s is missing.") % key for key in timer_keys() if key not in rules]
    found += [_("Nothing starts a timer %s.") % key for key in rules if key not in timer_keys()]
    return found + [f"{rule.key}: {text}" for rule in rules.values() for text in _rule_problems(rule, policy)]


def _rule_problems(rule: TimerRule, policy: Policy) -> Iterator[str]:
    if rule.clock not in CLOCKS:
        yield _("there is no such clock.")
        return
    if is_by_category(rule.key) and (rule.clock != "wd" or rule.amount != 0):
        yield _("the category says how many working days; leave 0 working days here.")
    if not is_by_category(rule.key) and rule.clock not in UNCOUNTED and rule.amount < 1:
        yield _("the amount must be at least 1.")
    if rule.clock == "wd" and rule.amount > policy.max_wd:
        yield _("more than %s working days.") % policy.max_wd
    if rule.roll and rule.clock != "day":
        yield _("only a clock of days moves off rest days.")
    if sorted(set(rule.extensions)) != rule.extensions or any(each <= rule.amount for each in rule.extensions):
        yield _("each extension must be longer than what it extends.")
    if not all(_is_length(row) for row in rule.by_authority.values()):
        yield _("each authority needs a clock of days or working days and an amount of at least 1.")
    if not all(_fits(rule, each) for each in rule.warn):
        yield _("a warning lies outside the time it warns of.")


def _is_length(row: object) -> bool:
    """Of one authority: clock, amount, and to what it may be extended."""
    if not isinstance(row, dict) or row.get("clock") not in ("day", "wd"):
        return False
    amounts = [row.get("amount"), *row.get("extensions", [])]
    return all(type(each) is int for each in amounts) and amounts[0] >= 1 and sorted(set(amounts)) == amounts


def _fits(rule: TimerRule, offset: int) -> bool:
    if rule.clock == "wall":
        return 0 < offset < rule.amount * 60
    if rule.clock in UNCOUNTED:
        return offset in (0, 1) if rule.clock == "t1" else offset > 0
    longest = rule.amount if rule.amount else offset  # by category: each category's own length decides which are sent
    return WARNED_BEFORE[rule.clock] <= offset <= longest


def _is_zone(zone: str) -> bool:
    try:
        return bool(zone_info(zone))
    except UnknownZone:
        return False


def _next_version(version: str) -> str:
    """2026.1 → 2026.2, or the next one nobody has; 2027 → 2027.1."""
    stem, _dot, last = version.rpartition(".")
    base, number = (stem, int(last)) if stem and last.isdigit() else (version, 0)
    taken = set(Policy.objects.values_list("version", flat=True))
    while f"{base}.{(number := number + 1)}" in taken:
        continue
    return f"{base}.{number}"
