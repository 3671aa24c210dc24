"""Texts cost money: some countries only, a budget a day; when it gets scarce, proven numbers come before strangers', freezes before all."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Phone, TextMessage
from accounts.sms import forget_old
from lib.duties.models import Failure

pytestmark = pytest.mark.django_db
LOGIN, CODE = "/accounts/login/", "/accounts/login/code/confirm/"
MEIS = "+8613800138000"
FREEZE = {"account": "douyin:13800001111", "category": "billing_unauthorized", "not_me": "on"}


@pytest.fixture(autouse=True)
def texts(settings, mei):
    settings.SMS_GATEWAY_URL, settings.ACCOUNT_LOGIN_METHODS = "file:", {"email", "phone"}
    settings.SMS_PER_DAY = 10
    Phone.objects.create(user=mei, number=MEIS, verified_at=timezone.now())


def asked(number: str, n: int = 0):
    return Client(REMOTE_ADDR=f"10.0.{n}.1").post(LOGIN, {"login": number, "by": "code"})


def at_freeze_door(number: str):
    return Client().post("/freeze/", {**FREEZE, "email": number})


def used(count: int, price: str = "0") -> None:
    now = timezone.now()
    TextMessage.objects.bulk_create(
        TextMessage(number=MEIS, state="sent", price=Decimal(price), created_at=now, next_at=now) for _each in range(count)
    )


def sent() -> int:
    return TextMessage.objects.exclude(state="failed", error="text_budget").count()


def test_a_country_that_is_not_named_gets_no_text(settings):
    answer = asked("+447400123456")
    assert "国家" in answer.text
    assert at_freeze_door("+447400123456").status_code == 400
    assert not TextMessage.objects.exists()
    settings.SMS_COUNTRIES = ["+86", "+44"]
    assert asked("+447400123456").url == CODE


@pytest.mark.parametrize(("before", "number", "goes"), [(4, "+8613900139000", 1), (5, "+8613900139000", 0), (7, MEIS, 1), (8, MEIS, 0)])
def test_strangers_use_up_a_half_and_proven_numbers_four_fifths(before, number, goes, caplog):
    used(before)
    asked(number)
    assert sent() == before + goes
    assert ("Text budget" in caplog.text) is (goes == 0)
    assert Failure.objects.filter(duty="text_budget").count() == 1 - goes, "the admins are told"
    forget_old(timezone.now() + timedelta(days=2))
    assert not Failure.objects.exists()


def test_the_rest_is_for_freezes(settings):
    used(8)
    assert "今天" in asked(MEIS).text
    assert at_freeze_door(MEIS).url.startswith(CODE)
    assert sent() == 9
    used(1)
    assert at_freeze_door(MEIS).url.startswith(CODE), "used up: the page is the same"
    assert sent() == 10
    assert TextMessage.objects.get(error="text_budget").state == "failed", "the admin sees it"


def test_a_ceiling_of_money(settings):
    settings.SMS_PER_DAY, settings.SMS_PRICE_PER_DAY, settings.SMS_PRICES = 0, Decimal("1.00"), {"+86": "0.05", "+8613": "0.10"}
    used(4, "0.10")
    asked("+8613900139000", 1)
    assert TextMessage.objects.order_by("-pk")[0].price == Decimal("0.10")
    asked("+8613900139001", 2)
    assert sent() == 5


def test_yesterdays_texts_are_paid(settings):
    used(10)
    TextMessage.objects.update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    assert asked(MEIS).url == CODE
