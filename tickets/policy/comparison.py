"""What differs between two versions of the rules, and only that: old and new, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import fields as fields_of
from typing import Any

from django.contrib.admin.utils import label_for_field
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sla.durations import UNCOUNTED
from sla.models import Policy, TimerRule
from sla.policies import ROWS, PolicySnapshot
from tickets.models import Category, EvidenceSlot, PayeeRule
from tickets.policy.retention import KEPT_KINDS, days_by_rows
from tickets.words import EVIDENCE_KIND, FACT, LANE, PARTY, REMEDY, TIMER

NOTHING = "—"
NUMBERS = tuple(each.name for each in fields_of(PolicySnapshot) if each.name not in ("version", *ROWS))
CATEGORY = {
    "title_zh": gettext_lazy("Name, in Chinese"),
    "title_en": gettext_lazy("Name, in English"),
    "words_zh": gettext_lazy("The customer's words, in Chinese"),
    "words_en": gettext_lazy("The customer's words, in English"),
    "position": gettext_lazy("Place in the list"),
    "is_emergency": gettext_lazy("Always an emergency"),
    "emergency_facts": gettext_lazy("An emergency when"),
    "facts": gettext_lazy("Questions"),
    "required_facts": gettext_lazy("Questions that need an answer"),
    "responsible_parties": gettext_lazy("Who answers for it"),
    "routing": gettext_lazy("Goes to"),
    "parties_by_payee": gettext_lazy("The payee's name says who answers"),
    "review_target_wd": gettext_lazy("Usual answer, in working days"),
    "review_limit_wd": gettext_lazy("Latest answer, in working days"),
    "review_covers_payout": gettext_lazy("The latest answer includes the payment"),
    "full_refund_window": gettext_lazy("Has a window for a full refund"),
    "burden_on_institution": gettext_lazy("The institution has to prove it"),
    "never_consumer": gettext_lazy("Never a consumer's matter"),
    "remedies": gettext_lazy("Remedies"),
    "targets": gettext_lazy("Where one can turn"),
    "lane": gettext_lazy("Lane"),
    "platform_freeze": gettext_lazy("Filing records a freeze by the platform"),
}
CODES: Mapping[str, Mapping[str, object]] = {
    "emergency_facts": FACT, "facts": FACT, "required_facts": FACT, "responsible_parties": PARTY, "remedies": REMEDY, "lane": LANE,
}  # fmt: skip


@dataclass(frozen=True)
class Difference:
    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Section:
    title: str
    rows: tuple[Difference, ...]


def differences(old: Policy, new: Policy) -> list[Section]:
    """By section, without those in which nothing differs. A fixed number of queries."""
    found = [
        Section(_("Numbers"), tuple(_numbers(old, new))),
        Section(_("Deadlines"), tuple(_timers(old, new))),
        Section(_("Kept after closing"), tuple(_retention(old, new))),
        *_categories(old, new),
        Section(_("Payee rules"), tuple(_payees(old, new))),
    ]
    return [section for section in found if section.rows]


def _row(name: object, before: str, after: str) -> Iterator[Difference]:
    if before != after:
        yield Difference(str(name), before, after)


def _numbers(old: Policy, new: Policy) -> Iterator[Difference]:
    for name in NUMBERS:
        yield from _row(label_for_field(name, Policy), _plain(getattr(old, name)), _plain(getattr(new, name)))


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return NOTHING if value in (None, "", []) else str(formats.localize(value))


# ---- Deadlines
def _timers(old: Policy, new: Policy) -> Iterator[Difference]:
    before, after = ({rule.key: rule for rule in policy.timer_rules.all()} for policy in (old, new))
    for key in [*before, *(key for key in after if key not in before)]:
        one, other = (_rule(rules.get(key)) for rules in (before, after))
        for place, (what, value) in enumerate(one):
            label = f"{TIMER.get(key, key)} · {what}"
            yield from _row(label, value, other[place][1])


def _rule(rule: TimerRule | None) -> list[tuple[str, str]]:
    said = [NOTHING] * 5
    if rule is not None:
        said = [_length(rule, rule.amount), warnings_text(rule), rule.get_binds_display(), extensions_text(rule), by_authority_text(rule)]
    return list(zip((_("how long"), _("warnings"), _("binds"), _("extensions"), _("by authority")), said, strict=True))


def by_authority_text(rule: TimerRule) -> str:
    """The names of authorities are codes here, as an admin writes them."""
    rows = {key: TimerRule(clock=row["clock"], extensions=row.get("extensions", [])) for key, row in rule.by_authority.items()}
    parts = {key: [_length(row, rule.by_authority[key]["amount"]), extensions_text(row)] for key, row in rows.items()}
    return join_texts(f"{key}: " + " → ".join(each for each in said if each != NOTHING) for key, said in parts.items())


def _length(rule: TimerRule, amount: int) -> str:
    if rule.clock in UNCOUNTED:
        return str(rule.get_clock_display())
    if not amount:
        return _("as the category says")
    text = {
        TimerRule.Clock.WALL: ngettext("%(count)s hour", "%(count)s hours", amount),
        TimerRule.Clock.DAY: ngettext("%(count)s day", "%(count)s days", amount),
        TimerRule.Clock.WORKING_DAY: ngettext("%(count)s working day", "%(count)s working days", amount),
    }[TimerRule.Clock(rule.clock)] % {"count": amount}
    return _("%(length)s, moved off rest days") % {"length": text} if rule.roll else text


def warnings_text(rule: TimerRule) -> str:
    if rule.clock == TimerRule.Clock.WALL:
        return join_texts(_("%(count)s minutes after the start") % {"count": each} for each in rule.warn)
    if rule.clock == TimerRule.Clock.AT:
        return join_texts(_("%(count)s minutes before it") % {"count": each} for each in rule.warn)
    return join_texts(_("%(count)s days before the due day") % {"count": each} for each in rule.warn)


def extensions_text(rule: TimerRule) -> str:
    return join_texts(_length(rule, each) for each in rule.extensions)


def join_texts(parts: Iterable[object]) -> str:
    return _(", ").join(str(part) for part in parts) or NOTHING


# ---- How long evidence is kept, the floor of the law included
def _retention(old: Policy, new: Policy) -> Iterator[Difference]:
    before, after = ({rule.kind: rule.days for rule in policy.retention_rules.all()} for policy in (old, new))
    for kind in KEPT_KINDS:
        one, other = days_by_rows(before, kind), days_by_rows(after, kind)
        said = [ngettext("%(count)s day", "%(count)s days", days) % {"count": days} for days in (one, other)]
        yield from _row(EVIDENCE_KIND[kind], *said)


# ---- Categories and their slots
def _categories(old: Policy, new: Policy) -> Iterator[Section]:
    before, after = ({row.key: row for row in policy.categories.prefetch_related("slots")} for policy in (old, new))
    for key in [*before, *(key for key in after if key not in before)]:
        one, other = before.get(key), after.get(key)
        shown = other or one
        if shown is not None:
            yield Section(_("Category: %(title)s") % {"title": shown.title}, tuple(_category(one, other)))


def _category(one: Category | None, other: Category | None) -> Iterator[Difference]:
    if one is None or other is None:
        there, gone = _("there"), _("not there")
        yield from _row(_("This category"), there if one else gone, there if other else gone)
        return
    for name, label in CATEGORY.items():
        yield from _row(label, value_text(name, getattr(one, name)), value_text(name, getattr(other, name)))
    slots_before, slots_after = ({(slot.kind, slot.lane): slot for slot in row.slots.all()} for row in (one, other))
    for place in [*slots_before, *(place for place in slots_after if place not in slots_before)]:
        yield from _row(_slot_name(*place), _slot(slots_before.get(place)), _slot(slots_after.get(place)))


def value_text(name: str, value: Any) -> str:
    words = CODES.get(name, {})
    if name == "targets":
        return join_texts(_target(each) for each in value)
    if isinstance(value, list):
        return join_texts(words.get(each, each) for each in value)
    return str(words[value]) if value in words else _plain(value)


def _target(row: Any) -> str:
    if isinstance(row, str) or not row.get("needs_fact"):
        return row if isinstance(row, str) else str(row["key"])
    return _("%(target)s (if: %(question)s)") % {"target": row["key"], "question": FACT.get(row["needs_fact"], row["needs_fact"])}


def _slot_name(kind: str, lane: str) -> str:
    said = {"kind": EVIDENCE_KIND.get(kind, kind), "lane": LANE.get(lane, lane)}
    return (_("Evidence: %(kind)s (%(lane)s)") if lane else _("Evidence: %(kind)s")) % said


def _slot(slot: EvidenceSlot | None) -> str:
    if slot is None:
        return _("not asked for")
    needed = _("needed") if slot.required else _("welcome")
    return _("%(needed)s, at least %(least)s") % {"needed": needed, "least": slot.minimum} if slot.minimum != 1 else needed


# ---- Payee rules
def _payees(old: Policy, new: Policy) -> Iterator[Difference]:
    before, after = ({rule.contains: rule for rule in policy.payee_rules.all()} for policy in (old, new))
    for part in [*before, *(part for part in after if part not in before)]:
        yield from _row(_("Names with “%(part)s”") % {"part": part}, _payee(before.get(part)), _payee(after.get(part)))


def _payee(rule: PayeeRule | None) -> str:
    if rule is None:
        return NOTHING
    parties = join_texts(PARTY.get(each, each) for each in rule.responsible_parties)
    return _("%(place)s. %(parties)s") % {"place": rule.position, "parties": parties}
