"""Passkey and authenticator app in a real browser: set up and used to sign in; the key is Chromium's own virtual one."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail

from accounts.models import User
from browser.conftest import Visit, ask_for_code, enter_code, proven, sign_in_by_code

pytestmark = pytest.mark.browser


def with_key(visitor: Any) -> None:
    """This browser has a fingerprint reader that always says yes."""
    session = visitor.context.new_cdp_session(visitor.page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_out(visitor: Any) -> None:
    visitor.context.clear_cookies(name="sessionid")


def code_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_a_passkey_is_added_and_signs_in_alone(visit: Visit, mei: User) -> None:
    visitor = visit("zh-hans")
    visitor.words.update({"Master", "key", mei.email})
    sign_in_by_code(visitor, mei)
    with_key(visitor)
    visitor.open("/accounts/2fa/")
    visitor.follow(visitor.t("Add a key"))
    visitor.fill(visitor.t("Name of this key"), "手机 1")
    visitor.words.add("手机 1")
    visitor.go(visitor.page.locator("#mfa_webauthn_add"))
    key = Authenticator.objects.get(type="webauthn")
    assert (key.user, key.wrap().is_passwordless) == (mei, True)
    assert "手机 1" in visitor.page.request.get(f"{visitor.address}/accounts/2fa/webauthn/").text()
    sign_out(visitor)
    visitor.open("/accounts/login/")
    visitor.go(visitor.page.locator("#passkey_login"))
    assert "sessionid" in visitor.cookies()
    visitor.open("/accounts/2fa/webauthn/")
    visitor.sees("手机 1")


def test_an_app_is_set_up_asked_for_at_sign_in_and_its_recovery_codes_work(visit: Visit, mei: User) -> None:
    visitor = visit("en")
    sign_in_by_code(visitor, mei)
    visitor.open("/accounts/2fa/")
    visitor.follow(visitor.t("Set up an app"))
    secret = visitor.page.locator("#authenticator_secret, .secret, code").first.text_content().replace(" ", "")
    visitor.page.locator("input[name=code]").fill(code_now(secret).translate({ord(str(n)): ord("０") + n for n in range(10)}))
    visitor.go(visitor.page.locator("main form button[type=submit]").first)
    assert Authenticator.objects.get(type="totp").user == mei
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    sign_out(visitor)
    ask_for_code(visitor, proven(mei).email)
    enter_code(visitor, mei.email)
    assert "/2fa/authenticate/" in visitor.page.url
    visitor.page.locator("input[name=code]").fill(codes[0])
    visitor.go(visitor.page.locator("main form button[type=submit]").first)
    assert "sessionid" in visitor.cookies()
    assert len(Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()) == len(codes) - 1


def test_a_passkey_and_an_app_are_removed_after_showing_the_key(visit: Visit, mei: User) -> None:
    visitor = visit("zh-hans")
    visitor.words.update({"Master", "key", mei.email, "手机 1"})
    sign_in_by_code(visitor, mei)
    with_key(visitor)
    visitor.open("/accounts/2fa/")
    visitor.follow(visitor.t("Add a key"))
    visitor.fill(visitor.t("Name of this key"), "手机 1")
    visitor.go(visitor.page.locator("#mfa_webauthn_add"))
    visitor.open("/accounts/2fa/webauthn/")
    visitor.go(visitor.page.locator("a[href$='/remove/']"))
    assert "reauthenticate" in visitor.page.url, "the key is shown before it is taken away"
    visitor.go(visitor.page.locator("main a[href*='/webauthn/reauthenticate/']"))
    visitor.go(visitor.page.locator("#mfa_webauthn_reauthenticate"))
    visitor.go(visitor.page.locator("main form button[type=submit]").first)
    assert not Authenticator.objects.filter(type="webauthn").exists()
    TOTP.activate(mei, "JBSWY3DPEHPK3PXP")
    visitor.open("/accounts/2fa/")
    visitor.go(visitor.page.locator("a[href$='/totp/deactivate/']"))
    visitor.go(visitor.page.locator("main form button[type=submit]").first)
    assert not Authenticator.objects.filter(type="totp").exists()
    assert len([letter for letter in mail.outbox if "/accounts/not-me/" in letter.body]) >= 3
