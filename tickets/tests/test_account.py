"""The account to freeze: kept for that act, sealed, masked everywhere, and forgotten when no act needs it any more."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command

from lib.keyring import add_key, keyring
from lib.sealed_text import SealedTextBroken, open_text, seal_text
from tickets.models import Event, Freeze, Ticket
from tickets.operations import file_ticket, perform
from tickets.tests.making import filing
from tickets.workflow.errors import Invalid
from tickets.workflow.identifiers import account_columns, open_account

pytestmark = pytest.mark.django_db
ACCOUNT = "douyin:13812345678"


def frozen(owner) -> Ticket:
    return file_ticket(owner, filing(request_freeze=True, account=ACCOUNT))


def opened(row: Ticket | Freeze) -> str:
    row.refresh_from_db()
    return open_account(row.account_sealed, row.account_hmac)


def test_it_is_sealed_on_ticket_and_freeze_beside_mask_and_digest(clock, mei) -> None:
    ticket = frozen(mei)
    freeze = ticket.freezes.get()
    assert (opened(ticket), opened(freeze)) == (ACCOUNT, ACCOUNT)
    for row in (ticket, freeze):
        assert row.account_masked == "douyin:138****5678"
        assert "13812345678" not in row.account_sealed
    assert "13812345678" not in json.dumps(list(Event.objects.values("data")), default=str)


@pytest.mark.parametrize("account", ["2088123412341233", "支付宝:2088123412341233", "4111111111111111", "13812345678", "mei@example.com"])
def test_a_long_number_is_kept_as_it_was_typed(clock, mei, account: str) -> None:
    """One in ten would pass for a card number; masked, nobody could freeze it."""
    assert opened(file_ticket(mei, filing(request_freeze=True, account=account))) == account


def test_what_is_written_beside_it_is_masked_as_everywhere(clock, mei) -> None:
    ticket = file_ticket(mei, filing(request_freeze=True, account="13812345678 密码：abc12345"))
    assert "abc12345" not in opened(ticket)


def test_moved_to_another_row_it_does_not_open(clock, mei) -> None:
    one, other = account_columns("douyin:1"), account_columns("douyin:2")
    with pytest.raises(SealedTextBroken):
        open_account(one["account_sealed"], other["account_hmac"])
    with pytest.raises(SealedTextBroken):
        open_account(one["account_sealed"][:-4] + "AAA=", one["account_hmac"])
    with pytest.raises(SealedTextBroken):
        open_text(seal_text("x", "another purpose", one["account_hmac"]), "a purpose", one["account_hmac"])


def test_a_freeze_needs_an_account_and_nothing_else(clock, mei) -> None:
    ticket = file_ticket(mei, filing())
    with pytest.raises(Invalid) as refusal:
        perform(mei, ticket.ref, "request_freeze", {"not_me": True})
    assert set(refusal.value.errors) == {"account"}
    assert perform(mei, ticket.ref, "request_freeze", {"not_me": True, "account": ACCOUNT}).status == "freeze_pending"


def test_it_is_forgotten_thirty_days_after_closing(clock, mei, zhou) -> None:
    ticket = frozen(mei)
    perform(zhou, ticket.ref, "fail_freeze", {"reason": "渠道维护"})
    perform(mei, ticket.ref, "withdraw", {})
    clock("2026-04-09T20:51:59+08:00")
    call_command("tick", verbosity=0)
    assert opened(ticket) == ACCOUNT
    clock("2026-04-09T20:52:00+08:00")
    call_command("tick", verbosity=0)
    assert (opened(ticket), opened(ticket.freezes.get())) == ("", "")
    assert ticket.account_masked == "douyin:138****5678"
    assert Event.objects.filter(ticket=ticket, kind="account_forgotten").count() == 1


def test_a_live_freeze_keeps_it(clock, mei, zhou, adapter) -> None:
    ticket = frozen(mei)
    perform(zhou, ticket.ref, "confirm_freeze", {"reference": "F-1"})
    perform(mei, ticket.ref, "withdraw", {"keep_freeze": True})
    clock("2026-06-10T20:52:00+08:00")
    call_command("tick", verbosity=0)
    assert opened(ticket.freezes.get()) == ACCOUNT
    perform(adapter, ticket.ref, "lift_freeze", {"note": "已解冻"})
    call_command("tick", verbosity=0)
    assert opened(ticket.freezes.get()) == ""


def test_after_it_is_forgotten_a_freeze_asks_for_it_again(clock, mei, zhou, zhao) -> None:
    ticket = frozen(mei)
    perform(zhou, ticket.ref, "fail_freeze", {"reason": "渠道维护"})
    perform(mei, ticket.ref, "withdraw", {})
    clock("2026-04-09T10:00:00+08:00")
    perform(zhao, ticket.ref, "reopen", {"reason": "客户要求"})
    Ticket.objects.update(account_sealed="")
    with pytest.raises(Invalid):
        perform(mei, ticket.ref, "request_freeze", {"not_me": True})


def test_a_change_of_keys_seals_it_anew(clock, mei, settings, tmp_path) -> None:
    settings.EVIDENCE_KEY_FILE = tmp_path / "keys"
    ticket = frozen(mei)
    before = ticket.account_sealed
    new = add_key(tmp_path / "keys")
    call_command("rotate_keys", verbosity=0)
    assert (opened(ticket), opened(ticket.freezes.get())) == (ACCOUNT, ACCOUNT)
    assert ticket.account_sealed.startswith(f"{new}:")
    assert ticket.account_sealed != before
    assert keyring().current == new
