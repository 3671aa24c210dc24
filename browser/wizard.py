"""How a customer gets through the wizard and the checklist by the page's own fields. Used by every journey."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect

from browser.category_cases import HAPPENED, SYMPTOM, Course, EvidencePiece
from browser.conftest import enter_code
from browser.pictures import photo, screenshot
from browser.visitor import Visitor
from tickets.models import Ticket
from tickets.words import ACTION


def come_in(me: Visitor, category: str, email: str) -> None:
    """From the home page to the first question; the account is made on the way by a code."""
    me.open("/")
    me.go(me.page.locator(f"main a[href='/file/?category={category}']"))
    me.fill(me.t("Your e-mail address"), email)
    me.press(me.t("Go on: get a code by e-mail"))
    enter_code(me, email)
    me.press(me.t("Continue"))


def answer(me: Visitor, name: str, value: Any) -> None:
    """One question, by whatever field it has."""
    for each in value if isinstance(value, list) else [value]:
        field = me.page.locator(f"main [name='{name}']")
        text = str(each).lower() if isinstance(each, bool) else each
        if field.first.get_attribute("type") in ("radio", "checkbox"):
            field.and_(me.page.locator(f"[value='{text}']")).check()
        else:
            me.words.add(text)
            field.fill(text)


def go_on(me: Visitor) -> None:
    me.press(me.t("Save and continue"))


def fill_details(me: Visitor, course: Course) -> None:
    if me.page.locator("[name=routing]").count():
        answer(me, "routing", "charge")
        go_on(me)
    answer(me, "incident_at", HAPPENED)
    answer(me, "discovered_at", "2026-03-09T18:00")
    if me.page.locator("[name=account][required]").count():
        answer(me, "account", "13812340000")
    if course.amount:
        answer(me, "amount", course.amount)
    if course.order:
        answer(me, "issuer", "other")
        answer(me, "order_numbers", course.order)
    go_on(me)


def fill_facts(me: Visitor, course: Course) -> None:
    for name, value in course.facts.items():
        answer(me, f"facts.{name}", value)
    if course.chosen_lane:
        answer(me, "lane", course.chosen_lane)
    if me.page.locator("[name^='facts.']").count():
        go_on(me)


def fill_story(me: Visitor, course: Course) -> None:
    answer(me, "statement.symptom", SYMPTOM[me.language])
    answer(me, "demands", course.demand)
    go_on(me)


def file(me: Visitor, course: Course) -> Ticket:
    fill_details(me, course)
    fill_facts(me, course)
    fill_story(me, course)
    me.sees(SYMPTOM[me.language])
    me.press(me.t("File the complaint"))
    ticket = Ticket.objects.get()
    me.sees(ticket.ref)
    return ticket


def form_of(me: Visitor, piece: EvidencePiece) -> Locator:
    slot = me.page.locator(f"#slot-{piece.slot or piece.kind}")
    form = slot.locator(f"form[action$='/evidence/{piece.kind}/']")
    if not form.is_visible():
        slot.locator("details.add-evidence > summary").click()
    return form


def bring(me: Visitor, ticket: Ticket, piece: EvidencePiece, folder: Path, number: int) -> None:
    """Add one piece through the page; files go by themselves, or at the button where something is typed beside them."""
    form = form_of(me, piece)
    before = ticket.evidence.count()
    for name, value in piece.typed.items():
        me.words.add(value)
        form.locator(f"[name={name}]").first.fill(value)
    if piece.sensitive:
        form.locator("[name=consent]").check()
    button = form.get_by_role("button", name=me.t("Add it"))
    if not piece.file:
        me.go(button)
    else:
        name = f"{piece.kind}-{number}"
        picture = photo(folder / f"{name}.jpg", name, number) if number % 2 else screenshot(folder / f"{name}.png", name, number)
        form.locator("input[type=file]").first.set_input_files(picture)
        if not me.javascript:
            me.go(button)
        elif button.is_visible():
            button.click()
    expect(me.page.locator(f"#slot-{piece.slot or piece.kind} .item")).not_to_have_count(0)
    expect(me.page.locator(".sending")).to_have_count(0)
    assert ticket.evidence.count() == before + 1, piece.kind


def bring_all(me: Visitor, ticket: Ticket, course: Course, folder: Path) -> None:
    for number, piece in enumerate(course.pieces):
        bring(me, ticket, piece, folder, number)


def submit(me: Visitor) -> None:
    me.page.reload()
    me.press(me.word(ACTION["submit_appeal"]))


def normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
