"""Bills of payment channels: handed in, compared, confirmed, seen on the complaint; by keyboard, narrow, a hundred thousand lines."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from accounts.models import User
from browser.bills import Charged, alipay, own, strangers, wechat
from browser.conftest import DESK, PHONE, Visit, let_in
from browser.focus import choose_file, enter
from browser.pictures import photo
from browser.visitor import Visitor
from tickets.models import Bill, BillLayout, Ticket
from tickets.operations import file_ticket
from tickets.tests.making import filing
from tickets.words import BILL_STATE, CHARGE_STATE, FINDING_STATE, NO_BILL, PARTY, VERDICT

pytestmark = pytest.mark.browser
WIDE: dict[str, Any] = {"viewport": {"width": 1920, "height": 1080}}
FACTS = {"deducted_at": "2026-03-10T20:15:00+08:00", "channel_status": "unknown", "platform_status": "failed"}
SHOP = "SHOP-ORDER-44"
GROWTH = 40 * 1024 * 1024  # of the server's memory, at most, from a bill of a hundred lines to one of a hundred thousand


def txn(digit: int) -> str:
    return f"42000026031012345678901234{digit:02}"


@pytest.fixture
def cases(lasting: None, mei: User) -> dict[str, Ticket]:
    """One of each kind a channel's word tells apart, by the verdict."""

    def filed(category: str, digit: int, amount: str, **more: Any) -> Ticket:
        orders = [{"issuer": "wechat_txn", "number": txn(digit)}, *more.pop("orders", ())]
        return file_ticket(mei, filing(category, amount=amount, order_numbers=orders, **more))

    return {
        "paid": filed("pay_failed_deducted", 1, "89.00", facts=FACTS),
        "failed": filed("pay_failed_deducted", 2, "45.00", facts=FACTS),
        "refunded": filed("billing_duplicate", 3, "1280.00"),
        "charged_twice": filed("billing_duplicate", 4, "58.00", orders=[{"issuer": "other", "number": SHOP}]),
        "other_amount": filed("billing_amount_mismatch", 6, "66.00"),
    }


CHARGES = [
    Charged(txn(1), "89.00"),
    Charged(txn(2), "45.00", "failed"),
    Charged(txn(3), "1280.00", "refunded"),
    Charged(txn(4), "58.00", order=SHOP),
    Charged(txn(5), "58.00", order=SHOP),
    Charged(txn(6), "1019.90"),
]
# By the verdict: the sum in question, and who is proposed to answer for it.
PROPOSED = {
    "paid": ("¥89.00", "platform"),
    "failed": ("¥45.00", "channel"),
    "refunded": ("¥1,280.00", ""),
    "charged_twice": ("¥58.00", "channel"),
    "other_amount": ("¥953.90", "platform"),
}


def come(visit: Visit, user: User, language: str = "zh-hans", screen: dict[str, Any] = DESK, **more: Any) -> Visitor:
    me = visit(language, screen, **more)
    me.mixed = True  # names of files and headings of columns are the channel's
    let_in(me, user)
    return me


def hand_in(me: Visitor, file: Path) -> None:
    me.open("/desk/bills/")
    me.page.locator("input[type=file]").set_input_files(file)
    me.press(me.t("Compare"))


def about(me: Visitor, ticket: Ticket) -> Locator:
    """What the bill says about this complaint."""
    return me.page.locator("section.panel", has=me.page.get_by_role("link", name=ticket.ref))


# ---- From the file to the complaint
@pytest.mark.parametrize(("language", "channel"), [("zh-hans", wechat), ("en", alipay)], ids=["wechat", "alipay"])
def test_both_sides_stand_beside_each_other_and_a_person_confirms(
    visit: Visit, cases: dict[str, Ticket], lin: User, files: Path, language: str, channel: Callable[..., Path]
) -> None:
    me = come(visit, lin, language)
    hand_in(me, channel(files, [*strangers(20), *CHARGES]))
    bill = me.page.url.removeprefix(me.address)
    me.sees_not(next(strangers(1)).number)
    for verdict, (amount, party) in PROPOSED.items():
        said = about(me, cases[verdict])
        for text in (me.word(VERDICT[verdict]), amount, me.t("The complaint says"), me.t("The payment company says")):
            me.sees(text, said)
        me.sees(
            f"{me.t('Proposed:')} {me.word(PARTY[party])}"
            if party
            else me.t("Confirming records the refund; the customer is told and asked whether it arrived."),
            said,
        )
    assert about(me, cases["charged_twice"]).locator("tbody tr").count() == 2
    me.sees(me.t("The platform says"), about(me, cases["paid"]))
    for ticket in cases.values():
        me.open(bill)
        me.press(me.t("Confirm"), within=about(me, ticket))
        me.sees(me.word(FINDING_STATE["confirmed"]), about(me, ticket))
    confirmed_in_the_complaints(me, cases)


def confirmed_in_the_complaints(me: Visitor, cases: dict[str, Ticket]) -> None:
    for verdict, (amount, party) in PROPOSED.items():
        ticket = Ticket.objects.get(pk=cases[verdict].pk)
        assert ticket.responsible_parties == [party] or verdict == "refunded"
        assert (ticket.status == "resolved") == (verdict == "refunded")
        me.open(f"/desk/tickets/{ticket.ref}/")
        said = me.panel(me.t("The payment company says"))
        for text in (me.word(VERDICT[verdict]), amount, me.word(FINDING_STATE["confirmed"])):
            me.sees(text, said)
        me.sees(f"{me.word(VERDICT[verdict])} · ", me.page.locator("ol.timeline"))


# ---- By keyboard alone, wide
def test_by_keyboard_alone(visit: Visit, cases: dict[str, Ticket], zhao: User, files: Path) -> None:
    me = come(visit, zhao, "en", WIDE)
    me.open("/desk/")
    enter(me, me.page.get_by_role("link", name=me.t("Payment bills")))
    choose_file(me, me.page.locator("input[type=file]"), wechat(files, CHARGES))
    enter(me, me.page.get_by_role("button", name=me.t("Compare")))
    enter(me, about(me, cases["paid"]).get_by_role("button", name=me.t("Set aside")))
    me.sees(me.word(FINDING_STATE["dismissed"]), about(me, cases["paid"]))
    enter(me, about(me, cases["failed"]).get_by_role("button", name=me.t("Confirm")))
    me.sees(me.word(FINDING_STATE["confirmed"]), about(me, cases["failed"]))
    enter(me, me.page.get_by_role("link", name=cases["failed"].ref))
    me.sees(me.word(VERDICT["failed"]), me.panel(me.t("The payment company says")))


# ---- Columns that nobody knows
@pytest.mark.parametrize(("language", "screen", "scheme"), [("zh-hans", PHONE, "dark"), ("en", WIDE, "light")], ids=["phone", "wide"])
def test_columns_are_said_once_and_remembered_for_everybody(
    visit: Visit, cases: dict[str, Ticket], lin: User, zhao: User, files: Path, language: str, screen: dict[str, Any], scheme: str
) -> None:
    me = come(visit, lin, language, screen, scheme=scheme)
    hand_in(me, own(files, CHARGES))
    me.sees(me.t("Which column is which?"))
    me.field(me.t("Transaction number")).select_option(label="渠道流水")
    me.press(me.t("Remember the columns"), 400)
    me.error_at(me.t("Amount"), me.t("Choose the column."))
    me.field(me.t("Amount")).first.select_option(label="发生额")
    me.field(me.t("Merchant's order number")).select_option(label="商户订单")
    me.field(me.t("State")).first.select_option(label="结果")
    for state, word in (("paid", "OK"), ("failed", "NG"), ("refunded", "BACK")):
        me.fill(me.t("Words of the state that mean “%s”, with commas between").replace("%s", me.word(CHARGE_STATE[state])), word)
    me.press(me.t("Remember the columns"))
    me.sees(me.t("The columns are remembered. Hand the file in once more."))
    assert BillLayout.objects.count() == 1
    other = come(visit, zhao, language, screen, scheme=scheme)
    hand_in(other, own(files, CHARGES, "四月.csv", "gbk"))
    for verdict, ticket in cases.items():
        other.sees(other.word(VERDICT[verdict]), about(other, ticket))
    other.open("/desk/bills/")
    assert other.page.locator("tbody a").first.inner_text() == "四月.csv", "the latest first"


# ---- What is no bill
@pytest.mark.parametrize(("language", "screen", "scheme"), [("zh-hans", DESK, "light"), ("en", PHONE, "dark")], ids=["desk", "phone"])
def test_a_wrong_file_is_refused_in_words(
    visit: Visit, lasting: None, lin: User, files: Path, language: str, screen: Any, scheme: str
) -> None:
    me = come(visit, lin, language, screen, scheme=scheme)
    (files / "文字.csv").write_text("你好\n世界\n")
    hand_in(me, files / "文字.csv")
    me.sees(me.t("This is no bill that we can read: no row of headings was found. Export it anew and hand it in as it comes."))
    me.open("/desk/bills/")
    me.sees(me.word(BILL_STATE["failed"]), me.page.locator("tbody tr").first)
    (files / "空.csv").touch()
    me.refusals.add(400)
    wrong = {
        photo(files / "照片.jpg", "bar", 1): me.word(NO_BILL["picture"]),
        files / "空.csv": me.t("The file is empty. Export it once more."),
    }
    for file, words in wrong.items():
        me.page.locator("input[type=file]").set_input_files(file)
        me.problems = []
        me.page.get_by_role("button", name=me.t("Compare")).click()
        expect(me.page.locator("main [role=alert]:not([hidden])")).to_contain_text(words)
        expect(me.page.locator("main [role=alert]:not([hidden])")).to_be_focused()
        me.problems = [each for each in me.problems if "/desk/bills/: 400" not in each]
    me.look_over()
    assert Bill.objects.count() == 1


# ---- A hundred thousand lines
def test_a_hundred_thousand_lines_show_their_progress_and_need_no_memory(
    visit: Visit, cases: dict[str, Ticket], lin: User, files: Path
) -> None:
    me = come(visit, lin)
    hand_in(me, wechat(files, [*strangers(100), *CHARGES]))
    large = wechat(files, [*strangers(60_000), *CHARGES, *strangers(40_000)], "一年.csv")
    me.open("/desk/bills/")
    me.page.evaluate(REMEMBER)
    me.page.locator("input[type=file]").set_input_files(large)
    me.page.set_default_navigation_timeout(60_000)  # how long it takes is the benchmark's to say
    with peak() as grown:
        me.press(me.t("Compare"))
    assert Bill.objects.first().lines == 100_006
    assert about(me, cases["charged_twice"]).locator("tbody tr").count() == 2
    me.sees("100,006")
    told = me.page.evaluate("() => JSON.parse(sessionStorage.told)")
    read = [int(text.replace(",", "").split()[1]) for text in told if text.startswith(me.t("Lines read: %s").split("%s")[0].strip())]
    assert len(set(read)) >= 2, told
    assert read == sorted(read), "it moves, and only forward"
    assert grown[0] < GROWTH, f"{grown[0] / 1024 / 1024:.0f} MB"


REMEMBER = """() => {
  const told = []
  new MutationObserver(() => {
    told.push(document.querySelector('[data-bill-told]').textContent)
    sessionStorage.told = JSON.stringify(told)
  }).observe(document.querySelector('[data-bill-told]'), { childList: true, subtree: true, characterData: true })
}"""


@contextmanager
def peak() -> Iterator[list[int]]:
    """By how many bytes this process, which serves, was larger than at the start, at most."""
    done, grown, before = threading.Event(), [0], resident()

    def watch() -> None:
        while not done.wait(0.02):
            grown[0] = max(grown[0], resident() - before)

    watching = threading.Thread(target=watch)
    watching.start()
    yield grown
    done.set()
    watching.join()


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
