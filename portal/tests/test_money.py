"""Amounts as customers and colleagues read them."""

from decimal import Decimal

import pytest

from desk.shell import formatting
from lib.money import money

AMOUNTS = {"1280": "¥1,280.00", "-120": "-¥120.00", "0.5": "¥0.50"}


@pytest.mark.parametrize(("amount", "shown"), AMOUNTS.items())
def test_the_sign_stands_before_the_currency(amount, shown):
    assert money(amount) == shown
    assert formatting.money(Decimal(amount)) == shown


def test_another_currency_is_named():
    assert money("-3", "USD") == "-3.00 USD"
    assert formatting.money(Decimal("-3"), "USD") == "USD -3.00"


def test_what_is_no_number_stays_as_it_is():
    assert money("about ten") == "about ten"
