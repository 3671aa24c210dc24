"""Phone numbers as people type them."""

import pytest
from django.core.exceptions import ValidationError

from accounts.phone_numbers import international, looks_like_one, mask_number


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 138 0013 8000",
        "8613800138000",
        "0086 13800138000",
        "＋８６ １３８００１３８０００",
        "１３８　００１３　８０００",
        "(86) 138\u20110013\u20118000\u200b",
    ],
)
def test_a_chinese_mobile_is_one_number_however_it_is_written(typed: str) -> None:
    assert international(typed) == "+8613800138000"


def test_others_need_their_country() -> None:
    assert international("+44 (7400) 123-456") == "+447400123456"


@pytest.mark.parametrize(
    "typed", ["", "7400123456", "12800138000", "+86 10 1234", "138001380001", "+0123456789", "1380013800😀", "+44٧٤٠٠١٢"]
)
def test_what_is_no_mobile_number_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        international(typed)


def test_an_address_is_no_number() -> None:
    assert looks_like_one("138 0013 8000")
    assert not looks_like_one("13800138000@139.com")
    assert not looks_like_one("mei")


def test_shown_as_its_owner_knows_it() -> None:
    assert mask_number("+8613800138000") == "+86138****8000"
