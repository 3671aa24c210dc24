"""Pages of the accounts room that allauth does not have: profile, language, and the demo's one-tap sign-in."""

from __future__ import annotations

from allauth.account.utils import perform_login
from allauth.account.views import ConfirmLoginCodeView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.views import redirect_to_login
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import i18n
from django.views.decorators.http import require_POST

from accounts.adapter import home_of
from accounts.demo_people import DEMO_PEOPLE
from accounts.forms import ChoosingForm, NoticesForm, ProfileForm
from accounts.models import Language
from accounts.proving import belongs, start_clean


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


class ConfirmLoginCode(ConfirmLoginCodeView):
    """The code proves the address, without allauth's adapter hearing of it."""

    def form_valid(self, form: Form) -> HttpResponse:
        login = self.stage.login
        if "code" in form.cleaned_data:  # the other button asks for another code
            if not belongs(login.email, login.user):
                self.stage.abort()
                return HttpResponseRedirect(reverse("account_login"))
            start_clean(self.request, login.user, login.email)
        return super().form_valid(form)
