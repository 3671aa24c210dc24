"""Real Chromium on the live server: people with phones and desks, a clock to set, files to upload."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core import mail
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from playwright.sync_api import Browser

from accounts.models import User
from browser.contexts import Contexts
from browser.demo_bills import furnish
from browser.demo_snapshot import made_once
from browser.visitor import AXE, AXE_ADDRESS, LOOKED_OVER, Visitor
from tickets.operations import file_ticket
from tickets.tests.making import filing

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
LOCALE = {"zh-hans": "zh-CN", "en": "en-GB"}
PASSWORD = "a long enough phrase"
CODE = re.compile(r"\b[0-9]{6}\b")

# Minutes each, where the others take seconds. In the order in which they begin.
LONG = ("test_every_page", "test_stolen_topup")

Visit = Callable[..., Visitor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones begin first, so that at the end no worker is alone with one; and what they looked over is known to the others."""
    items.sort(key=lambda item: LONG.index(item.path.stem) if item.path.stem in LONG else len(LONG))


@pytest.fixture(autouse=True, scope="session")
def _static_files_are_kept_by_the_browser() -> Iterator[None]:
    """A page asks for fifteen of them. Tests stop the clock before the day they were written, and Chromium would ask again each time."""
    serve = StaticFilesHandler.serve

    def kept(handler: StaticFilesHandler, request: HttpRequest) -> HttpResponseBase:
        is_axe = request.path == AXE_ADDRESS  # otherwise its half a million letters go through four processes for each page
        response = HttpResponse(AXE, content_type="text/javascript") if is_axe else serve(handler, request)
        response["Cache-Control"] = "max-age=315360000"
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "serve", kept)
        yield


@pytest.fixture(scope="session")
def between_workers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run that all its workers have."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if hasattr(request.config, "workerinput") else folder


@pytest.fixture(autouse=True, scope="session")
def _workers_tell_each_other_what_they_looked_over(between_workers: Path) -> None:
    LOOKED_OVER.share(between_workers / "looked-over")


@pytest.fixture(scope="session")
def contexts(live_server: Any, browser: Browser) -> Iterator[Contexts]:
    made = Contexts(browser, live_server.url)
    yield made
    made.close()


@pytest.fixture
def visit(lasting: None, live_server: Any, contexts: Contexts) -> Iterator[Visit]:
    """`visit("en")` brings a new person with a phone; `visit("en", DESK)` one at a desk. At the end nothing may have gone wrong."""
    came: list[tuple[Visitor, dict[str, Any]]] = []

    def new(language: str, screen: dict[str, Any] = PHONE, *, javascript: bool = True, scheme: str = "light") -> Visitor:
        how = {**screen, "locale": LOCALE[language], "timezone_id": "Asia/Shanghai"}
        how |= {
            "color_scheme": scheme,
            "java_script_enabled": javascript,
            "service_workers": "block",
        }  # browser/test_offline.py lets it work
        came.append((Visitor(contexts.take(**how), live_server.url, language, javascript=javascript), how))
        return came[-1][0]

    yield new
    problems = [problem for visitor, _how in came for problem in visitor.problems]
    for visitor, how in came:
        visitor.leave()
        contexts.give_back(visitor.context, **how)
    assert not problems, "\n".join(problems)


@pytest.fixture
def demo(lasting: None, settings: Any, between_workers: Path) -> None:
    """The demo's people and complaints in every stage."""
    settings.DEMO = True
    made_once(lambda: call_command("demo"), between_workers / "demo")


@pytest.fixture
def furnished(lasting: None, settings: Any, between_workers: Path) -> None:
    """The demo, and what a tour of every page needs besides."""
    settings.DEMO = True
    made_once(lambda: (call_command("demo"), furnish()), between_workers / "furnished")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def ref(lasting: None, mei: User) -> str:
    """A complaint of Mei's whose evidence is being collected."""
    return file_ticket(mei, filing(incident_at=None)).ref


@pytest.fixture
def arrive(visit: Visit, mei: User, ref: str) -> Visit:
    """On the page of that complaint, signed in."""

    def on_the_page(language: str, screen: dict[str, Any] = PHONE, **more: Any) -> Visitor:
        me = visit(language, screen, **more)
        sign_in_by_code(me, mei)
        me.open(f"/tickets/{ref}/")
        return me

    return on_the_page


def newest_code(email: str) -> str:
    """The code in the latest e-mail to this address."""
    letter = next(letter for letter in reversed(mail.outbox) if email in letter.to)
    found = CODE.search(str(letter.body))
    assert found, letter.body
    return found[0]


def enter_code(visitor: Visitor, email: str, status: int = 200) -> None:
    visitor.fill(visitor.t("Six-digit code"), newest_code(email))
    visitor.press(visitor.t("Confirm"), status)


def prove(visitor: Visitor, email: str) -> None:
    """On the page that asks for a fresh code; leads back to where the button was pressed."""
    visitor.press(visitor.t("E-mail me a code"))
    enter_code(visitor, email)


def proven(user: User) -> User:
    """With an address that is known to be theirs, as the admin and the first code leave it."""
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    return user


def sign_in_by_code(visitor: Visitor, user: User) -> None:
    """Through the real page and the real letter; ends where the person works from."""
    ask_for_code(visitor, proven(user).email)
    enter_code(visitor, user.email)


def ask_for_code(visitor: Visitor, email: str) -> None:
    visitor.open("/accounts/login/")
    visitor.fill(visitor.t("E-mail address"), email)
    visitor.press(visitor.t("E-mail me a sign-in code"))


def let_in(visitor: Visitor, user: User) -> None:
    """Signed in already, for tests that are not about the way in."""
    client = Client()
    client.force_login(proven(user), settings.AUTHENTICATION_BACKENDS[0])
    visitor.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": visitor.address}])


def sign_in_by_password(visitor: Visitor, user: User) -> None:
    user.set_password(PASSWORD)
    user.save()
    visitor.open("/accounts/login/")
    visitor.fill(visitor.t("E-mail address"), proven(user).email)
    visitor.fill(visitor.t("Password"), PASSWORD)
    visitor.press(visitor.t("Sign in with password"))
