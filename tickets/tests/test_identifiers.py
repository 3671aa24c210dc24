"""What a list shows of an account must not be the account."""

import pytest

from tickets.workflow.identifiers import account_digest, masked_account


@pytest.mark.parametrize(
    ("account", "shown"),
    [
        ("douyin:13800001111", "douyin:138****1111"),
        ("微信：13800001111", "微信:138****1111"),
        ("13800001111", "138****1111"),
        ("WeChat:ab", "WeChat:a***"),
        ("mei77", "m****77"),
    ],
)
def test_a_platform_and_a_few_characters_are_shown(account, shown):
    assert masked_account(account) == shown


@pytest.mark.parametrize(
    "account",
    [
        "13800001111:x",
        "13800001111:",
        "mei.li@example.com:douyin",
        "<img src=x onerror=alert(1)>:x",
        "douyin:13800001111:x",
        "a" * 21 + ":x",
    ],
)
def test_what_stands_before_a_colon_is_masked_unless_it_is_a_plain_word(account):
    shown = masked_account(account)
    assert "****" in shown
    assert len(shown) <= 11
    assert "13800001111" not in shown


def test_a_mask_changes_nothing_in_how_accounts_are_compared():
    assert account_digest("13800001111:x") != account_digest("13800001111:y")
    assert account_digest("Ｄouyin: 138") == account_digest("douyin:138")
