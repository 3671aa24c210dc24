"""Whom a complaint is about: said by key, by name or before the account; never refused, and known where it matters."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from tickets.models import Respondent, Ticket
from tickets.operations import amend, perform
from tickets.operations.filing import file_ticket
from tickets.policy.playbooks import playbooks
from tickets.policy.respondents import account_warning
from tickets.policy.seeding import seed_register
from tickets.tests.making import filing
from tickets.tests.telling import refused
from tickets.workflow import Refusal
from tickets.workflow.vocabulary import DEMANDS, HOLDS_THE_MONEY, MEETS, REMEDIES, demands_met

pytestmark = pytest.mark.django_db


def about(mei, category: str = "mp_topup_stolen", **said: object) -> Ticket:
    return file_ticket(mei, filing(category, **said))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"respondent": "alipay"}, "alipay"),
        ({"respondent": "支付宝"}, "alipay"),
        ({"respondent": "ALIPAY"}, "alipay"),
        ({"respondent": "XX卡盟"}, "XX卡盟"),
        ({"account": "douyin:13800000000"}, "douyin"),
        ({"account": "微信支付:mei_lin88"}, "wechat"),
        ({"account": "somewhere:13800000000"}, "somewhere"),
        ({"account": "13800000000"}, ""),
        ({"account": "douyin:13800000000", "respondent": "alipay"}, "alipay"),
        ({}, ""),
    ],
)
def test_it_is_named_by_key_by_name_or_before_the_account(mei, said, kept) -> None:
    assert about(mei, **said).respondent == kept


def test_a_freeze_names_it_too(mei) -> None:
    ticket = about(mei)
    perform(mei, ticket.ref, "request_freeze", {"account": "wechat:mei_lin88"})
    assert Ticket.objects.get(ref=ticket.ref).respondent == "wechat"


def test_it_can_be_corrected_until_the_appeal_is_in(mei) -> None:
    ticket = about(mei, respondent="alipay")
    assert amend(mei, ticket.ref, {"respondent": "wechat"}).respondent == "wechat"
    assert amend(mei, ticket.ref, {"facts": {"third_party_topup": True}}).respondent == "wechat"


# ---- The account, where nobody can help without
@pytest.mark.parametrize("category", sorted(HOLDS_THE_MONEY))
def test_no_appeal_is_in_without_the_account_of_who_holds_the_money(mei, lin, category) -> None:
    """Filed without it, as a caller may; submitted by nobody, until somebody says it."""
    facts = {"requested_at": "2026-01-01T10:00:00+08:00", "withdrawal_status": "failed"} if category == "withdrawal_anomaly" else {}
    ticket = file_ticket(mei, filing(category, account="", facts=facts))
    for person in (mei, lin):
        gaps = {block.code: block.extra for block in refused("MISSING_EVIDENCE", person, ticket.ref, "submit_appeal").blocked_by}
        assert gaps["STATEMENT_INCOMPLETE"] == {"missing": ["account"]}
    amend(lin, ticket.ref, {"account": "douyin:13800000000"})
    assert [block.code for block in refused("MISSING_EVIDENCE", mei, ticket.ref, "submit_appeal").blocked_by] == ["MISSING_EVIDENCE"]


def test_others_are_taken_without_an_account(mei) -> None:
    ticket = file_ticket(mei, filing("billing_duplicate"))
    assert [block.code for block in refused("MISSING_EVIDENCE", mei, ticket.ref, "submit_appeal").blocked_by] == ["MISSING_EVIDENCE"]


def test_the_account_of_a_freeze_is_known(mei) -> None:
    ticket = file_ticket(mei, filing("card_cover_frozen", account=""))
    perform(mei, ticket.ref, "request_freeze", {"account": "douyin:13800000000", "not_me": True})
    assert [block.code for block in refused("MISSING_EVIDENCE", mei, ticket.ref, "submit_appeal").blocked_by] == ["MISSING_EVIDENCE"]


# ---- 12363
def blocks(mei, ticket: Ticket) -> list[str]:
    try:
        perform(mei, ticket.ref, "escalate", {"target": "pboc_12363"})
    except Refusal as refusal:
        return [block.code for block in refusal.blocked_by]
    return []


@pytest.mark.parametrize("category", ["mp_topup_stolen", "billing_duplicate", "pay_failed_deducted"])
def test_12363_is_offered_wherever_the_respondent_is_a_payment_institution(mei, category) -> None:
    facts = {"deducted_at": "2026-03-01T10:00:00+08:00", "channel_status": "success", "platform_status": "failed"}
    more = {"facts": facts} if category == "pay_failed_deducted" else {}
    assert blocks(mei, about(mei, category, **more, respondent="XX卡盟"))[0] == "TARGET_NOT_OFFERED"
    assert "TARGET_NOT_OFFERED" not in blocks(mei, about(mei, category, **more, respondent="alipay"))


def test_12363_takes_whoever_holds_the_money_without_a_question(mei) -> None:
    assert "TARGET_NOT_OFFERED" not in blocks(mei, about(mei, "withdrawal_restricted"))
    old = about(mei, "withdrawal_restricted")
    Ticket.objects.filter(pk=old.pk).update(policy_id="2026.1")
    assert "TARGET_NOT_OFFERED" not in blocks(mei, old)


def test_nobody_is_asked_whether_the_payee_is_a_payment_institution(client, mei) -> None:
    client.force_login(mei)
    ticket = about(mei, "billing_duplicate")
    page = client.get(reverse("portal:statement", args=[ticket.ref])).content.decode()
    assert "facts.times_charged" in page and "payee_is_payment_institution" not in page
    assert 'value="alipay"' in page and 'name="account"' in page


# ---- The register
def test_what_nobody_has_checked_is_not_shown(client, admin_person) -> None:
    register = Respondent.objects.get(key="wechat")
    assert register.self_freeze_zh and register.shown_self_freeze == ""
    client.force_login(admin_person)
    address = reverse("admin:tickets_respondent_changelist")
    client.post(address, {"action": "mark_verified", "_selected_action": [register.pk]})
    register.refresh_from_db()
    assert register.shown_self_freeze == "", "without a source nothing is verified"
    Respondent.objects.filter(pk=register.pk).update(source="https://weixin110.qq.com/")
    client.post(address, {"action": "mark_verified", "_selected_action": [register.pk]})
    register.refresh_from_db()
    assert register.shown_self_freeze == register.self_freeze_zh and register.verified_by == admin_person


def test_an_account_that_looks_wrong_is_asked_about_and_kept(mei) -> None:
    assert account_warning("alipay", "mei@example.com") == account_warning("alipay", "alipay:13800000000") == ""
    assert account_warning("alipay", "x") == Respondent.objects.get(key="alipay").account_label
    assert account_warning("XX卡盟", "x") == ""


def test_seeding_puts_back_what_is_missing_and_keeps_what_is_there() -> None:
    Respondent.objects.filter(key="wechat").update(verified_at=timezone.now(), name_en="Weixin")
    Respondent.objects.filter(key="alipay").delete()
    seed_register()
    assert Respondent.objects.filter(key="alipay").exists()
    assert Respondent.objects.get(key="wechat").name_en == "Weixin"


@pytest.mark.django_db(transaction=True)
def test_after_a_flush_the_register_is_there_again() -> None:
    call_command("flush", interactive=False, verbosity=0)
    call_command("seed_policy", verbosity=0)
    assert Respondent.objects.filter(is_ours=True).exists()


# ---- What can be asked for
def test_every_demand_has_remedies_that_meet_it_and_every_remedy_a_demand() -> None:
    assert set(MEETS) == set(DEMANDS) and all(MEETS.values())
    assert frozenset().union(*(met for demand, met in MEETS.items() if demand != "investigate")) == REMEDIES - {"explain", "security_reset"}


def test_pages_offer_what_the_category_can_give() -> None:
    offered = {key: playbook.offered_demands for key, playbook in playbooks("2026.2").items()}
    assert offered["billing_duplicate"] == ("refund", "investigate")
    assert offered["card_cover_frozen"] == ("investigate", "unfreeze")
    assert offered["withdrawal_restricted"] == ("investigate", "unfreeze", "restore_limit")
    assert offered["card_cover_balance"] == ("refund", "investigate", "statement", "restore_limit")
    assert demands_met(()) == ("investigate",)


def test_a_program_may_ask_for_more_and_the_page_keeps_it(client, mei) -> None:
    ticket = about(mei, "billing_duplicate", demands=["refund", "compensation"])
    assert ticket.demands == ["refund", "compensation"]
    client.force_login(mei)
    page = client.get(reverse("portal:statement", args=[ticket.ref])).content.decode()
    assert 'value="compensation"' in page and 'value="unfreeze"' not in page
