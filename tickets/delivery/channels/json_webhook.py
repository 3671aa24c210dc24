"""Any other chat or pager that takes JSON by a webhook: `text` as most of them read it, and the parts beside it."""

from __future__ import annotations

import json

from django.core.exceptions import ValidationError

from lib.outbound_http import address_problem, post
from tickets.delivery.channels.base import ChannelMessage, SendOutcome

HEADERS = {"Content-Type": "application/json", "User-Agent": "Supportdesk"}
GONE = 410


class JsonTransport:
    def send(self, message: ChannelMessage, address: str, timeout: float) -> SendOutcome:
        body = {
            "id": message.key,
            "text": message.text,
            "title": message.title,
            "kind": message.kind,
            "reference": message.reference,
            "due": message.due,
            "url": message.url,
            "urgent": message.urgent,
        }
        answer = post(address, json.dumps(body, ensure_ascii=False).encode(), HEADERS, timeout)
        return SendOutcome(answer.error, final=answer.unreachable or answer.status == GONE)


def clean_url(typed: str) -> str:
    """Raises ValidationError. Whether it leads inside is asked when it is called: names change."""
    address = typed.strip()
    if wrong := address_problem(address):
        raise ValidationError(wrong, code="invalid")
    return address
