"""The first proof of an address: what somebody else may have set up under it before does not survive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import FormerContact
from accounts.trusted_contacts import remember_former_contact

if TYPE_CHECKING:
    from accounts.models import User

SIGNED_UP = "accounts_signed_up"
CHOSE_THE_PASSWORD = ("password", "password_reset")


def remember_sign_up(request: HttpRequest, user: User) -> None:
    """This browser chose the password: when it proves the address, the password stays."""
    request.session[SIGNED_UP] = user.pk


def start_clean(request: HttpRequest, user: User, email: str) -> None:
    """Call before an address counts as proven. Anybody can sign up with the address of another and a password of their own.

    Nothing to do for an address that was proven before, nor in the browser that signed up, gave that password or is signed in.
    """
    if is_proven(user, email):
        return
    if user.email != email:  # it takes the place of this one
        remember_former_contact(user, FormerContact.Kind.EMAIL, user.email)
    if _is_theirs(request, user):
        return
    if user.has_usable_password():
        messages.info(request, _("The password chosen before this address was confirmed no longer works. You can choose a new one."))
    user.set_unusable_password()  # with it every session of before ends
    user.name = ""
    user.save(update_fields=["password", "name"])
    UserSession.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    user.auth_token_set.all().delete()  # the API's, by the reverse relation


def is_proven(user: User, email: str) -> bool:
    return EmailAddress.objects.filter(user=user, email=email, verified=True).exists()


def _is_theirs(request: HttpRequest, user: User) -> bool:
    if request.user.is_authenticated:
        return request.user.pk == user.pk
    shown = {record["method"] for record in get_authentication_records(request, user)}
    return request.session.get(SIGNED_UP) == user.pk or not shown.isdisjoint(CHOSE_THE_PASSWORD)


def is_current_address(email: str, user: User) -> bool:
    """False: since a code was sent the account has moved to another address. It is not the account of who reads this one."""
    return user.email == email or EmailAddress.objects.filter(user=user, email=email).exists()
