"""Whose number it is, what is sent to it, and how often. Known and unknown numbers cost the same and look the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.core import context as request_context
from allauth.core import ratelimit
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.known_devices import counted_with
from accounts.models import FormerContact, Phone, User
from accounts.sms import has_phones, queue_message
from accounts.text_budget import check_country, check_share
from accounts.trusted_contacts import remember_former_contact
from accounts.unproven import make_addressless

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

TOO_MANY = gettext_lazy("Too many codes were asked for. Wait an hour, or sign in with your e-mail address.")


def number_of(user: User | AnonymousUser) -> str:
    """The proven number, or ""."""
    if not has_phones() or not user.is_authenticated:
        return ""
    return Phone.objects.filter(user=user).values_list("number", flat=True).first() or ""


def owner_of(number: str) -> User | None:
    """Whose number it is, be they allowed in or not."""
    return User.objects.filter(phone__number=number).first()


def user_with(number: str) -> User | None:
    owner = owner_of(number)
    return owner if owner is not None and owner.is_active else None


def make_with(number: str) -> User:
    """Whoever has just proven it: a customer without an address, whose letters come by text. Raises IntegrityError."""
    user = make_addressless(language=get_language() or "")
    Phone.objects.create(user=user, number=number, verified_at=timezone.now())
    return user


def keep(user: User, number: str) -> bool:
    """Proven just now: this person's one number. False, and nothing changes: another account has it."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        before = Phone.objects.filter(user=user).first()
        if before is not None and before.number == number:
            return True  # since when it is proven stays: that counts
        if Phone.objects.filter(number=number).exists():
            return False
        if before is not None:
            remember_former_contact(user, FormerContact.Kind.PHONE, before.number)
        Phone.objects.update_or_create(user=user, defaults={"number": number, "verified_at": timezone.now()})
    return True


def remove(user: User) -> bool:
    """False: there was none."""
    number = Phone.objects.filter(user=user).values_list("number", flat=True).first()
    if number is None:
        return False
    with transaction.atomic():
        remember_former_contact(user, FormerContact.Kind.PHONE, number)
        Phone.objects.filter(user=user).delete()
    return True


def check_pace(number: str) -> None:
    """Each text costs money and rings a phone: some countries, a budget, so many for one number and from one address. Raises
    ValidationError."""
    check_country(number)
    check_share(number, timezone.now())
    if not consume_text_allowance(request_context.request, number):
        raise ValidationError(TOO_MANY, code="too_many_texts")


def consume_text_allowance(request: HttpRequest, number: str) -> bool:
    """Counts, whether anybody has the number or not."""
    return bool(ratelimit.consume(request, action="text_message", key=number + counted_with(request, number)))


def send_code(number: str, code: str) -> None:
    words = _("%(code)s is your code for %(site)s. It works for 10 minutes. We never ask you for it; tell it to nobody.")
    queue_message(number, words % {"code": code, "site": _site()})


def send_unknown(number: str) -> None:
    """No account that may sign in: said to the phone alone, so that who asks learns nothing and who owns it is not left waiting."""
    words = _("No account at %(site)s has this number. Sign in, or freeze your account, with your e-mail address.")
    queue_message(number, words % {"site": _site()})


def send_change_notice(number: str, what: str, freeze: str) -> None:
    """That something was changed in the account. No code in it, nothing to enter."""
    words = _("%(site)s: %(what)s Was it not you? Freeze your account: %(freeze)s")
    queue_message(number, words % {"site": _site(), "what": what, "freeze": freeze})


def _site() -> str:
    return settings.SITE_URL.partition("://")[2]
