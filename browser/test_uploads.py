"""Files from a phone and a desk: camera, several at once, a line that breaks, a reload, a double tap, the clipboard, no script at all."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Route, expect

from accounts.models import User
from browser.conftest import DESK
from browser.pictures import photo, screenshot
from browser.uploading import KIND, LANGUAGES, PATIENCE, choose, form_of
from browser.visitor import Visitor
from evidence.models import EvidenceItem, PartialUpload, SealedFile
from evidence.operations import content
from evidence.tasks import inspect_item
from portal.words import WHO
from tickets.words import EVIDENCE_KIND, EVIDENCE_STATE

pytestmark = pytest.mark.browser
OFFLINE = "You are offline. Nothing is lost: keep this page open, and what is on its way goes on by itself once the connection is back."


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Nothing is checked until this is called."""
    monkeypatch.setattr("evidence.intake.uploads.enqueue", lambda *args: None)

    def inspected() -> None:
        for pk in EvidenceItem.objects.filter(state="scanning").values_list("pk", flat=True):
            inspect_item(pk)

    return inspected


def large(path: Path) -> Path:
    """Some 1.5 MB that cannot be squeezed: four parts."""
    noise = random.Random(7).randbytes(3 * 720 * 720)  # noqa: S311
    Image.frombytes("RGB", (720, 720), noise).save(path, "PNG")
    return path


def states(kind: str = KIND) -> list[str]:
    return list(EvidenceItem.objects.filter(kind=kind).order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_camera_and_several_files_arrive_are_checked_and_accepted_without_a_reload(
    arrive: Callable[..., Visitor], waiting: Callable[[], None], files: Path, language: str
) -> None:
    me = arrive(language)
    form = form_of(me)
    camera = form.locator("input[capture=environment]")
    expect(form.get_by_text(me.t("Take a photo"))).to_be_visible()
    camera.set_input_files(photo(files / "camera.jpg", "camera", 1))
    choose(form, screenshot(files / "one.png", "one", 2), screenshot(files / "two.png", "two", 3))
    items = me.page.locator(f"#slot-{KIND} .item")
    expect(items).to_have_count(3)
    me.sees(me.word(EVIDENCE_STATE["scanning"]), items.first)
    me.look_over()
    waiting()
    expect(items.filter(has_text=me.word(EVIDENCE_STATE["clean"]))).to_have_count(3)
    expect(me.page.locator(f"#slot-{KIND} .thumb")).to_have_count(3)
    expect(me.page.locator(".sending")).to_have_count(0)
    expect(me.page.locator("[data-checking]")).to_have_count(0)
    assert states() == ["clean"] * 3
    assert PartialUpload.objects.filter(item=None).count() == 0
    me.look_over()


def test_a_line_that_breaks_half_way_is_taken_up_where_it_broke(arrive: Callable[..., Visitor], files: Path) -> None:
    me = arrive("zh-hans")
    sent: list[str] = []

    def break_after_two(route: Route) -> None:
        if route.request.method == "PATCH":
            sent.append(route.request.headers["upload-offset"])
            if len(sent) == 3:
                me.context.set_offline(True)
                return route.abort("internetdisconnected")
        return route.continue_()

    me.page.route("**/api/v1/uploads/**", break_after_two)
    choose(form_of(me), large(files / "large.png"))
    row = me.page.locator(".sending")
    me.sees(me.t("The connection is gone. It goes on by itself as soon as it is back."), row)
    expect(row.locator("progress")).to_have_js_property("value", int(100 * 2 * 512 * 1024 / (files / "large.png").stat().st_size))
    assert me.axe() == []  # and no more than that: it tries again and again, and each time fails
    me.context.set_offline(False)
    expect(me.page.locator(f"#slot-{KIND} .item")).to_have_count(1)
    me.problems = [problem for problem in me.problems if "INTERNET_DISCONNECTED" not in problem]
    assert sent[:3] == ["0", "524288", "1048576"]
    assert sent[3] == "1048576", "not from the start"
    assert states() == ["clean"]
    assert EvidenceItem.objects.get().size == (files / "large.png").stat().st_size


def test_a_reload_half_way_goes_on_with_the_same_file_chosen_again(arrive: Callable[..., Visitor], files: Path) -> None:
    me = arrive("en")
    held: list[Route] = []

    def hold_the_third(route: Route) -> None:
        if route.request.method == "PATCH" and route.request.headers["upload-offset"] == "1048576" and not held:
            held.append(route)
        else:
            route.continue_()

    me.page.route("**/api/v1/uploads/**", hold_the_third)
    choose(form_of(me), large(files / "large.png"))
    expect(me.page.locator(".sending progress")).not_to_have_js_property("value", 0)
    me.page.wait_for_function("() => Object.values(sessionStorage).some((each) => each.includes('large.png'))")
    while not held:
        me.page.wait_for_timeout(50)
    upload = PartialUpload.objects.get()
    me.open(me.page.url.removeprefix(me.address))
    row = me.page.locator(".sending")
    me.sees(me.t("Not all of it has arrived. Choose the same file once more and it goes on from there."), row)
    me.look_over()
    choose(form_of(me), files / "large.png")
    expect(me.page.locator(f"#slot-{KIND} .item")).to_have_count(1)
    upload.refresh_from_db()
    assert upload.item == EvidenceItem.objects.get()
    assert PartialUpload.objects.count() == 1, "taken up, not begun again"


@pytest.mark.parametrize("lost", ["POST", "PATCH"])
def test_an_answer_that_is_lost_makes_nothing_twice(arrive: Callable[..., Visitor], files: Path, lost: str) -> None:
    """The server has it, the phone does not know: the beginning, and the last part."""
    me = arrive("en")
    dropped: list[str] = []

    def drop_the_answer(route: Route) -> None:
        if route.request.method == lost and not dropped and is_last(route):
            route.fetch()
            dropped.append(route.request.url)
            return route.abort("connectionreset")
        return route.continue_()

    def is_last(route: Route) -> bool:
        return lost == "POST" or route.request.headers["upload-offset"] == "1048576"

    me.page.route("**/announce/", drop_the_answer)
    me.page.route("**/api/v1/uploads/**", drop_the_answer)
    choose(form_of(me), large(files / "large.png"))
    expect(me.page.locator(f"#slot-{KIND} .item")).to_have_count(1, timeout=PATIENCE)
    expect(me.page.locator(".sending")).to_have_count(0)
    assert dropped
    assert PartialUpload.objects.count() == EvidenceItem.objects.count() == 1
    me.problems = [problem for problem in me.problems if "ERR_CONNECTION_RESET" not in problem]


def test_on_a_slow_line_cut_in_mid_upload_it_says_so_and_goes_on(arrive: Callable[..., Visitor], files: Path) -> None:
    me = arrive("en")
    wire = me.context.new_cdp_session(me.page)
    slow = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 200_000}
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", slow)
    offline = me.page.get_by_text(me.t(OFFLINE))
    choose(form_of(me), large(files / "large.png"))
    me.page.wait_for_function("() => document.querySelector('.sending progress')?.value > 5")
    wire.send("Network.emulateNetworkConditions", {**slow, "offline": True})
    me.sees(me.t("The connection is gone. It goes on by itself as soon as it is back."), me.page.locator(".sending"))
    expect(offline).to_be_visible()
    assert not EvidenceItem.objects.exists()
    assert me.axe() == []  # and no more than that: it tries again and again, and each time fails
    wire.send("Network.emulateNetworkConditions", slow)
    expect(offline).to_be_hidden()
    expect(me.page.locator(f"#slot-{KIND} .item")).to_have_count(1, timeout=PATIENCE)
    me.problems = [problem for problem in me.problems if "INTERNET_DISCONNECTED" not in problem]
    assert PartialUpload.objects.count() == EvidenceItem.objects.count() == 1
    assert EvidenceItem.objects.get().size == (files / "large.png").stat().st_size


def test_a_double_tap_sends_nothing_twice(arrive: Callable[..., Visitor], files: Path) -> None:
    me = arrive("zh-hans")
    form = form_of(me, "payment_voucher")
    choose(form, photo(files / "voucher.jpg", "voucher", 1))
    choose(form, files / "voucher.jpg")
    me.fill(me.t("Amount on it (yuan)"), "￥1,280.00", form)
    form.get_by_role("button", name=me.t("Add it")).dblclick()
    expect(me.page.locator("#slot-payment_voucher .item")).to_have_count(1)
    expect(me.page.locator(".sending")).to_have_count(0)
    assert EvidenceItem.objects.get().fields["amount"] == "1280.00"
    assert PartialUpload.objects.count() == 1
    expect(me.field(me.t("Amount on it (yuan)"), form)).to_have_value("")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_stands_at_the_file_and_at_its_field_and_can_be_mended(
    arrive: Callable[..., Visitor], files: Path, language: str
) -> None:
    me = arrive(language)
    form = form_of(me, "payment_voucher")
    (files / "page.png").write_text("<html><script>alert(1)</script></html>")
    choose(form, photo(files / "voucher.jpg", "voucher", 1))
    me.fill(me.t("Amount on it (yuan)"), "12,80.0.0", form)
    form.get_by_role("button", name=me.t("Add it")).click()
    row = form.locator(".sending")
    me.sees(me.t("Enter an amount such as 128.00."), row)
    expect(me.field(me.t("Amount on it (yuan)"), form)).to_have_attribute("aria-invalid", "true")
    me.problems = [problem for problem in me.problems if not problem.endswith(": 400")]
    me.look_over()
    me.fill(me.t("Amount on it (yuan)"), "1280.00", form)
    form.get_by_role("button", name=me.t("Add it")).click()
    expect(me.page.locator("#slot-payment_voucher .item")).to_have_count(1)
    simple = form_of(me)
    choose(simple, files / "page.png", photo(files / "good.jpg", "good", 2))
    expect(me.page.locator(f"#slot-{KIND} .item")).to_have_count(1)
    refused = simple.locator(".sending")
    expect(refused).to_have_count(1)
    me.sees("page.png", refused)
    expect(refused).to_have_attribute("data-state", "refused")
    me.problems = [problem for problem in me.problems if not problem.endswith(": 400")]
    me.look_over()
    refused.get_by_role("button", name=me.t("Remove")).click()
    expect(me.page.locator(".sending")).to_have_count(0)
    assert not PartialUpload.objects.filter(item=None).exists()


def test_cancelled_on_the_way_leaves_nothing(arrive: Callable[..., Visitor], files: Path) -> None:
    me = arrive("zh-hans")
    held: list[Route] = []
    me.page.route("**/api/v1/uploads/**", lambda route: held.append(route) if route.request.method == "PATCH" else route.continue_())
    form = form_of(me)
    choose(form, large(files / "large.png"))
    while not held:
        me.page.wait_for_timeout(50)
    with me.page.expect_response(lambda answer: answer.request.method == "DELETE"):
        form.locator(".sending").get_by_role("button", name=me.t("Cancel")).click()
    expect(me.page.locator(".sending")).to_have_count(0)
    assert not PartialUpload.objects.exists() and not SealedFile.objects.exists()


PASTE = """([data, name]) => {
  const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0))
  const carried = new DataTransfer()
  carried.items.add(new File([bytes], name, { type: 'image/png' }))
  document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: carried, bubbles: true, cancelable: true }))
}"""
DROP = """([data, name, target]) => {
  const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0))
  const carried = new DataTransfer()
  carried.items.add(new File([bytes], name, { type: 'image/png' }))
  for (const type of ['dragover', 'drop']) {
    document.querySelector(target).dispatchEvent(new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true }))
  }
}"""


def test_pasted_asks_what_it_shows_and_dropped_lands_where_it_falls(arrive: Callable[..., Visitor], files: Path) -> None:
    me = arrive("zh-hans", DESK)
    data = base64.b64encode(screenshot(files / "a.png", "a", 1).read_bytes()).decode()
    me.page.evaluate(PASTE, [data, "image.png"])
    dialog = me.page.get_by_role("dialog", name=me.t("What does it show?"))
    expect(dialog).to_be_visible()
    me.look_over()
    dialog.get_by_role("button", name=me.word(EVIDENCE_KIND[KIND])).click()
    expect(me.page.locator(f"#slot-{KIND} .item")).to_have_count(1)
    me.page.evaluate(DROP, [data, "dropped.png", "#slot-account_binding_proof strong"])
    form = form_of(me, "account_binding_proof")
    expect(form.locator(".sending")).to_contain_text("dropped.png")
    form.get_by_role("button", name=me.t("Add it")).click()
    expect(me.page.locator("#slot-account_binding_proof .item")).to_have_count(1)
    assert (states(), states("account_binding_proof")) == (["clean"], ["clean"])


def test_without_a_script_several_files_go_with_the_form(arrive: Callable[..., Visitor], files: Path) -> None:
    me = arrive("zh-hans", javascript=False)
    form = form_of(me)
    choose(form, screenshot(files / "one.png", "one", 2), screenshot(files / "two.png", "two", 3))
    form.locator("input[capture=environment]").set_input_files(photo(files / "camera.jpg", "camera", 1))
    me.press(me.t("Add it"), within=form)
    assert states() == ["clean"] * 3
    expect(me.page.locator(f"#slot-{KIND} .item")).to_have_count(3)


def test_consent_is_given_looks_are_told_and_consent_withdrawn_empties_the_slot(
    arrive: Callable[..., Visitor], zhou: User, files: Path
) -> None:
    me = arrive("zh-hans")
    form = form_of(me, "id_card_front", "identity_proof")
    me.sees(me.t("Why we ask"), form)
    choose(form, photo(files / "card.jpg", "card", 1))
    form.get_by_role("button", name=me.t("Add it")).click()
    me.sees(me.t("Please tick that you agree. Without your consent we do not take this document."), form.locator(".sending"))
    me.problems = [problem for problem in me.problems if not problem.endswith("/announce/: 400")]
    assert not EvidenceItem.objects.exists() and not PartialUpload.objects.exists(), "nothing left the phone"
    me.tick(me.t("I agree"), form)
    form.get_by_role("button", name=me.t("Add it")).click()
    item = me.page.locator("#slot-identity_proof .item")
    expect(item).to_have_count(1)
    content(zhou, EvidenceItem.objects.get().pk, "核对身份")
    me.open(me.page.url.removeprefix(me.address).partition("#")[0])
    item.locator("details.item-about > summary").click()
    me.sees(me.word(WHO["freeze_operators"]), item)
    me.sees("核对身份", item)
    expect(me.page.locator("main")).not_to_contain_text(zhou.email)
    me.look_over()
    me.press(me.t("Withdraw consent and delete"), within=item)
    me.sees(me.t("Your consent is withdrawn, and the document is deleted."))
    expect(item).to_have_count(0)
    assert EvidenceItem.objects.get().state == "deleted"
