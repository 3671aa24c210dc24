"""Where one wants to be told besides one's letters: addresses on channels, for members of the desk, each for oneself."""

from __future__ import annotations

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import is_staff_member
from tickets.delivery.addresses import check_address
from tickets.delivery.channels.base import SendOutcome
from tickets.delivery.deliveries import send_test
from tickets.models import ChannelAddress
from tickets.workflow.errors import Forbidden, Invalid, NotFound

MOST = 10
MOST_CHARACTERS = 1000
# A text message costs money, and somebody's server is not ours to knock at.
SECONDS_BETWEEN_TESTS = 20


def own_addresses(actor: User) -> QuerySet[ChannelAddress]:
    return ChannelAddress.objects.filter(user=actor).order_by("pk")


def add_address(actor: User, channel: str, typed: str) -> ChannelAddress:
    """Raises Forbidden for whoever is not of the desk, Invalid."""
    if not is_staff_member(actor):
        raise Forbidden
    address = _clean_address(actor, channel, typed)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=actor.pk)  # of two at once the second counts the first one's
        mine = list(own_addresses(actor))
        if len(mine) >= MOST:
            raise _too_much()
        if any(other.channel == channel and other.address == address for other in mine):
            raise Invalid({"address": [_("You have this address already.")]})
        row = ChannelAddress(channel=channel, user=actor, created_at=timezone.now())
        row.seal(address)
        row.save()
    return row


def _clean_address(actor: User, channel: str, typed: str) -> str:
    if len(typed) > MOST_CHARACTERS:
        raise _too_much()
    try:
        return check_address(channel, actor, typed)
    except ValidationError as error:
        raise Invalid({"channel" if error.code == "channel" else "address": error.messages}) from error


def _too_much() -> Invalid:
    return Invalid({"address": [_("At most %(most)s addresses of %(length)s characters.") % {"most": MOST, "length": MOST_CHARACTERS}]})


def remove_address(actor: User, pk: int) -> None:
    """With what was sent there. Raises NotFound."""
    if not own_addresses(actor).filter(pk=pk).delete()[0]:
        raise NotFound


def test_address(actor: User, pk: int) -> SendOutcome:
    """Send a message there now, outside any transaction. Raises NotFound, Invalid: a moment ago there was one."""
    row = own_addresses(actor).filter(pk=pk).select_related("user").first()
    if row is None:
        raise NotFound
    # Not of this row: whoever removes an address and adds it again would test without a pause.
    if not cache.add(f"channel-test-{actor.pk}-{row.channel}", True, SECONDS_BETWEEN_TESTS):
        raise Invalid({"address": [_("A test message was sent a moment ago. Wait a little.")]})
    return send_test(row)
