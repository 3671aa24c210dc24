"""Word of every change of how one signs in, to all that is or was proven; and its link that signs out everywhere."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from knox.models import get_token_model

from accounts import phones
from accounts.models import User
from accounts.trusted_contacts import proving_address, reach_of
from lib.dates import moment_text, with_zone
from lib.languages import reader_language
from lib.zones import zone_of

SALT = "accounts.not_me"
EMAIL, PHONE_ADDED, PHONE_REMOVED = "email_changed", "phone_added", "phone_removed"
TOKEN_MADE, TOKEN_APPROVED, LINKED = "token_made", "token_approved", "platform_linked"
# By the last part of the name allauth gives its own letter about it.
CHANGES = {
    EMAIL: _("The e-mail address was changed."),
    "email_deleted": _("An e-mail address was removed."),
    PHONE_ADDED: _("A mobile number for signing in was added."),
    PHONE_REMOVED: _("The mobile number for signing in was removed."),
    "password_changed": _("The password was changed."),
    "password_set": _("A password was set."),
    "password_reset": _("The password was set anew with a code by e-mail."),
    "totp_activated": _("An authenticator app was set up."),
    "totp_deactivated": _("The authenticator app was removed."),
    "webauthn_added": _("A passkey was added."),
    "webauthn_removed": _("A passkey was removed."),
    "recovery_codes_generated": _("New recovery codes were made."),
    TOKEN_MADE: _("An API token was made: a program can now act in your name."),
    TOKEN_APPROVED: _("An admin approved an API token of yours: a program can now act in your name."),
    LINKED: _("Your account was joined with your account at the platform: from there one can come in without a code."),
}
# Whoever could change this could have made tokens too: they end with it.
ENDS_TOKENS = frozenset({EMAIL, PHONE_ADDED, PHONE_REMOVED, "email_deleted", "password_changed", "password_set", "password_reset"})


def tell_of_change(user: User, change: str) -> None:
    """To every address and number, in the owner's language and zone: the hand that changed it may be another's.

    The link that signs out everywhere goes to the address from before alone: in a thief's it would keep the owner out.

    With an address, a number or the password the tokens of programs end.
    """
    if change in ENDS_TOKENS:
        end_tokens(user.pk)
    reach, settled = reach_of(user), proving_address(user)
    with translation.override(reader_language(user.language)), timezone.override(zone_of(user.timezone)):
        said = {
            "what": CHANGES[change],
            "at": with_zone(moment_text(timezone.now())),
            "sign_out": settings.SITE_URL + reverse("account_not_me", args=[signing.TimestampSigner(salt=SALT).sign(str(user.pk))]),
            "freeze": settings.SITE_URL + _freeze(),
        }
        for email in reach.emails:
            get_adapter().send_mail("account/email/changed", email, said if email == settled else {**said, "sign_out": ""})
        for number in reach.numbers:
            phones.send_change_notice(number, str(said["what"]), str(said["freeze"]))


def end_tokens(user_id: int) -> int:
    """How many ended. They stay in the list of their owner for a while, as ended."""
    now = timezone.now()
    return get_token_model().objects.filter(Q(expiry=None) | Q(expiry__gt=now), user_id=user_id).update(expiry=now)


def _freeze() -> str:
    try:
        return reverse("portal:freeze")
    except NoReverseMatch:
        return "/"


# Whoever reads this may be signed out, or be out of the account already; the signature in the address stands for them.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def not_me(request: HttpRequest, signed: str) -> HttpResponse:
    """GET asks, POST signs every device and program out. Raises Http404 for an address we did not make, or that is too old."""
    try:
        pk = signing.TimestampSigner(salt=SALT).unsign(signed, max_age=settings.PROOF_SETTLES)
    except signing.BadSignature as error:
        raise Http404 from error
    if request.method == "POST":
        for session in UserSession.objects.filter(user_id=pk):
            session.end()
        end_tokens(int(pk))
    return render(request, "account/not_me.html", {"done": request.method == "POST", "freeze": _freeze()})
