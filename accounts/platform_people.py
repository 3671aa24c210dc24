"""Whose account a customer of the platform has here: joined once by the platform's own name of them, and found by it ever after."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts import phones
from accounts.first_verification import start_clean
from accounts.models import PlatformIdentity, UsedAssertion, User
from accounts.platform_tokens import Assertion, AssertionRefused
from accounts.roles import roles_of
from accounts.security_notices import LINKED, tell_of_change
from accounts.unproven import make_addressless
from lib.languages import language_meant


def take_once(assertion: Assertion) -> None:
    """In the transaction of what it brings: of two at once one waits for the other. Raises AssertionRefused."""
    try:
        with transaction.atomic():
            UsedAssertion.objects.create(jti=assertion.jti, until=assertion.until)
    except IntegrityError as error:
        raise AssertionRefused("ASSERTION_USED", "jti") from error


def person_of(assertion: Assertion, request: HttpRequest) -> User:
    """The customer, made where nobody has this number or address yet. Raises AssertionRefused for whoever is no customer."""
    known = PlatformIdentity.objects.filter(subject=assertion.subject).select_related("user").first()
    if known is not None:
        return _require_customer(known.user)
    found = _candidates(assertion)
    if len(found) > 1:
        raise AssertionRefused("PERSON_AMBIGUOUS", "email", "phone")
    person = _require_customer(found[0]) if found else _make(assertion)
    if found and person.email == assertion.email:
        start_clean(request, person, person.email)  # whatever a stranger set up under an address that nobody had proven
    PlatformIdentity.objects.create(user=person, subject=assertion.subject, linked_at=timezone.now())
    if found:
        transaction.on_commit(lambda: tell_of_change(person, LINKED), robust=True)
    return person


def _candidates(assertion: Assertion) -> list[User]:
    by_phone = User.objects.filter(phone__number=assertion.phone) if assertion.phone else User.objects.none()
    by_email = User.objects.filter(email=assertion.email) if assertion.email else User.objects.none()
    return list({person.pk: person for person in (*by_phone, *by_email)}.values())


def _require_customer(person: User) -> User:
    """The platform vouches for its customers, not for colleagues of the desk: those come in by their own second factor."""
    if not person.is_active or person.is_staff or roles_of(person):
        raise AssertionRefused("PERSON_REFUSED", "sub")
    return person


def _make(assertion: Assertion) -> User:
    said = {"name": assertion.name, "language": language_meant(assertion.locale)}
    if assertion.email:
        person = User.objects.create_user(email=assertion.email, password=None, **said)
    else:
        person = make_addressless(**said)
    if assertion.phone:
        phones.keep(person, assertion.phone)
    return person
