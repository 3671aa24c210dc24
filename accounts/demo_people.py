"""The people of the demo. Their password is public: they are made, and may sign in by one tap, only where DEMO is set."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.seeding import ensure_groups

DEMO_PASSWORD = "demo-desk-2026"  # noqa: S105 - printed on the demo's login page


@dataclass(frozen=True)
class DemoPerson:
    email: str
    name: str
    role: Role
    title: Promise
    password: str = DEMO_PASSWORD


DEMO_PEOPLE: tuple[DemoPerson, ...] = (
    DemoPerson("mei@example.com", "李梅", Role.OWNER, _("Customer")),
    DemoPerson("wang@example.com", "王强", Role.OWNER, _("Customer")),
    DemoPerson("shop@example.com", "小满便利店", Role.OWNER, _("Merchant")),
    DemoPerson("lin@example.com", "林安", Role.AGENT, _("Agent")),
    DemoPerson("zhou@example.com", "周宁", Role.FREEZE_OPERATOR, _("Freeze operator")),
    DemoPerson("chen@example.com", "陈静", Role.REVIEWER, _("Reviewer")),
    DemoPerson("zhao@example.com", "赵岚", Role.SUPERVISOR, _("Supervisor")),
    DemoPerson("sun@example.com", "孙明", Role.PRIVACY_OFFICER, _("Privacy officer")),
    DemoPerson("admin@example.com", "管理员", Role.ADMIN, _("Administrator")),
)


def ensure_demo_people() -> dict[str, User]:
    """The demo's people by e-mail, made when missing. Raises ImproperlyConfigured where DEMO is not set."""
    if not settings.DEMO:
        raise ImproperlyConfigured("Demo people have a public password: set DEMO=1 to make them.")
    ensure_groups()
    return {person.email: _ensure(person) for person in DEMO_PEOPLE}


def _ensure(person: DemoPerson) -> User:
    users = get_user_model().objects
    user = users.filter(email=person.email).first() or _make(person)
    # Verified, or the first sign-in by password would wait for a code by e-mail.
    EmailAddress.objects.get_or_create(user=user, email=person.email, defaults={"verified": True, "primary": True})
    return user


def _make(person: DemoPerson) -> User:
    users = get_user_model().objects
    if person.role is Role.ADMIN:
        return users.create_superuser(person.email, person.password, name=person.name)
    user = users.create_user(person.email, person.password, name=person.name)
    if person.role is not Role.OWNER:
        user.groups.add(Group.objects.get(name=person.role))
    return user
