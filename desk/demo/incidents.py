"""Two faults that many report in the demo: one confirmed, on the home page and with news for all; one that waits for a person."""

from __future__ import annotations

from desk.demo.crowd import PAYERS, SAVERS
from desk.demo.staging import Ago, Stage, Story, moment
from tickets import incidents
from tickets.incidents.detection import suggest_incidents
from tickets.incidents.notices import send_incident_notices
from tickets.models import Incident, Ticket

TITLES = {"title_zh": "支付宝付款失败但已扣款", "title_en": "Alipay payments fail after the money is taken", "banner": True}
NEWS = {
    "body_zh": "支付公司从今天起出现故障，已与对方一起处理。扣款会原路退回，您无需重复付款或再次投诉。",
    "body_en": "The payment channel has a fault and we are mending it together. The money goes back the way it came: "
    "you need neither pay again nor file again.",
}
PAID = (
    ("128.00", "付款时页面一直转圈，最后说失败，可是支付宝已经扣款了。"),
    ("59.90", "外卖没有下单成功，钱却扣了，请尽快退回。"),
    ("320.00", "缴费显示支付失败，支付宝账单里有这一笔。"),
    ("18.80", "扣款成功但是订单不存在，连着试了两次都这样。"),
    ("76.50", "付款失败，余额已经少了，商家说没有收到。"),
    ("45.00", "地铁充值失败，钱已经扣掉，卡里没有到账。"),
)
WITHDRAWN = (
    ("500.00", "提现两小时了还没有到账，以前都是几分钟。"),
    ("1200.00", "钱包余额扣掉了，银行卡没有收到钱。"),
    ("88.00", "提现一直显示处理中，朋友那边也是这样。"),
    ("2000.00", "提现到建设银行没有到账，急用钱，请核实。"),
    ("260.00", "提现失败但是余额没有退回来。"),
)


def make_incidents(stage: Stage) -> list[Ticket]:
    """The complaints. Mei is among those whose payment failed, so that a customer's side can be seen too."""
    payers = ("mei", *PAYERS)
    made = [stage.play(_payment(who, 3.4 - 0.12 * place, *PAID[place])) for place, who in enumerate(payers)]
    with moment(stage.at(2.6)) as at:
        suggest_incidents(at)
    _confirm(stage)
    made += [stage.play(_withdrawal(who, 0.9 - 0.15 * place, *WITHDRAWN[place])) for place, who in enumerate(SAVERS)]
    with moment(stage.at(0.2)) as at:
        suggest_incidents(at)
    return made


def _confirm(stage: Stage) -> None:
    """By the supervisor, with a promise that holds until tomorrow."""
    leader, incident = stage.people["zhao"], Incident.objects.get(state=Incident.State.SUGGESTED)
    with moment(stage.at(2.4)):
        incidents.open_incident(leader, incident.ref, TITLES)
    with moment(stage.at(2.3)) as at:
        incidents.announce(leader, incident.ref, {**NEWS, "eta_at": stage.full_hour(-20)})
        send_incident_notices(at)


def _payment(who: str, hours: float, amount: str, symptom: str) -> Story:
    facts = {"deducted_at": Ago(hours + 0.2), "channel_status": "success", "platform_status": "pending", "pay_method": "alipay"}
    return _complaint(who, hours, "pay_failed_deducted", amount, symptom, facts)


def _withdrawal(who: str, hours: float, amount: str, symptom: str) -> Story:
    facts = {"requested_at": Ago(hours + 2), "withdrawal_status": "processing", "money_left_wallet": True}
    return _complaint(who, hours, "withdrawal_anomaly", amount, symptom, facts)


def _complaint(who: str, hours: float, category: str, amount: str, symptom: str, facts: dict[str, object]) -> Story:
    told = {"amount": amount, "incident_at": Ago(hours + 0.2), "discovered_at": Ago(hours + 0.1), "demands": ("refund",)}
    statement = {"occurred_at": Ago(hours + 0.2), "amount": amount, "symptom": symptom}
    return Story(who, hours, {"category": category, **told, "statement": statement, "facts": facts})
