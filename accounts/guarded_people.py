"""Guarded changes of people: their address, their roles and flags, their second factor; and what a group may do in the admin."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from knox.models import get_token_model

from accounts.guarded import GuardedKind, Values, differences, other_admins, register_kind, write_letter, write_values
from accounts.models import GuardedChange, SecondFactor, User
from accounts.reserved_addresses import check_address
from accounts.roles import STAFF_ROLES
from accounts.trusted_contacts import forget_former_contacts, reach_of
from lib.languages import reader_language

# Without one of them nobody agrees to anything in the admin.
ADMIN_FLAGS = ("is_active", "is_staff", "is_superuser")
FLAGS = ("is_active", "groups", "is_staff", "is_superuser", "is_service", "user_permissions")


def check_separation(is_admin: bool, groups: Collection[str]) -> None:
    """An admin holds no staff role. Raises ValidationError."""
    if is_admin and not set(STAFF_ROLES).isdisjoint(groups):
        raise ValidationError(_("An admin holds no staff role: take one of the two away."), code="separation")


def check_last_admin(person: User, stays: bool) -> None:
    """Raises ValidationError where nobody would be left."""
    if person.is_superuser and person.is_active and not stays and not other_admins(person).exists():
        raise ValidationError(_("The last admin cannot leave: make another one first."), code="last_admin")


def _user(row: Model) -> User:
    assert isinstance(row, User)  # noqa: S101 - by the kind's model
    return row


class PersonKind(GuardedKind):
    key = "person"
    label = gettext_lazy("A person's address or roles")
    model = User
    fields = ("email", *FLAGS)

    def check(self, row: Model, new: Values) -> None:
        person = _user(row)
        groups = new.get("groups", list(person.groups.values_list("name", flat=True)))
        flags = {name: bool(new.get(name, getattr(person, name))) for name in ADMIN_FLAGS}
        check_separation(flags["is_superuser"], [str(name) for name in groups] if isinstance(groups, list) else [])
        check_last_admin(person, all(flags.values()))
        if email := str(new.get("email", "")):
            check_address(email)
            if User.objects.filter(email=email).exclude(pk=person.pk).exists():
                raise ValidationError(_("Someone with this e-mail address is already here."))

    def carry_out(self, change: GuardedChange, row: Model, now: datetime) -> None:
        write_values(row, change.new)
        if "email" in change.new:
            vouch_for_address(_user(row))
            end_programs(_user(row))

    def list_touched(self, row: Model, new: Values) -> list[str]:
        person = _user(row)
        return [_("It touches %(who)s (%(address)s).") % {"who": person, "address": person.email}]

    def person(self, row: Model) -> User:
        return _user(row)

    def tell(self, change: GuardedChange, row: Model) -> None:
        """To the old and to the new address."""
        person = _user(row)
        tell_person(person, change, {person.email, str(change.old.get("email") or person.email), *reach_of(person).emails})


class FactorKind(GuardedKind):
    key = "factor"
    label = gettext_lazy("A second factor is taken away")
    model = SecondFactor
    fields = ("type",)

    def carry_out(self, change: GuardedChange, row: Model, now: datetime) -> None:
        row.delete()

    def list_touched(self, row: Model, new: Values) -> list[str]:
        return [_("It touches %(who)s (%(address)s).") % {"who": self.person(row), "address": self.person(row).email}]

    def person(self, row: Model) -> User:
        assert isinstance(row, Authenticator)  # noqa: S101 - by the kind's model
        return _user(row.user)

    def tell(self, change: GuardedChange, row: Model) -> None:
        person = self.person(row)
        tell_person(person, change, set(reach_of(person).emails))


class GroupKind(GuardedKind):
    """What its members may do in the admin."""

    key = "group"
    label = gettext_lazy("What a group may do")
    model = Group
    fields = ("name", "permissions")

    def list_touched(self, row: Model, new: Values) -> list[str]:
        return [str(person) for person in User.objects.filter(groups=row.pk, is_active=True).order_by("pk")]

    def tell(self, change: GuardedChange, row: Model) -> None:
        for person in User.objects.filter(groups=row.pk, is_active=True).order_by("pk"):
            tell_person(person, change, {person.email})


PERSON, FACTOR, GROUP = register_kind(PersonKind()), register_kind(FactorKind()), register_kind(GroupKind())


def vouch_for_address(user: User) -> None:
    """Admins typed it, so it is the one address of that person; a code still has to reach it to sign in by code."""
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    forget_former_contacts(user)


def end_programs(user: User) -> None:
    """Whoever could change the address could have made tokens too."""
    get_token_model().objects.filter(user=user).update(expiry=timezone.now())


def tell_person(person: User, change: GuardedChange, addresses: Iterable[str]) -> None:
    with translation.override(reader_language(person.language)):
        lines = [
            _("The administration changed something about your account or what you may do:"),
            *(f"{name}: {old} → {new}" for name, old, new in differences(change)),
            _("Proposed by %(by)s, agreed by %(agreed)s.") % {"by": change.by, "agreed": change.agreed_by or "–"},
            _("If you know nothing of it, answer to your supervisor or to the privacy officers at once."),
        ]
        for address in sorted(addresses):
            write_letter(address, _("Your account was changed by the administration"), lines)
