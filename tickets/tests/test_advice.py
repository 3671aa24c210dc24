"""Advice beside a complaint: of its category and cause, with source and date; what nobody has checked is shown to nobody."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tickets.models import Advice, Ticket
from tickets.operations.filing import file_ticket
from tickets.policy.playbooks import playbooks
from tickets.policy.seeding import seed_advice
from tickets.tests.making import filing
from tickets.workflow.vocabulary import PARTY_OF_CAUSE

pytestmark = pytest.mark.django_db
WITHDRAWAL = {"requested_at": "2026-03-01T10:00:00+08:00", "withdrawal_status": "failed"}


def page(client, ticket: Ticket, language: str = "en") -> str:
    return client.get(reverse("portal:ticket", args=[ticket.ref]), headers={"accept-language": language}).content.decode()


def test_what_ships_has_a_source_a_date_both_languages_and_a_category_that_exists() -> None:
    for each in Advice.objects.all():
        assert each.source and each.checked_on and each.title_zh and each.title_en and each.text_zh and each.text_en
        assert each.category in playbooks("2026.2")
    causes = set(Advice.objects.filter(category="withdrawal_anomaly").values_list("cause", flat=True))
    assert causes == set(PARTY_OF_CAUSE)


def test_who_names_a_public_number_or_the_law_names_the_authority_that_says_so() -> None:
    for each in Advice.objects.all():
        if re.search(r"\b(110|96110|12315|12363|12377)\b|无效|追认", each.text_zh):
            assert re.search("公安部|人民银行|市场监督管理|网信办|中华人民共和国", each.source), each.title_zh
    assert Advice.objects.filter(category="minor_topup").exists()


def test_a_withdrawal_is_told_of_its_own_cause(client, mei) -> None:
    client.force_login(mei)
    ticket = file_ticket(mei, filing("withdrawal_anomaly", facts={**WITHDRAWAL, "withdrawal_cause": "bank"}))
    assert ticket.responsible_parties == ["bank"]
    text = page(client, ticket)
    assert "Compare the card number" in text and "Wrong passwords" not in text
    assert "checked on" in text
    Advice.objects.filter(cause="bank").update(checked_on=None)
    assert "Compare the card number" not in page(client, ticket)


def test_theft_is_told_what_not_to_do_and_whom_to_call(client, mei) -> None:
    client.force_login(mei)
    ticket = file_ticket(mei, filing("scam_transfer"))
    text = page(client, ticket, "zh-hans")
    assert "96110" in text and "不要解绑" in text


def test_who_was_robbed_on_credit_is_told_whether_to_repay_meanwhile(client, mei) -> None:
    client.force_login(mei)
    text = page(client, file_ticket(mei, filing("mp_topup_stolen")), "zh-hans")
    assert "要不要先还款" in text and "第七条" in text


def test_what_was_deleted_stays_so() -> None:
    Advice.objects.exclude(category="scam_transfer").delete()
    before = Advice.objects.count()
    seed_advice()
    assert Advice.objects.count() == before
    Advice.objects.all().delete()
    seed_advice()
    assert Advice.objects.count() > before
