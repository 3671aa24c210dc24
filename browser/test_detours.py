"""Journeys that leave the straight road: the wrong lane and back, a wait, another device, a bad line, the freeze counted in taps."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

import pytest
from django.core import mail
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Locator, expect

from accounts.entry_links import make_entry_link
from accounts.models import User
from browser.category_cases import COURSES, NOW, EvidencePiece
from browser.conftest import DESK, Visit, enter_code, let_in, newest_code, sign_in_by_code
from browser.visitor import Visitor
from browser.wizard import answer, bring_all, come_in, file, fill_details, fill_facts, fill_story, form_of, go_on, submit
from evidence.models import EvidenceItem, PartialUpload
from tickets.delivery.sending import deliver_waiting
from tickets.models import Freeze, Ticket
from tickets.operations.payments_handed_over import seal_payment
from tickets.words import STATUS

pytestmark = pytest.mark.browser
EMAIL = "he@example.com"
OF = {course.id: course for course in COURSES}
Clock = Callable[[str], datetime]


# ---- The wrong lane
def test_after_sale_is_shown_the_way_and_comes_back_by_objecting(visit: Visit, clock: Clock) -> None:
    clock(NOW)
    me = visit("zh-hans")
    come_in(me, "after_sale", EMAIL)
    me.sees(me.t("The merchant can help you faster"))
    me.press(me.t("I will turn to the merchant"))
    ticket = Ticket.objects.get()
    assert (ticket.category, ticket.status, ticket.close_reason) == ("after_sale", "closed", "routed_after_sale")
    assert not ticket.timers.filter(key="review_limit").exists()
    me.sees("2026年3月17日")
    object_to_the_routing(me, "商家不理我，这不是售后的问题。")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.stage, ticket.closed_at) == ("evidence_collection", "intake", None)


def test_goods_and_services_are_routed_out_of_a_billing_complaint_and_back(visit: Visit, clock: Clock) -> None:
    clock(NOW)
    me = visit("en", DESK)
    me.overlooking = False
    come_in(me, "billing_duplicate", EMAIL)
    answer(me, "routing", "goods")
    go_on(me)
    me.press(me.t("I will turn to the merchant"))
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.close_reason) == ("closed", "routed_after_sale")
    clock("2026-03-16T09:00:00+08:00")
    object_to_the_routing(me, "It is the charge that is wrong, not the goods.")
    ticket.refresh_from_db()
    assert ticket.status == "evidence_collection"


def object_to_the_routing(me: Visitor, words: str) -> None:
    me.words.add(words)
    me.page.locator("summary", has_text=me.t("I see it differently")).click()
    form = me.page.locator("form[action$='/do/reopen/']")
    form.locator("textarea").fill(words)
    me.go(form.get_by_role("button"))


# ---- A wait
def test_the_wait_for_the_money_tells_its_end_and_then_opens_the_appeal(visit: Visit, clock: Clock, files: Path) -> None:
    clock("2026-03-09T20:00:00+08:00")
    me = visit("en")
    me.overlooking = False  # until the page that tells the date
    course = OF["pay_failed_deducted"]
    come_in(me, course.category, EMAIL)
    fill_details(me, course)
    fill_facts(me, course)
    fill_story(me, course)
    me.sees(me.t("The money may still come back by itself"))
    me.overlooking = True
    me.look_over()
    me.sees("10 Mar 2026, 10:00")
    me.press(me.t("File the complaint"))
    ticket = Ticket.objects.get()
    assert ticket.status == "auto_reversal_wait"
    assert ticket.timers.get(key="auto_reversal_wait").due_at == datetime.fromisoformat("2026-03-10T10:00:00+08:00")
    me.sees("10 Mar 2026, 10:00", me.panel(me.t("What happens now")))
    bring_all(me, ticket, course, files)
    me.overlooking = False
    me.page.reload()
    me.unfold()
    me.press(me.t("Try to submit the appeal"), status=409)
    me.sees("10 Mar 2026, 10:00", me.page.locator(".submit-appeal"))
    clock("2026-03-10T10:01:00+08:00")
    me.open(f"/tickets/{ticket.ref}/")
    submit(me)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.submitted_at) == ("appeal_submitted", datetime.fromisoformat("2026-03-10T10:01:00+08:00"))
    assert ticket.timers.get(key="review_limit").due_at == datetime.fromisoformat("2026-03-14T00:00:00+08:00")


# ---- Another device
def test_begun_on_the_phone_and_finished_at_a_desk(visit: Visit, clock: Clock, files: Path) -> None:
    clock(NOW)
    course = OF["billing_unauthorized"]
    phone = visit("zh-hans")
    phone.overlooking = False
    come_in(phone, course.category, EMAIL)
    fill_details(phone, course)
    draft = Ticket.objects.get()
    desk = visit("zh-hans", DESK)
    desk.overlooking = False
    sign_in_by_code(desk, draft.owner)
    desk.open("/file/")
    desk.follow(desk.t("Go on where you stopped"))
    desk.open(f"/file/{draft.ref}/details/?then=check")
    assert desk.field(desk.t("How much is it about? (yuan)")).input_value() == course.amount
    assert desk.field(desk.t("Order or transaction number")).input_value() == course.order
    desk.open(f"/file/{draft.ref}/facts/")
    fill_facts(desk, course)
    fill_story(desk, course)
    desk.press(desk.t("File the complaint"))
    bring_all(desk, draft, course, files)
    submit(desk)
    phone.open(f"/tickets/{draft.ref}/")
    phone.sees(phone.word(STATUS["appeal_submitted"]))
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.pk, ticket.facts["unknown_device"]) == ("appeal_submitted", draft.pk, "OPPO A5")


# ---- A bad line
def test_a_slow_line_that_breaks_in_mid_upload_loses_nothing(visit: Visit, clock: Clock, files: Path) -> None:
    clock(NOW)
    course = OF["billing_amount_mismatch"]
    me = visit("en")
    me.overlooking = False  # every page is looked over elsewhere; here it would only wait for the line
    wire = me.context.new_cdp_session(me.page)
    line = {"latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 200_000}
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", {"offline": False, **line})
    come_in(me, course.category, EMAIL)
    ticket = file(me, course)
    form = form_of(me, EvidencePiece("billing_detail_screenshot"))
    large = noise(files / "large.png")
    form.locator("input[type=file]").first.set_input_files(large)
    row = me.page.locator(".sending")
    expect(row.locator("progress")).not_to_have_js_property("value", 0)
    wire.send("Network.emulateNetworkConditions", {"offline": True, **line})
    me.sees(me.t("The connection is gone. It goes on by itself as soon as it is back."), row)
    arrived = PartialUpload.objects.get().offset
    assert 0 < arrived < large.stat().st_size
    wire.send("Network.emulateNetworkConditions", {"offline": False, **line})
    expect(me.page.locator("#slot-billing_detail_screenshot .item")).to_have_count(1, timeout=30_000)
    me.problems = [problem for problem in me.problems if "INTERNET_DISCONNECTED" not in problem]
    item = EvidenceItem.objects.get()
    assert (item.state, item.size, PartialUpload.objects.count()) == ("clean", large.stat().st_size, 1)
    bring_all(me, ticket, replace(course, pieces=course.pieces[:1]), files)
    submit(me)
    assert Ticket.objects.get().status == "appeal_submitted"


def noise(path: Path) -> Path:
    """Some 1.5 MB that cannot be squeezed."""
    Image.frombytes("RGB", (720, 720), random.Random(7).randbytes(3 * 720 * 720)).save(path, "PNG")  # noqa: S311
    return path


# ---- The freeze, counted
COUNT_TAPS = "addEventListener('pointerdown', () => sessionStorage.setItem('taps', 1 + Number(sessionStorage.getItem('taps'))), true)"


def test_the_freeze_takes_one_screen_and_few_taps_even_without_an_account(visit: Visit) -> None:
    """Typed characters are not counted. From the home page to the reference, with the code from the letter."""
    me = visit("zh-hans")
    me.overlooking = False
    me.page.add_init_script(COUNT_TAPS)
    me.open("/")
    began = time.monotonic()
    tap(me, me.page.locator("main").get_by_role("link", name=me.t("Freeze my account now")))
    for label, typed in ((me.t("Which account?"), "douyin:13812340000"), (me.t("Your e-mail address"), EMAIL)):
        me.field(label).tap()
        me.page.keyboard.type(typed)
    me.field(me.t("This was not me")).tap()
    tap(me, me.page.get_by_role("button", name=me.t("Go on: get a code by e-mail")))
    me.field(me.t("Six-digit code")).tap()
    me.page.keyboard.type(newest_code(EMAIL))
    tap(me, me.page.get_by_role("button", name=me.t("Confirm")))
    took = time.monotonic() - began
    taps = me.page.evaluate("() => Number(sessionStorage.getItem('taps'))")
    ticket = Ticket.objects.get()
    me.sees(ticket.ref)
    assert 5 <= taps <= 8, taps
    assert took < 60, took
    assert me.page.viewport_size == {"width": 390, "height": 844}
    assert (ticket.status, ticket.owner.email, ticket.not_me) == ("freeze_pending", EMAIL, True)
    assert ticket.freezes.get().state == Freeze.State.REQUESTED
    assert {"freeze_exec", "first_response"} <= set(ticket.timers.values_list("key", flat=True))
    assert User.objects.get(email=EMAIL).language == "zh-hans"


def tap(me: Visitor, target: Locator) -> None:
    with me.page.expect_navigation(wait_until="load"):
        target.tap()


# ---- For somebody else
def start_for_another(me: Visitor, category: str, relation: str, whom: str, contact: str = "") -> None:
    me.open(f"/file/?category={category}&other=1")
    me.press(me.t("Continue"))
    answer(me, "relation", relation)
    answer(me, "whom", whom)
    if contact:
        answer(me, "contact", contact)
    go_on(me)


def test_a_guardian_files_for_a_child_and_owns_the_complaint(visit: Visit, mei: User, lin: User, clock: Clock) -> None:
    clock(NOW)
    me = visit("zh-hans")
    let_in(me, mei)
    course = next(each for each in COURSES if each.category == "minor_topup")
    start_for_another(me, course.category, "guardian", "小明")
    ticket = file(me, course)
    row = ticket.representations.get()
    assert (ticket.owner, ticket.filed_by, row.relation, row.whom, row.state) == (mei, mei, "guardian", "小明", "own")
    desk = visit("zh-hans", DESK)
    let_in(desk, lin)
    desk.words.add("小明")
    desk.open(f"/desk/tickets/{ticket.ref}/")
    desk.sees("小明")


def test_a_helper_freezes_and_files_for_an_elderly_caller_who_agrees_and_ends_it(visit: Visit, mei: User, clock: Clock) -> None:
    """The freeze waits for nobody. Before the say nothing is shown, after it the helper acts, after the end nothing again."""
    clock(NOW)
    helper, elder = visit("zh-hans"), visit("zh-hans")
    let_in(helper, mei)
    helper.open("/freeze/")
    answer(helper, "account", "13812340000")
    answer(helper, "respondent", "wechat")
    helper.page.locator("input[name=not_me]").check()
    helper.go(helper.page.locator("main form .btn-danger"))
    ticket = Ticket.objects.get()
    assert Freeze.objects.get().state == "requested"
    helper.follow(helper.t("It is somebody else's account? Say whose."))
    answer(helper, "relation", "helper")
    answer(helper, "whom", "王奶奶")
    answer(helper, "contact", "granny@example.com")
    go_on(helper)
    helper.sees(helper.t("I act for others"))
    ticket.refresh_from_db()
    assert (ticket.owner.email, ticket.filed_by, Freeze.objects.get().owner) == ("granny@example.com", mei, ticket.owner)
    helper.open(f"/tickets/{ticket.ref}/")
    assert helper.page.url.endswith("/helping/"), "nothing of it is shown before the say"
    helper.sees("g***@example.com")
    deliver_waiting(timezone.now())
    link = next(letter for letter in mail.outbox if "granny@example.com" in letter.to).body
    assert f"/tickets/{ticket.ref}/" in link
    elder.open(f"/tickets/{ticket.ref}/")
    elder.fill(elder.t("E-mail address"), "granny@example.com")
    elder.press(elder.t("E-mail me a sign-in code"))
    enter_code(elder, "granny@example.com")
    elder.sees(elder.t("May they follow this and act for you?"))
    elder.words.add(str(mei))
    elder.page.locator("input[name=letters]").check()
    elder.press(elder.t("Yes, they may"))
    row = ticket.representations.get()
    assert (row.state, row.letters) == ("agreed", True)
    helper.open(f"/tickets/{ticket.ref}/")
    assert helper.page.url.endswith(f"/tickets/{ticket.ref}/")
    helper.page.locator("summary", has_text=helper.t("Write a message")).click()
    answer(helper, "body", "奶奶说她没有付过这笔钱。")
    helper.press(helper.t("Send"))
    elder.words.add("奶奶说她没有付过这笔钱。")
    elder.open(f"/tickets/{ticket.ref}/")
    elder.sees(f"{mei}（{elder.t('helper')}）")
    elder.press(elder.t("End this now"))
    assert ticket.representations.get().state == "ended"
    helper.open("/tickets/" + ticket.ref + "/")
    assert helper.page.url.endswith("/helping/")


# ---- In the platform's frame
@contextmanager
def app_of_the_platform(inside: str) -> Iterator[str]:
    """A page on another origin that frames an address of the desk."""

    class App(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f'<!doctype html><title>app</title><iframe src="{inside}" style="width:390px;height:800px"></iframe>'.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Not into the output of the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), App)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize("allowed", [True, False])
def test_a_wallet_customer_begins_a_complaint_about_a_payment_inside_the_apps_frame(
    visit: Visit, mei: User, settings: Any, allowed: bool
) -> None:
    me = visit("zh-hans", DESK)
    me.overlooking = False
    settings.SITE_URL = me.address
    payment = seal_payment(mei, {"amount": "128.00", "currency": "CNY", "respondent": "wechat"})
    address, _row = make_entry_link(mei, f"/file/?category=billing_duplicate&payment={quote(payment)}")
    with app_of_the_platform(address) as origin:
        assert origin.partition("//")[2].split(":")[0] != me.address.partition("//")[2].split(":")[0], "another site"
        settings.FRAMED_BY = [origin if allowed else "https://app.example.com"]
        me.page.goto(origin)
        frame = me.page.frames[-1]
        if not allowed:
            me.page.wait_for_load_state()
            assert frame.url.startswith("chrome-error:") and not Ticket.objects.exists()
            me.problems.clear()  # Chromium says that it refused
            return
        expect(frame.get_by_text("128.00")).to_be_visible()
        frame.get_by_role("button", name=me.t("Continue")).click()
        frame.wait_for_url("**/file/*/**")
    ticket = Ticket.objects.get()
    assert (ticket.owner, str(ticket.amount), ticket.respondent) == (mei, "128.00", "wechat")
    cookies = {cookie["name"]: cookie for cookie in me.context.cookies()}
    assert cookies["sessionid"]["sameSite"] == "None" and cookies["sessionid"]["secure"]
