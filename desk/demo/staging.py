"""Playing the stories: each step by its operation, at its own time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import User
from desk.demo import pictures
from desk.demo.crowd import make_crowd
from evidence.intake import upload
from evidence.operations import review
from evidence.periodic import inspect_waiting
from lib.types import Context, Record
from lib.zones import DEFAULT_ZONE
from tickets.models import Ticket
from tickets.operations import amend, file_ticket, perform, post_message, rate, start_draft, tag

TYPED_FIELDS = {"bank_card_masked": "招商银行 6789"}
SCREENS: Mapping[str, tuple[pictures.Words, str]] = {
    "transaction_screenshot": (("交易详情", "Transaction"), "#0d7a4f"),
    "billing_detail_screenshot": (("账单详情", "Bill details"), "#0a64b4"),
    "withdrawal_screenshot": (("提现记录", "Withdrawal"), "#6b4fbb"),
    "restriction_screenshot": (("提现受限", "Restricted"), "#b8202f"),
    "freeze_notice_screenshot": (("账户冻结通知", "Account frozen"), "#b8202f"),
    "price_page_screenshot": (("商品价格", "Price"), "#0a64b4"),
    "failure_prompt": (("支付失败", "Payment failed"), "#b8202f"),
    "payment_voucher": (("支付凭证", "Payment voucher"), "#0d7a4f"),
    "cs_conversation": (("客服会话", "Customer service"), "#45525f"),
    "pos_record": (("POS 签购单", "POS record"), "#45525f"),
    "bank_statement_screenshot": (("银行流水", "Bank statement"), "#7d4700"),
    "account_binding_proof": (("账户绑定", "Linked account"), "#0d4f6c"),
    "account_info": (("账户信息", "Account"), "#0d4f6c"),
}
CARDS: Mapping[str, pictures.Words] = {
    "id_card_front": ("居民身份证（人像面）", "Identity card, front"),
    "id_card_back": ("居民身份证（国徽面）", "Identity card, back"),
}


@dataclass(frozen=True)
class Ago:
    """A moment, in hours before the demo is made; negative: still to come."""

    hours: float


@dataclass(frozen=True)
class Douyin:
    """An order number of a month-pay order: its date, then seven digits."""

    hours: float
    tail: str


@dataclass(frozen=True)
class Step:
    """What `who` does, `hours` ago. `action`: an action, or message, note, amend, tag, rate, evidence, accept, reject_item."""

    hours: float
    who: str
    action: str
    raw: Record


@dataclass(frozen=True)
class Story:
    """One complaint: who files it when, what is said, which papers come in, what follows."""

    owner: str
    hours: float
    body: Record
    steps: tuple[Step, ...] = ()
    papers: tuple[str, ...] = ()
    filer: str = ""
    is_draft: bool = False


@contextmanager
def moment(at: datetime) -> Iterator[datetime]:
    """Inside it is `at`: operations read the time from django.utils.timezone and nowhere else."""
    real = timezone.now
    timezone.now = lambda: at
    try:
        yield at
    finally:
        timezone.now = real


class Stage:
    """The people of the demo, and the time at which it is made."""

    def __init__(self, people: Mapping[str, User], now: datetime) -> None:
        self.people = {email.partition("@")[0]: user for email, user in people.items()} | make_crowd()
        self.now = now
        self.papers = 0

    def play(self, story: Story) -> Ticket:
        """Raises Refusal when the story does not fit the rules."""
        owner = self.people[story.owner]
        with moment(self.at(story.hours)):
            body = self._resolve_value(story.body)
            make = start_draft if story.is_draft else file_ticket
            ticket = make(self.people[story.filer or story.owner], body)
            for kind in story.papers:
                self._paper(owner, ticket.ref, kind, body)
        self._inspect(story.hours - 0.01)
        for step in story.steps:
            self._step(replace(step, raw=self._resolve_value(step.raw)), ticket.ref, body)
        return ticket

    def at(self, hours: float) -> datetime:
        return self.now - timedelta(hours=hours)

    def full_hour(self, hours: float) -> str:
        """As people promise and plan."""
        return self.at(hours).replace(minute=0, second=0, microsecond=0).isoformat()

    def _resolve_value(self, value: object) -> Any:
        """Moments and dated numbers of a story as an operation takes them."""
        if isinstance(value, Ago):
            return self.at(value.hours).isoformat()
        if isinstance(value, Douyin):
            return f"{self.at(value.hours).astimezone(ZoneInfo(DEFAULT_ZONE)):%Y%m%d}{value.tail}"
        if isinstance(value, Mapping):
            return {name: self._resolve_value(each) for name, each in value.items()}
        return [self._resolve_value(each) for each in value] if isinstance(value, list | tuple) else value

    def _step(self, step: Step, ref: str, body: Record) -> None:
        actor = self.people[step.who]
        with moment(self.at(step.hours)):
            if step.action in ("message", "note"):
                visibility = {"visibility": "internal"} if step.action == "note" else {}
                post_message(actor, ref, {**step.raw, **visibility})
            elif step.action == "amend":
                amend(actor, ref, step.raw)
            elif step.action == "evidence":
                self._paper(actor, ref, step.raw["kind"], {**body, **step.raw})
            elif step.action == "tag":
                tag(actor, ref, step.raw["names"])
            elif step.action == "rate":
                rate(actor, ref, step.raw)
            elif step.action in ("accept", "reject_item"):
                self._judge(actor, ref, step)
            else:
                perform(actor, ref, step.action, step.raw)
        if step.action == "evidence":
            self._inspect(step.hours - 0.01)

    def _judge(self, actor: User, ref: str, step: Step) -> None:
        """The latest item of a kind."""
        ticket = Ticket.objects.get(ref=ref)
        item = ticket.evidence.filter(kind=step.raw["kind"]).latest("pk")
        verdict = "accepted" if step.action == "accept" else "rejected"
        review(actor, item.pk, verdict, step.raw.get("reason", ""))

    def _inspect(self, hours: float) -> None:
        with moment(self.at(hours)) as at:
            inspect_waiting(at)

    # ---- Papers
    def _paper(self, owner: User, ref: str, kind: str, body: Record) -> None:
        self.papers += 1
        raw: dict[str, object] = {"kind": kind}
        if kind in TYPED_FIELDS or body.get("text"):
            upload(owner, ref, {**raw, "text": body.get("text") or TYPED_FIELDS[kind]})
            return
        if kind in CARDS:
            upload(owner, ref, {**raw, "consent": True}, ContentFile(self._card(kind), name="card.png"))
            return
        if kind == "payment_voucher":
            raw |= self._voucher(body)
        upload(owner, ref, raw, ContentFile(self._screen(kind, body), name=f"{kind}.png"))

    def _voucher(self, body: Record) -> Context:
        """Each a number of its own: two vouchers of one charge are one."""
        paid = body.get("incident_at") or self.at(48).isoformat()
        return {"order_no": f"42000024{self.papers:020d}", "amount": body.get("amount", "1.00"), "paid_at": paid}

    def _screen(self, kind: str, body: Record) -> bytes:
        title, colour = SCREENS[kind]
        orders = body.get("order_numbers") or [{"number": "–"}]
        lines = [
            (("订单号", "Order"), str(orders[0]["number"])[-22:]),
            (("时间", "Time"), str(body.get("incident_at") or self.at(30).isoformat())[:16].replace("T", " ")),
            (("收款方", "Payee"), "DEMO PAY"),
            (("状态", "State"), "OK" if kind != "failure_prompt" else "ERR-5021"),
        ]
        goods = str(orders[0]["number"]) + kind if body.get("order_numbers") else str(self.papers)
        return pictures.screen(title, f"¥{body.get('amount', '0.00')}", lines, colour, self.papers, goods)

    def _card(self, kind: str) -> bytes:
        lines = [("姓名 演示", "Name DEMO"), ("号码 000000********0000", "No. 000000********0000"), ("仅供演示", "For the demo only")]
        return pictures.card(CARDS[kind], lines, self.papers)
