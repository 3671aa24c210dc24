"""A whole version of the rules: sla's policy and timers together with our categories, slots and payee rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from lib import memo
from sla import publishing
from sla.errors import InvalidPolicy
from sla.models import Policy, RetentionRule
from tickets.models import Category, EvidenceSlot, PayeeRule
from tickets.policy.retention import KEPT_KINDS, days_by_rows, retention_problems
from tickets.words import EVIDENCE_KIND
from tickets.workflow.timers import TimerKey
from tickets.workflow.vocabulary import FACTS, LANES, PARTIES, REMEDIES, TARGETS

Problem = tuple[str, str]  # the field, and what is wrong with it

M = TypeVar("M", bound=Model)


@transaction.atomic
def new_version(policy: Policy) -> Policy:
    """A draft of everything under the next free version."""
    draft = publishing.new_draft(policy)
    for category in policy.categories.prefetch_related("slots"):
        slots = list(category.slots.all())
        copied = _copy(category, policy=draft)
        EvidenceSlot.objects.bulk_create([_clone_row(slot, category=copied) for slot in slots])
    PayeeRule.objects.bulk_create([_clone_row(rule, policy=draft) for rule in policy.payee_rules.all()])
    kept = {rule.kind: rule.days for rule in policy.retention_rules.all()}
    draft.retention_rules.all().delete()  # a draft of an older version says what really counts: the floor of the law, for every kind
    RetentionRule.objects.bulk_create(RetentionRule(policy=draft, kind=kind, days=days_by_rows(kept, kind)) for kind in KEPT_KINDS)
    return draft


def _copy(row: M, **changed: object) -> M:
    copied = _clone_row(row, **changed)
    copied.save(force_insert=True)
    return copied


def _clone_row(row: M, **changed: object) -> M:
    plain = {field.name: getattr(row, field.name) for field in row._meta.concrete_fields if not field.primary_key}
    return type(row)(**{**plain, **changed})


@transaction.atomic
def publish_version(policy: Policy, now: datetime) -> Policy:
    """From `now` on new tickets are filed under it, and nothing of it changes again. Raises InvalidPolicy with every problem."""
    wrong = [*publishing.problems(policy), *problems(policy)]
    if wrong:
        raise InvalidPolicy(wrong)
    published = publishing.publish(policy, now)
    memo.forget_all()
    return published


def problems(policy: Policy) -> list[str]:
    """Why its categories and payee rules may not be published, in words; empty when they may."""
    categories = list(policy.categories.prefetch_related("slots"))
    found = [] if categories else [_("It has no categories.")]
    for category in categories:
        kinds = [slot.kind for slot in category.slots.all()]
        found += [f"{category.key}: {text}" for _field, text in category_problems(category, kinds, policy.max_wd)]
    found += [f"{EVIDENCE_KIND.get(kind, kind)}: {text}" for kind, text in _retention(policy)]
    for rule in policy.payee_rules.all():
        found += [f"{rule.contains}: {text}" for text in _list_unknown(rule.responsible_parties, PARTIES)]
    return found


def _retention(policy: Policy) -> Iterator[Problem]:
    purge = policy.timer_rules.filter(key=TimerKey.EVIDENCE_PURGE).first()
    return retention_problems({rule.kind: rule.days for rule in policy.retention_rules.all()}, purge.amount if purge else 0)


def category_problems(category: Category, kinds: Iterable[str], max_wd: int) -> list[Problem]:
    """What is wrong with one category, at its fields."""
    return [*_facts(category), *_codes(category), *_durations(category, max_wd), *_slots(kinds)]


def _facts(category: Category) -> Iterator[Problem]:
    for name in ("facts", "required_facts", "emergency_facts"):
        for text in _list_unknown(getattr(category, name), FACTS):
            yield name, text
    for fact in category.required_facts:
        if fact not in category.facts:
            yield "required_facts", _("“%(fact)s” is needed but not asked.") % {"fact": fact}


def _codes(category: Category) -> Iterator[Problem]:
    for name, known in (("responsible_parties", PARTIES), ("remedies", REMEDIES)):
        for text in _list_unknown(getattr(category, name), known):
            yield name, text
    for text in _list_unknown([category.lane], LANES):
        yield "lane", text
    for text in _targets(category.targets):
        yield "targets", text


def _targets(rows: object) -> Iterator[str]:
    """Codes, or objects that name a code and the fact it asks for."""
    if not isinstance(rows, list) or not all(isinstance(row, str | dict) for row in rows):
        yield _("Give a list of codes, or of objects with key and needs_fact.")
        return
    for row in rows:
        key, fact = (row, "") if isinstance(row, str) else (row.get("key", ""), row.get("needs_fact", ""))
        yield from _list_unknown([key], TARGETS)
        yield from _list_unknown([fact], FACTS) if fact else ()


def _durations(category: Category, max_wd: int) -> Iterator[Problem]:
    target, limit = category.review_target_wd, category.review_limit_wd
    if limit is None and category.remedies:
        yield "review_limit_wd", _("What can be decided needs a limit.")
    for name, days in (("review_target_wd", target), ("review_limit_wd", limit)):
        if days is not None and not 1 <= days <= max_wd:
            yield name, _("From 1 to %(most)s working days.") % {"most": max_wd}
    if target is not None and limit is not None and target > limit:
        yield "review_target_wd", _("The target cannot be longer than the limit.")


def _slots(kinds: Iterable[str]) -> Iterator[Problem]:
    for text in _list_unknown(kinds, EVIDENCE_KIND):
        yield "slots", text


def _list_unknown(codes: Iterable[str], known: Collection[str]) -> list[str]:
    return [_("There is no “%(code)s”.") % {"code": code} for code in codes if code not in known]
