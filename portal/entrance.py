"""In by a code, before there is an account: who types an e-mail address here gets one on the way."""

from __future__ import annotations

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import EmailAddress
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.forms import RequestLoginCodeForm
from accounts.models import User
from accounts.numbers import looks_like_one
from accounts.phones import user_with
from accounts.texting import has_phones
from tickets.errors import Invalid


def send_code(request: HttpRequest, typed: str, following: str) -> HttpResponseRedirect:
    """Send a sign-in code and lead to the page that asks for it; `following` is the address to come back to.

    By e-mail; to a number where phones are on. Known and unknown ones look the same from outside.
    Raises Invalid at email (no address or number, or too many tries).
    """
    if not typed.strip():
        raise Invalid({"email": [_("Enter your e-mail address, such as mei@example.com.")]})
    if has_phones() and looks_like_one(typed):
        number = _checked("phone", typed).cleaned_data["phone"]
        # An account needs an address for its letters: a number that nobody has proven opens none.
        LoginCodeVerificationProcess.initiate(request=request, user=user_with(number), phone=number)
    else:
        form = _checked("email", typed.strip().lower())
        address = form.cleaned_data["email"]
        LoginCodeVerificationProcess.initiate(request=request, user=_person(address, form._user), email=address)
    return HttpResponseRedirect(f"{reverse('account_confirm_login_code')}?{urlencode({'next': following})}")


def _checked(kind: str, typed: str) -> RequestLoginCodeForm:
    form = RequestLoginCodeForm({kind: typed})
    if not form.is_valid():
        raise Invalid({"email": form.errors.get(kind) or form.non_field_errors()})
    return form


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
