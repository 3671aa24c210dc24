"""Addresses of the accounts room, before allauth's own."""

from django.urls import path

from accounts import fresh, quieting, second_factor, views

urlpatterns = [
    path("profile/", views.profile, name="account_profile"),
    path("notices/", views.notices, name="account_notices"),
    path("quiet/<str:signed>/", quieting.quiet, name="account_quiet"),
    path("fresh/", fresh.fresh, name="account_fresh"),
    path("phone/", views.phone, name="account_change_phone"),
    path("phone/confirm/", views.confirm_phone, name="account_verify_phone"),
    path("phone/remove/", views.remove_phone, name="account_remove_phone"),
    path("demo-login/", views.demo_login, name="account_demo_login"),
    # The same addresses and names as allauth's: these come first and record the factor in the session.
    path("2fa/totp/activate/", second_factor.ActivateTOTP.as_view(), name="mfa_activate_totp"),
    # And this one clears away what was set up before the address was proven.
    path("login/code/confirm/", views.ConfirmLoginCode.as_view(), name="account_confirm_login_code"),
    path("2fa/webauthn/add/", second_factor.AddSecurityKey.as_view(), name="mfa_add_webauthn"),
]
