"""In by a code, before there is an account: who types an e-mail address here gets one on the way."""

from __future__ import annotations

from allauth.account.forms import RequestLoginCodeForm
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import EmailAddress
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from tickets.errors import Invalid


def send_code(request: HttpRequest, email: str, following: str) -> HttpResponseRedirect:
    """E-mail a sign-in code and lead to the page that asks for it; `following` is the address to come back to.

    Known and unknown addresses look the same from outside. Raises Invalid at email (no address, or too many tries).
    """
    form = RequestLoginCodeForm({"email": email.strip().lower()})
    if not email.strip():
        raise Invalid({"email": [_("Enter your e-mail address, such as mei@example.com.")]})
    if not form.is_valid():
        raise Invalid({"email": form.errors.get("email") or form.non_field_errors()})
    address = form.cleaned_data["email"]
    LoginCodeVerificationProcess.initiate(request=request, user=_person(address, form._user), email=address)
    return HttpResponseRedirect(f"{reverse('account_confirm_login_code')}?{urlencode({'next': following})}")


def _person(email: str, known: User | None) -> User | None:
    """The account of this address. One that may not sign in stays out: it gets no code."""
    user = known or User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email=email, password=None, language=get_language() or "")
    if not user.is_active:
        return None
    # The code proves the address; without this row a second code would be asked for.
    EmailAddress.objects.get_or_create(user=user, email=email, defaults={"primary": True})
    return user
