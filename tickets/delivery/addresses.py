"""An address on a channel as somebody types it: checked, and kept encrypted."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Phone, User
from accounts.roles import is_staff_member
from tickets.delivery.channels.base import Channel, Owners
from tickets.delivery.channels.registry import CHANNELS
from tickets.models import ChannelAddress


def check_address(channel_key: str, owner: User | None, typed: str) -> str:
    """The address as it is kept; `owner` is None for a group. Raises ValidationError, in words."""
    channel = CHANNELS.get(channel_key)
    if channel is None or not channel.is_on() or not _may_have(channel, owner):
        raise ValidationError(_("This channel is not for a person.") if owner else _("This channel is not for a group."), code="channel")
    if not channel.is_typed:
        _check_own_number(owner)
        return channel.clean_address("")
    if not typed.strip():
        raise ValidationError(_("Enter the address."), code="required")
    return channel.clean_address(typed)


def _may_have(channel: Channel, owner: User | None) -> bool:
    if owner is None:
        return Owners.GROUP in channel.owners
    return Owners.PERSON in channel.owners and (channel.customers or is_staff_member(owner))


def _check_own_number(owner: User | None) -> None:
    if not Phone.objects.filter(user=owner).exists():
        raise ValidationError(_("There is no proven mobile number yet."), code="no_number")


def shown_address(row: ChannelAddress) -> str:
    """Enough to tell one from another, and no more."""
    channel: Channel | None = CHANNELS.get(row.channel)
    if channel is None:
        return ""
    address = channel.resolve(row)
    return channel.describe(address) if address else ""
