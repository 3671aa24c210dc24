"""One's own addresses: counted under a lock, and tested no faster than once in a while, whatever row they stand in."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from accounts.roles import Role
from tickets.models import ChannelAddress
from tickets.staffing.own_addresses import MOST, add_address, own_addresses, remove_address
from tickets.staffing.own_addresses import test_address as try_address
from tickets.tests.cast import person
from tickets.tests.chatroom import ADDRESSES, address_of
from tickets.workflow.errors import Invalid

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tickets.tests.addresses")]


def test_removing_an_address_and_adding_it_again_does_not_shorten_the_pause(chat, zhou) -> None:
    row = add_address(zhou, "wecom", ADDRESSES["wecom"])
    assert try_address(zhou, row.pk).error == ""
    remove_address(zhou, row.pk)
    with pytest.raises(Invalid):
        try_address(zhou, add_address(zhou, "wecom", ADDRESSES["wecom"]).pk)
    assert len(chat.calls) == 1
    other = add_address(zhou, "feishu", ADDRESSES["feishu"])
    assert try_address(zhou, other.pk).error == "", "another channel has a pause of its own"


def test_an_address_stands_once_and_there_are_not_too_many(zhou) -> None:
    for number in range(MOST):
        add_address(zhou, "webhook", f"https://example.com/{number}")
        with pytest.raises(Invalid):
            add_address(zhou, "webhook", f"https://example.com/{number}")
    with pytest.raises(Invalid):
        add_address(zhou, "webhook", "https://example.com/more")
    assert own_addresses(zhou).count() == MOST


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_added_at_once_no_more_are_kept_than_of_as_many_in_turn(monkeypatch) -> None:
    zhou = person("zhou@example.com", Role.FREEZE_OPERATOR)
    for number in range(MOST - 1):
        address_of("webhook", f"https://example.com/{number}", user=zhou)
    start = threading.Barrier(6)

    def add(number: int) -> None:
        try:
            start.wait()
            add_address(zhou, "webhook", f"https://example.com/at-once-{number}")
        except Invalid:
            pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=add, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ChannelAddress.objects.filter(user=zhou).count() == MOST
