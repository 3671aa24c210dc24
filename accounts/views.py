"""Pages of the accounts room that allauth does not have: profile, language, and the demo's one-tap sign-in."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import perform_login
from allauth.account.views import ConfirmLoginCodeView, SignupView, change_phone, verify_phone
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import i18n
from django.views.decorators.http import require_POST

from accounts import phones
from accounts.adapter import home_of
from accounts.context_processors import LARGE_PRINT
from accounts.demo_people import DEMO_PEOPLE
from accounts.first_verification import is_current_address, start_clean
from accounts.forms import ChoosingForm, NoticesForm, ProfileForm, SignupForm
from accounts.models import Language, User
from accounts.new_accounts import (
    account_with,
    is_new,
    make_account,
    remember_signing_up,
    send_again_to_new,
    send_code_to_new,
    tell_that_account_exists,
)
from accounts.security_notices import PHONE_REMOVED, tell_of_change
from accounts.sms import has_phones

YEAR = 365 * 24 * 3600


def profile(request: HttpRequest) -> HttpResponse:
    return _choosing(request, ProfileForm, "account/profile.html")


def notices(request: HttpRequest) -> HttpResponse:
    """Which e-mails come, and when."""
    return _choosing(request, NoticesForm, "account/notices.html")


def _choosing(request: HttpRequest, kind: type[ProfileForm] | type[NoticesForm], template: str) -> HttpResponse:
    user = request.user
    if not user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    form: ChoosingForm = kind(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        form.apply()
        translation.activate(user.language)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(request.path)
    return render(request, template, {"form": form}, status=400 if form.errors else 200)


def set_language(request: HttpRequest) -> HttpResponse:
    """Django's own switch (a cookie), remembered for people who are signed in. GET changes nothing."""
    language = request.POST.get("language", "")
    if request.method == "POST" and request.user.is_authenticated and language in Language.values:
        request.user.language = language
        request.user.save(update_fields=["language"])
    return i18n.set_language(request)


@require_POST
def set_text_size(request: HttpRequest) -> HttpResponse:
    """Large print on this device, for a year or until they are put back: how well one reads a screen depends on the screen, too."""
    here = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(here, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(here if safe else "/")
    if request.POST.get("size") == "large":
        response.set_cookie(LARGE_PRINT, "1", max_age=YEAR, httponly=True, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax")
    else:
        response.delete_cookie(LARGE_PRINT, samesite="Lax")
    return response


@require_POST
def demo_login(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's people. 404 unless this is the demo."""
    emails = {person.email for person in DEMO_PEOPLE}
    if not settings.DEMO or request.POST.get("email") not in emails:
        raise Http404
    user = get_object_or_404(get_user_model(), email=request.POST["email"], is_active=True)
    following = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(following, {request.get_host()}, request.is_secure())
    # allauth's way in, so that the device is listed and a second factor is asked for where one is set up.
    return perform_login(request, user, redirect_url=following if safe else home_of(user))


class SignUp(SignupView):
    """No row before proof: what was typed waits in this browser, and the code that comes back makes the account."""

    def form_valid(self, form: SignupForm) -> HttpResponse:
        email = form.cleaned_data["email"]
        if account_with(email) is not None:
            tell_that_account_exists(self.request, email)
        else:
            remember_signing_up(self.request, email, form.cleaned_data["name"], form.cleaned_data["password1"])
            send_code_to_new(self.request, email=email)
        return HttpResponseRedirect(self.passthrough_next_url(reverse("account_confirm_login_code")))


class ConfirmLoginCode(ConfirmLoginCodeView):
    """The code proves the address or the number, without allauth's adapter hearing of it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """allauth leads away from a code that is too old without a word, and forgets where one was going."""
        response = super().dispatch(request, *args, **kwargs)
        if getattr(self, "_process", self) is not None:
            return response
        messages.error(request, _("This code has expired: it worked for 10 minutes. Ask for another one."))
        return self._again()

    def form_invalid(self, form: Form) -> HttpResponse:
        response = super().form_invalid(form)
        return self._again() if isinstance(response, HttpResponseRedirect) else response

    def _again(self) -> HttpResponse:
        return HttpResponseRedirect(self.passthrough_next_url(reverse("account_login")))

    def form_valid(self, form: Form) -> HttpResponse:
        if "code" in form.cleaned_data and not (self._has_account() and self._proves()):
            self.stage.abort()
            return self._again()
        return super().form_valid(form)

    def _has_account(self) -> bool:
        return not is_new(self._process) or make_account(self.request, self._process)

    def _proves(self) -> bool:
        """False: since the code was sent, the account has moved to another address or number."""
        login, number = self.stage.login, self.stage.state.get("phone")
        if number:
            return phones.number_of(login.user) == number
        if not is_current_address(login.email, login.user):
            return False
        start_clean(self.request, login.user, login.email)
        return True

    def _resend_form_valid(self, form: Form) -> HttpResponse:
        """allauth knows no second text to a number that nobody has: the difference would tell who has an account."""
        number = self._process.state.get("phone")
        if number and not phones.consume_text_allowance(self.request, number):
            messages.error(self.request, phones.TOO_MANY)
        elif is_new(self._process):
            self._process.record_resend()
            send_again_to_new(self.request, self._process)
        elif not number or self._process.user:
            return super()._resend_form_valid(form)
        else:
            phones.send_unknown(number)
            self._process.add_sent_message({"recipient": number, "phone": number})
            self._process.record_resend()
            self._process.persist()
        return HttpResponseRedirect(self.passthrough_next_url(reverse("account_confirm_login_code")))


def phone(request: HttpRequest) -> HttpResponse:
    """Which number is one's own, and another one. 404 where no gateway is configured."""
    if not has_phones():
        raise Http404
    return change_phone(request)


def confirm_phone(request: HttpRequest) -> HttpResponse:
    """The code that was sent to the new number."""
    if not has_phones():
        raise Http404
    return login_required(verify_phone)(request)


@require_POST
@login_required
def remove_phone(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, User) and phones.remove(request.user):
        tell_of_change(request.user, PHONE_REMOVED)
    messages.success(request, _("Your number is removed. Nobody can sign in with it any more."))
    return HttpResponseRedirect(reverse("account_profile"))
