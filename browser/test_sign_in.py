"""The way in, in a real browser: by code, by password, with mistakes, in both languages, light and dark."""

from __future__ import annotations

import pytest

from accounts.models import User
from browser.conftest import DESK, PHONE, Visit, ask_for_code, enter_code, newest_code, proven, sign_in_by_code, sign_in_by_password

pytestmark = pytest.mark.browser
LANGUAGES = ("zh-hans", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_customer_comes_in_by_a_code_from_the_letter(visit: Visit, mei: User, language: str) -> None:
    visitor = visit(language)
    sign_in_by_code(visitor, mei)
    visitor.open("/accounts/profile/")
    visitor.sees(visitor.t("Profile"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_code_is_said_at_its_field_and_the_right_one_still_works(visit: Visit, mei: User, language: str) -> None:
    visitor = visit(language)
    ask_for_code(visitor, proven(mei).email)
    right = newest_code(mei.email)
    visitor.fill(visitor.t("Six-digit code"), f"{(int(right) + 1) % 1_000_000:06d}")
    visitor.press(visitor.t("Confirm"))
    visitor.error_at(visitor.t("Six-digit code"), visitor.t("Incorrect code."))
    enter_code(visitor, mei.email)
    assert "sessionid" in visitor.cookies()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_address_is_an_error_in_words_at_the_field(visit: Visit, language: str) -> None:
    visitor = visit(language)
    visitor.open("/accounts/login/")
    visitor.press(visitor.t("E-mail me a sign-in code"))
    visitor.error_at(visitor.t("E-mail address"), visitor.t("This field is required."))


@pytest.mark.parametrize(("screen", "scheme"), [(PHONE, "dark"), (DESK, "light")], ids=["phone", "desk"])
def test_an_agent_comes_in_by_password_to_the_queue(visit: Visit, lin: User, screen: dict, scheme: str) -> None:
    visitor = visit("zh-hans", screen, scheme=scheme)
    sign_in_by_password(visitor, lin)
    assert visitor.page.url.endswith("/desk/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_button_turns_the_page_into_the_other_language(visit: Visit, language: str) -> None:
    visitor = visit(language)
    visitor.open("/accounts/login/")
    other = {"zh-hans": "en", "en": "zh-hans"}[language]
    button = visitor.page.get_by_role("button", name="English" if other == "en" else "中文")
    visitor.language = other
    visitor.go(button)
    visitor.sees(visitor.t("Sign in"))
