"""Scenario S01: what the people in it type, and everybody around the one complaint, each at their own browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core import mail
from django.core.management import call_command

import tickets.tests
from accounts.models import User
from browser.conftest import DESK, Visit, sign_in_by_code, sign_in_by_password
from browser.visitor import CHINESE, ENGLISH, Visitor
from tickets.models import Ticket
from tickets.words import NOTICE

DATA = Path(tickets.tests.__file__).parent / "data" / "scenarios.json"
S01 = next(each for each in json.loads(DATA.read_text())["scenarios"] if each["id"] == "S01")
EMAIL = "li@example.com"
ACCOUNT = "douyin:13812340000"
TYPED = {
    "zh-hans": {
        "symptom": "手机收到月付充值成功的通知，但我本人没有进行任何操作，特此投诉并要求全额退款。",
        "reply": "您好，已收到您的投诉，正在核实充值渠道的流水，请先准备凭证。",
        "explanation": "经核实，该笔充值并非您本人操作，全额退回原支付账户。",
        "answer": "同意退款，原路退回。",
        "bank": "招商银行 1234",
        "number_too_long": "招商银行 622580******1234",
        "note": "已电话核实本人，安全步骤均已完成。",
        "purpose": "核对申诉人身份",
    },
    "en": {
        "symptom": "My phone told me of a top-up on monthly billing that I never made. I want all of the money back.",
        "reply": "We have your complaint and compare it with the channel's records. Please get your evidence ready.",
        "explanation": "The top-up was not made by you. The whole amount goes back to the account it came from.",
        "answer": "Agreed: refunded to the account it was paid from.",
        "bank": "ICBC 1234",
        "number_too_long": "ICBC 622580******1234",
        "note": "Called back and made sure it is the owner; all safety steps are done.",
        "purpose": "To compare the applicant with the document",
    },
}  # fmt: skip


def at(action: str) -> str:
    return next(event["at"] for event in S01["events"] if event["action"] == action)


class Story:
    """Everybody around one complaint, each at their own browser."""

    def __init__(self, visit: Visit, clock: Callable[[str], datetime], language: str, folder: Path) -> None:
        self.visit, self.clock, self.language, self.folder = visit, clock, language, folder
        self.typed = TYPED[language]
        self.customer = visit(language)
        self.staff: dict[str, Visitor] = {}
        self.ref = ""

    # ---- Time and what the database says
    def now(self, moment: str) -> None:
        self.clock(moment)
        call_command("tick")

    @property
    def ticket(self) -> Ticket:
        return Ticket.objects.get(ref=self.ref)

    def check_status(self, action: str) -> None:
        """As the scenario has it after this action."""
        wanted = next(each for each in S01["expect"]["statuses"] if each["at"] == at(action))
        ticket = self.ticket
        assert (ticket.status, ticket.stage) == (wanted["status"], wanted["stage"])
        assert ticket.close_reason == wanted.get("close_reason")

    def check_timer(self, wanted: dict[str, Any]) -> None:
        timer = self.ticket.timers.get(key=wanted["timer"])
        for name in ("started_at", "due_at", "stopped_at"):
            if name in wanted:
                assert getattr(timer, name) == datetime.fromisoformat(wanted[name]), (timer.key, name)
        assert timer.state(datetime.fromisoformat(at("confirm_resolution"))) == wanted["outcome"], timer.key
        assert [datetime.fromisoformat(each) for _level, each in timer.warn_at] == [
            datetime.fromisoformat(each) for each in wanted["warn_at"]
        ], timer.key

    # ---- Pages
    def colleague(self, user: User) -> Visitor:
        """At a desk, signed in: the first time by the login page, half of them by password."""
        if user.email not in self.staff:
            self.staff[user.email] = visitor = self.visit(self.language, DESK)
            if len(self.staff) % 2:
                sign_in_by_code(visitor, user)
            else:
                sign_in_by_password(visitor, user)
        return self.staff[user.email]

    def at_desk(self, user: User) -> Visitor:
        """On the ticket's page at the desk, come there through the queue."""
        visitor = self.colleague(user)
        visitor.open("/desk/")
        visitor.follow(self.ref)
        return visitor

    def my_complaint(self) -> Visitor:
        self.customer.open(f"/tickets/{self.ref}/")
        return self.customer

    def check_letter(self, kind: str) -> None:
        """The newest e-mail to the customer: what it is about, in their language, with the reference and a deep link."""
        letter = [each for each in mail.outbox if EMAIL in each.to][-1]
        assert letter.subject == f"{self.customer.word(NOTICE[kind][0])} · {self.ref}"
        assert f"/tickets/{self.ref}/" in str(letter.body)
        left_over = (ENGLISH if self.language == "zh-hans" else CHINESE).search(str(letter.body))
        assert not left_over, left_over[0]


def act(visitor: Visitor, action: str, fill: Callable[[Any], None] | None = None, status: int = 200) -> None:
    """Do one action of the desk's ticket page."""
    form = visitor.page.locator(f"#act-{action}")
    if not form.is_visible():
        visitor.page.locator(f"details:has(#act-{action}) > summary").click()
    if fill:
        fill(form)
    visitor.go(form.get_by_role("button"), status)
