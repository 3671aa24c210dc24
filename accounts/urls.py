"""Addresses of the accounts room, before allauth's own."""

from collections.abc import Callable

from allauth.account import views as account_views
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as key_views
from django.contrib.auth.decorators import login_required
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from accounts import entry_links, reauthentication, second_factor, security_notices, unsubscribe, views


def path_behind_fresh_code(route: str, view: Callable[..., HttpResponseBase], name: str, back: str = "") -> URLPattern:
    """How one signs in is changed only after a fresh code."""
    return path(route, login_required(reauthentication.require_fresh_code(back)(view)), name=name)


urlpatterns = [
    path("profile/", views.profile, name="account_profile"),
    path("notices/", views.notices, name="account_notices"),
    path("quiet/<str:signed>/", unsubscribe.quiet, name="account_quiet"),
    path("fresh/", reauthentication.fresh, name="account_fresh"),
    path("enter/<str:text>/", entry_links.enter, name="account_enter"),
    path("not-me/<str:signed>/", security_notices.not_me, name="account_not_me"),
    # allauth's addresses and names: these come first. The two of second_factor also record the factor in the session.
    path_behind_fresh_code("email/", account_views.email, "account_email"),
    path_behind_fresh_code("phone/", views.phone, "account_change_phone"),
    path("phone/confirm/", views.confirm_phone, name="account_verify_phone"),
    path_behind_fresh_code("phone/remove/", views.remove_phone, "account_remove_phone", back="account_change_phone"),
    path_behind_fresh_code("password/change/", account_views.password_change, "account_change_password"),
    path_behind_fresh_code("password/set/", account_views.password_set, "account_set_password"),
    path_behind_fresh_code("2fa/totp/activate/", second_factor.ActivateTOTP.as_view(), "mfa_activate_totp"),
    path_behind_fresh_code("2fa/totp/deactivate/", totp_views.deactivate_totp, "mfa_deactivate_totp"),
    path_behind_fresh_code("2fa/webauthn/add/", second_factor.AddSecurityKey.as_view(), "mfa_add_webauthn"),
    path_behind_fresh_code("2fa/webauthn/keys/<int:pk>/remove/", key_views.remove_webauthn, "mfa_remove_webauthn"),
    path_behind_fresh_code("2fa/recovery-codes/", recovery_views.view_recovery_codes, "mfa_view_recovery_codes"),
    path_behind_fresh_code("2fa/recovery-codes/generate/", recovery_views.generate_recovery_codes, "mfa_generate_recovery_codes"),
    path_behind_fresh_code("2fa/recovery-codes/download/", recovery_views.download_recovery_codes, "mfa_download_recovery_codes"),
    path("demo-login/", views.demo_login, name="account_demo_login"),
    path("signup/", views.SignUp.as_view(), name="account_signup"),
]
