"""Text messages: to the phone that the person has proven, through the gateway that carries the codes."""

from __future__ import annotations

from accounts.models import Phone
from accounts.sms import call_gateway
from tickets.delivery.channels.base import ChannelMessage, SendOutcome
from tickets.models import ChannelAddress


class TextTransport:
    """The gateway's own time limit is shorter than ours."""

    def send(self, message: ChannelMessage, address: str, timeout: float) -> SendOutcome:
        return SendOutcome(call_gateway(message.key, address, message.text))


def proven_number(row: ChannelAddress) -> str:
    """Asked for at each sending: a number that was given up is not written to."""
    return Phone.objects.filter(user=row.user_id, user__is_active=True).values_list("number", flat=True).first() or ""


def no_address(typed: str) -> str:
    """Nothing is typed: the number is the person's own."""
    return ""
