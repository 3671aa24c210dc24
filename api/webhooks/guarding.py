"""Receivers of webhooks change by two admins: where what happens is told, of what, and with which secret. Switching one off is anybody's.

From the first case on, as everything that is guarded (ADR 49). Who switches off or deletes stops a leak, and all other admins hear of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast
from urllib.parse import urlsplit

from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.guarded import GuardedKind, Values, other_admins, register_kind, write_letter, write_values
from accounts.models import GuardedChange, User
from api.models import Webhook
from api.webhooks.event_types import TYPES
from api.webhooks.signing import rotate
from api.webhooks.switching import BY_HAND, switch_off
from lib.languages import reader_language
from lib.outbound_http import address_problem
from tickets.admin.guarded_rules import tell_supervisors

SECRET, OVERLAP = "secret_number", "overlap_hours"
ON_AGAIN = {"warned_at": None, "off_at": None}  # nobody need hear any more that it was off


class WebhookKind(GuardedKind):
    """`new` may hold a number for another secret, and for how many hours the one before signs as well."""

    key = "webhook"
    label = gettext_lazy("A receiver of webhooks")
    model = Webhook
    fields = ("url", "types", "active", SECRET)

    def check(self, row: Model, new: Values) -> None:
        wrong = address_problem(str(new["url"])) if "url" in new else ""
        if wrong:
            raise ValidationError(wrong)
        if not set(cast("list[str]", new.get("types", []))) <= set(TYPES):
            raise ValidationError(_("It cannot be told of that."))

    def carry_out(self, change: GuardedChange, row: Model, now: datetime) -> None:
        assert isinstance(row, Webhook)  # noqa: S101 - by the kind's model
        if SECRET in change.new:
            rotate(row, change.new[SECRET], now, timedelta(hours=change.new[OVERLAP]))
        else:
            write_values(row, change.new)
        if change.new.get("active"):
            Webhook.objects.filter(pk=row.pk).update(**ON_AGAIN)

    def list_touched(self, row: Model, new: Values) -> list[str]:
        assert isinstance(row, Webhook)  # noqa: S101 - by the kind's model
        lines = [_("It is told of: %(types)s.") % {"types": ", ".join(cast("list[str]", new.get("types", row.types)))}]
        if SECRET in new:
            lines.append(
                _("Calls are signed with another secret; with the one before as well for %(hours)s hours.") % {"hours": new[OVERLAP]}
            )
        return lines

    def title(self, row: Model) -> str:
        assert isinstance(row, Webhook)  # noqa: S101 - by the kind's model
        return host_of(row.url)

    def letter_text(self, name: str, value: str) -> str:
        return host_of(value) if name == "url" else value

    def tell(self, change: GuardedChange, row: Model) -> None:
        tell_supervisors(change)


WEBHOOK = register_kind(WebhookKind())


def host_of(url: str) -> str:
    """What follows the host may be a secret."""
    return urlsplit(url).hostname or ""


def next_secret_number(hook: Webhook) -> int:
    """One that nobody was shown: a secret that was proposed and refused is known to whoever proposed it."""
    proposed = GuardedChange.objects.filter(kind=WEBHOOK.key, target=str(hook.pk)).values_list("new", flat=True)
    return 1 + max([hook.secret_number, *(int(new[SECRET]) for new in proposed if SECRET in new)])


@transaction.atomic
def switch_off_by_hand(actor: User, hook: Webhook) -> int:
    """How many waiting calls are cancelled. At once, by one admin; the others are told."""
    count = switch_off(Webhook.objects.filter(pk=hook.pk), BY_HAND)
    _tell_and_log(actor, hook, CHANGE, gettext_lazy("%(who)s has switched off the webhook to %(host)s."))
    return count


@transaction.atomic
def delete_by_hand(actor: User, hook: Webhook) -> None:
    """With its calls; the other admins are told."""
    _tell_and_log(actor, hook, DELETION, gettext_lazy("%(who)s has deleted the webhook to %(host)s, with the list of its calls."))
    hook.delete()


def _tell_and_log(actor: User, hook: Webhook, flag: int, words: object) -> None:
    said = {"who": actor, "host": host_of(hook.url)}
    LogEntry.objects.create(
        user=actor,
        content_type=ContentType.objects.get_for_model(Webhook),
        object_id=str(hook.pk),
        object_repr=str(hook)[:200],
        action_flag=flag,
        change_message=str(words) % said,
    )
    for reader in other_admins(actor):
        with translation.override(reader_language(reader.language)):
            write_letter(reader.email, _("A webhook was switched off or deleted"), [str(words) % said])
