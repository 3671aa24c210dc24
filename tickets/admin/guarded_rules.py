"""Guarded changes of what customers are told and judged by: versions of the rules, places to turn to, respondents, channel addresses."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.guarded import KINDS, GuardedKind, Values, letter_lines, register_kind, write_letter, write_values
from accounts.models import GuardedChange, User
from accounts.roles import Role
from lib.languages import reader_language
from sla import publishing
from sla.errors import InvalidPolicy
from sla.models import Policy
from tickets.models import ChannelAddress, EscalationTarget, EvidenceSlot, Respondent, Ticket
from tickets.policy.comparison import differences as policy_differences
from tickets.policy.publishing import problems, publish_version

# Customers see them, and a false hotline could stand in any of them.
TEXTS = ("title_zh", "title_en", "does_zh", "does_en", "cannot_zh", "cannot_en", "asks_zh", "asks_en")
REACHED_BY = ("contact", "website", "hours")
OF_NO_WEIGHT = ("id", "key", "position", "verified_by")


class _Checked(GuardedKind):
    """What is shown once somebody has checked it. A changed one has to be checked again, and that is a change of its own."""

    told: tuple[str, ...] = ()

    def carry_out(self, change: GuardedChange, row: Model, now: datetime) -> None:
        write_values(row, change.new)
        if "verified_at" in change.new:
            self.model._default_manager.filter(pk=row.pk).update(verified_at=now, verified_by=change.by)
        elif set(self.told) & change.new.keys():
            self.model._default_manager.filter(pk=row.pk).update(verified_at=None, verified_by=None)

    def list_touched(self, row: Model, new: Values) -> list[str]:
        return [_("Customers read it.")]

    def tell(self, change: GuardedChange, row: Model) -> None:
        tell_supervisors(change)


class ContactKind(_Checked):
    key = "contact"
    label = gettext_lazy("A place to turn to")
    model = EscalationTarget
    told = REACHED_BY
    fields = (*TEXTS, *REACHED_BY, "source", "verified_at")

    def check(self, row: Model, new: Values) -> None:
        assert isinstance(row, EscalationTarget)  # noqa: S101 - by the kind's model
        if "verified_at" in new and not (row.contact or row.website):
            raise ValidationError(_("%s has no contact to verify.") % row)


class RespondentKind(_Checked):
    key = "respondent"
    label = gettext_lazy("A respondent")
    model = Respondent
    told = ("self_freeze_zh", "self_freeze_en")
    fields = tuple(field.name for field in Respondent._meta.concrete_fields if field.name not in OF_NO_WEIGHT)

    def check(self, row: Model, new: Values) -> None:
        assert isinstance(row, Respondent)  # noqa: S101 - by the kind's model
        if "verified_at" in new and not (row.self_freeze_zh and row.self_freeze_en and row.source):
            raise ValidationError(_("%s: say in both languages how one freezes there, and where you read it.") % row)

    def list_touched(self, row: Model, new: Values) -> list[str]:
        assert isinstance(row, Respondent)  # noqa: S101 - by the kind's model
        count = Ticket.objects.filter(respondent=row.key).exclude(status="closed").count()
        return [_("Customers read it."), _("Open complaints about it: %(count)s") % {"count": count}]


class PolicyKind(GuardedKind):
    """A draft is anybody's work; that it counts from now on is two admins'. Edited after it was proposed, it is proposed anew."""

    key = "policy"
    label = gettext_lazy("A version of the rules is published")
    model = Policy

    def values(self, row: Model, names: Iterable[str]) -> dict[str, object]:
        return {"content": digest_of(_policy(row))}

    def check(self, row: Model, new: Values) -> None:
        policy = _policy(row)
        if wrong := [*publishing.problems(policy), *problems(policy)]:
            raise ValidationError([f"{policy}: {text}" for text in wrong])

    def carry_out(self, change: GuardedChange, row: Model, now: datetime) -> None:
        try:
            publish_version(_policy(row), now)
        except InvalidPolicy as error:
            raise ValidationError(list(error.problems)) from error

    def list_touched(self, row: Model, new: Values) -> list[str]:
        """Line by line what would be otherwise than in the version in force."""
        in_force = Policy.objects.current(timezone.now())
        sections = policy_differences(in_force, _policy(row))
        lines = [f"{section.title}: {each.name}: {each.before} → {each.after}" for section in sections for each in section.rows]
        return [*lines, _("New complaints are filed under it; open ones stay under theirs.")]

    def tell(self, change: GuardedChange, row: Model) -> None:
        tell_supervisors(change)


class ChannelKind(GuardedKind):
    """Where notices of the desk go. What was typed is sealed and told to nobody; until two agree it is switched off."""

    key = "channel"
    label = gettext_lazy("An address of a notification channel")
    model = ChannelAddress
    fields = ("enabled",)

    def person(self, row: Model) -> User | None:
        assert isinstance(row, ChannelAddress)  # noqa: S101 - by the kind's model
        return row.user

    def tell(self, change: GuardedChange, row: Model) -> None:
        tell_supervisors(change)


CONTACT, RESPONDENT = register_kind(ContactKind()), register_kind(RespondentKind())
POLICY, CHANNEL = register_kind(PolicyKind()), register_kind(ChannelKind())


def _policy(row: Model) -> Policy:
    assert isinstance(row, Policy)  # noqa: S101 - by the kind's model
    return row


def digest_of(policy: Policy) -> str:
    """Of all that belongs to it: another one is another draft."""
    slots = EvidenceSlot.objects.filter(category__policy=policy)
    belongings = (policy.timer_rules.all(), policy.categories.all(), policy.payee_rules.all(), policy.retention_rules.all(), slots)
    rows = [list(Policy.objects.filter(pk=policy.pk).values_list()), *(list(each.order_by("pk").values_list()) for each in belongings)]
    return hashlib.sha256(json.dumps(rows, cls=DjangoJSONEncoder).encode()).hexdigest()


def tell_supervisors(change: GuardedChange) -> None:
    """They answer for what the desk does by it; and the admins who did not agree to it."""
    concerned = Q(groups__name=Role.SUPERVISOR) | Q(is_superuser=True)
    for reader in User.objects.filter(concerned, is_active=True).exclude(pk=change.agreed_by_id or change.by_id).distinct().order_by("pk"):
        with translation.override(reader_language(reader.language)):
            lines = [
                f"{KINDS[change.kind].label}: {change.target_text}",
                *letter_lines(change),
                _("Proposed by %(by)s, agreed by %(agreed)s.") % {"by": change.by, "agreed": change.agreed_by or "–"},
            ]
            write_letter(reader.email, _("The administration has changed what the desk works by"), lines)
