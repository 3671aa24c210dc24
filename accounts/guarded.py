"""Guarded administration: what changes only with a second admin; a lone one's change waits for a day and is told to all staff. ADR 49.

One mechanism for all kinds. A kind is a row of KINDS: which model, how it is checked, carried out and told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.letters import queue_letter
from accounts.models import GuardedChange, User
from accounts.roles import STAFF_ROLES
from lib import memo
from lib.duties.setting_aside import each_row, name_of
from lib.languages import reader_language
from lib.types import Text

State = GuardedChange.State
Values = Mapping[str, object]
ALONE_WAITS = timedelta(days=1)
FARTHEST = timedelta(days=90)


class GuardedKind:
    """Of rows of one model. What is checked raises ValidationError."""

    key: str
    label: Text
    model: type[Model]
    fields: tuple[str, ...] = ()  # of them each change is guarded

    def values(self, row: Model, names: Iterable[str]) -> dict[str, object]:
        """As they stand, in a form that JSON keeps."""
        return plain_values({name: _value_of(row, name) for name in names})

    def check(self, row: Model, new: Values) -> None:
        """Bounds, when it is proposed and again when it is carried out."""

    def carry_out(self, change: GuardedChange, row: Model, now: datetime) -> None:
        write_values(row, change.new)

    def list_touched(self, row: Model, new: Values) -> list[str]:
        """Whom or what it touches, a line each."""
        return []

    def person(self, row: Model) -> User | None:
        return None

    def tell(self, change: GuardedChange, row: Model) -> None:
        """Those concerned, once it is carried out."""

    def name_of(self, name: str) -> str:
        return str(getattr(self.model._meta.get_field(name), "verbose_name", name))

    def title(self, row: Model) -> str:
        """What changes, as letters name it."""
        return str(row)

    def letter_text(self, name: str, value: str) -> str:
        """A value as letters show it. The page where another admin agrees has it whole."""
        return value


KINDS: dict[str, GuardedKind] = {}


def register_kind(kind: GuardedKind) -> GuardedKind:
    KINDS[kind.key] = kind
    return kind


def plain_values(values: Values) -> dict[str, object]:
    return dict(json.loads(json.dumps(values, cls=DjangoJSONEncoder)))


def _value_of(row: Model, name: str) -> object:
    field = row._meta.get_field(name)
    if field.many_to_many:
        return sorted(str(each.natural_key()[0]) if name == "groups" else each.pk for each in getattr(row, name).all())
    return field.value_from_object(row)  # type: ignore[union-attr]


def write_values(row: Model, new: Values) -> None:
    """Checked field by field as a form would."""
    several = [name for name in new if row._meta.get_field(name).many_to_many]
    single = [name for name in new if name not in several]
    for name in single:
        setattr(row, row._meta.get_field(name).attname, row._meta.get_field(name).to_python(new[name]))  # type: ignore[union-attr]
    row.clean_fields(exclude={field.name for field in row._meta.fields} - set(single))
    row.validate_unique()
    row.save(update_fields=single or None)
    for name in several:
        related = row._meta.get_field(name).related_model
        by = {"name__in": new[name]} if name == "groups" else {"pk__in": new[name]}
        getattr(row, name).set(related._default_manager.filter(**by))  # type: ignore[union-attr]


# ---- When and by whom
# Once it was so it stays so, and a page of the admin asks for each of its tables.
_guarded_once: dict[object, object] = memo.table()


def is_guarded() -> bool:
    """From the first case that was filed: until then the desk is being set up."""
    if not _guarded_once:
        _guarded_once.update(apps.get_model("tickets", "Ticket")._default_manager.exclude(status="draft").values_list("pk", "status")[:1])
    return bool(_guarded_once)


def other_admins(user: User) -> QuerySet[User]:
    """Who can come into the admin and agree there."""
    return User.objects.filter(is_active=True, is_superuser=True, is_staff=True).exclude(pk=user.pk).order_by("pk")


def check_factor(user: User) -> None:
    """Raises ValidationError. Binds browser sessions."""
    if not user.is_factor_fresh:
        raise ValidationError(_("Show your second factor again: this changes what others rely on."), code="factor")


# ---- The acts
@transaction.atomic
def propose(actor: User, key: str, row: Model, new: Values) -> GuardedChange:
    """Writes down what would change. Nothing changes yet. Raises ValidationError."""
    check_factor(actor)
    kind, now = KINDS[key], timezone.now()
    kind.check(row, new)
    alone = not other_admins(actor).exists()
    change = GuardedChange.objects.create(
        kind=key,
        target=str(row.pk),
        target_text=kind.title(row)[:200],
        person=kind.person(row),
        old=kind.values(row, [name for name in new if name in kind.fields]),
        new=plain_values(new),
        touches=[str(line) for line in kind.list_touched(row, new)],
        by=actor,
        at=now,
        alone=alone,
        state=State.AGREED if alone else State.WAITING,
        effective_at=now + ALONE_WAITS if alone else None,
    )
    tell_of_proposal(change, _everybody(actor) if alone else other_admins(actor))
    return change


@transaction.atomic
def agree(actor: User, pk: int, effective_at: datetime | None = None) -> GuardedChange:
    """By another admin; carried out now, or on its date. Raises ValidationError."""
    check_factor(actor)
    change = GuardedChange.objects.select_for_update().get(pk=pk)
    if not (actor.is_superuser and actor.is_active):
        raise ValidationError(_("Only an admin can agree."))
    if actor.pk == change.by_id:
        raise ValidationError(_("Another admin has to agree: nobody confirms their own change."))
    if change.state != State.WAITING:
        raise ValidationError(_("This change waits for nobody any more."))
    now = timezone.now()
    effective_at = effective_at or now
    if effective_at > now + FARTHEST:
        raise ValidationError(_("At most %(days)s days ahead.") % {"days": FARTHEST.days})
    change.agreed_by, change.agreed_at, change.effective_at, change.state = actor, now, max(effective_at, now), State.AGREED
    change.save()
    if change.effective_at <= now:
        _carry_out(change, now)
    return change


@transaction.atomic
def take_back(actor: User, pk: int) -> GuardedChange:
    """By any admin, as long as it is not carried out. Raises ValidationError."""
    check_factor(actor)
    change = GuardedChange.objects.select_for_update().get(pk=pk)
    if not change.is_open:
        raise ValidationError(_("This change waits for nobody any more."))
    _close(change, State.WITHDRAWN, timezone.now())
    _log(change, actor, _("taken back"))
    return change


def carry_out_due(now: datetime) -> int:
    """What was agreed for a date, and a lone admin's after their day."""
    due = GuardedChange.objects.filter(state=State.AGREED, effective_at__lte=now).order_by("pk")

    @transaction.atomic
    def carry_out(pk: int) -> int:
        change = due.select_for_update().filter(pk=pk).first()
        if change is not None:
            _carry_out(change, now)
        return int(change is not None)

    return each_row(name_of(carry_out_due), due, carry_out, now)


def _carry_out(change: GuardedChange, now: datetime) -> None:
    """What stands otherwise than it did is left alone: the two admins agreed on another change."""
    kind = KINDS[change.kind]
    row = kind.model._base_manager.filter(pk=change.target).first()
    try:
        if row is None or kind.values(row, change.old) != change.old:
            raise ValidationError(_("It has been changed meanwhile."))
        kind.check(row, change.new)
        with transaction.atomic():
            kind.carry_out(change, row, now)
    except ValidationError as error:
        change.problem = " ".join(error.messages)
        _close(change, State.REFUSED, now)
        return
    _close(change, State.DONE, now)
    _log(change, change.agreed_by or change.by, difference_text(change))
    kind.tell(change, row)


def _close(change: GuardedChange, state: str, now: datetime) -> None:
    change.state, change.closed_at = state, now
    change.save()


# ---- What is told
def differences(change: GuardedChange) -> list[tuple[str, str, str]]:
    """Name, old and new value of each field."""
    kind = KINDS[change.kind]
    return [
        (kind.name_of(name), _value_text(change.old.get(name)), _value_text(value))
        for name, value in change.new.items()
        if name in kind.fields
    ]


def letter_lines(change: GuardedChange) -> list[str]:
    """What differs, and whom it touches, as a letter may say it."""
    kind = KINDS[change.kind]
    told = [
        f"{kind.name_of(name)}: {kind.letter_text(name, _value_text(change.old.get(name)))} → {kind.letter_text(name, _value_text(value))}"
        for name, value in change.new.items()
        if name in kind.fields
    ]
    return [*told, *change.touches]


def difference_text(change: GuardedChange) -> str:
    return "; ".join(f"{name}: {old} → {new}" for name, old, new in differences(change)) or str(KINDS[change.kind].label)


def _value_text(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value in (None, "") else str(value)


def _log(change: GuardedChange, actor: User, text: str) -> None:
    """In the admin's own log, at what was changed; with both who proposed and who agreed."""
    kind = KINDS[change.kind]
    with translation.override(settings.LANGUAGE_CODE):
        people = _("proposed by %(by)s, agreed by %(agreed)s") % {
            "by": change.by,
            "agreed": change.agreed_by or _("nobody: the only admin"),
        }
    LogEntry.objects.create(
        user=actor,
        content_type=ContentType.objects.get_for_model(kind.model, for_concrete_model=False),
        object_id=change.target,
        object_repr=change.target_text,
        action_flag=CHANGE,
        change_message=f"{text} ({people})",
    )


def tell_of_proposal(change: GuardedChange, readers: Iterable[User]) -> None:
    """The other admins; where there is none, everybody who works here, at once."""
    for reader in readers:
        with translation.override(reader_language(reader.language)):
            write_letter(reader.email, _("A change of the administration waits"), _proposal_lines(change))


def _everybody(besides: User) -> QuerySet[User]:
    works_here = Q(groups__name__in=STAFF_ROLES) | Q(is_staff=True) | Q(is_superuser=True)
    return User.objects.filter(works_here, is_active=True, is_service=False).exclude(pk=besides.pk).distinct().order_by("pk")


def _proposal_lines(change: GuardedChange) -> list[str]:
    said = {"who": change.by, "what": f"{KINDS[change.kind].label}: {change.target_text}"}
    lines = [_("%(who)s wants to change: %(what)s.") % said, *letter_lines(change)]
    if change.alone and change.effective_at:
        at = f"{change.effective_at:%Y-%m-%d %H:%M} UTC"
        return [*lines, _("There is no second admin: it takes effect at %(at)s. If it should not, speak up before.") % {"at": at}]
    address = settings.SITE_URL + reverse("admin:accounts_guardedchange_change", args=[change.pk])
    return [*lines, _("Another admin has to agree:") + f" {address}"]


def write_letter(address: str, subject: str, lines: Iterable[str]) -> None:
    queue_letter(EmailMessage(subject, "\n\n".join(lines), settings.DEFAULT_FROM_EMAIL, [address]), has_code=False)
