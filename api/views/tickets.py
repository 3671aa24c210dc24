"""Tickets: filed, found, read, corrected, acted upon."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from tickets.errors import NotFound
from tickets.operations import amend, file_ticket, perform
from tickets.querysets import TicketQuerySet
from tickets.workflow import ACTIONS

from api.bodies import body_of, expected_version
from api.filters import ORDERINGS, TicketFilter
from api.pagination import Keyset, Order
from api.reading import rows, seen_ticket, ticket_answer
from api.serializers.tickets import TicketRowSerializer
from api.throttles import Filing
from api.views.base import Door, PostingDoor


def filtered(request: Request, queryset: TicketQuerySet) -> TicketQuerySet:
    """Raises ValidationError naming each parameter that is wrong."""
    found = TicketFilter(request.query_params, queryset=queryset, request=request)
    if not found.is_valid():
        raise ValidationError(found.errors)
    return found.qs


def order_of(request: Request) -> Order:
    text = request.query_params.get("ordering") or "-created_at"
    if text not in ORDERINGS:
        raise ValidationError({"ordering": [_("Choose one of: %(choices)s.") % {"choices": ", ".join(ORDERINGS)}]})
    return Order.parse(text)


class Tickets(PostingDoor):
    """The list of tickets the caller may see; filing."""

    def get_throttles(self) -> list[Any]:
        return [*super().get_throttles(), Filing()]

    def get(self, request: Request) -> Response:
        pages = Keyset()
        page = pages.paginate(filtered(request, rows(request.user)), request, order_of(request))
        context = {"viewer": request.user, "now": timezone.now()}
        return pages.answer(TicketRowSerializer(page, many=True, context=context).data)

    def act(self, request: Request, **kwargs: Any) -> Response:
        ticket = file_ticket(request.user, body_of(request))
        return ticket_answer(request, ticket.ref, 201, Location=reverse("api:ticket", args=[ticket.ref]))


class TicketCount(Door):
    """How many tickets the same filters would list."""

    def get(self, request: Request) -> Response:
        return Response({"count": filtered(request, rows(request.user).prefetch_related(None)).count()})


class TicketByRef(Door):
    """One ticket."""

    def get(self, request: Request, ref: str) -> Response:
        return ticket_answer(request, ref)

    def patch(self, request: Request, ref: str) -> Response:
        amend(request.user, ref, body_of(request), expected_version=expected_version(request))
        return ticket_answer(request, ref)


class TicketAction(PostingDoor):
    """One action of the table, by its name."""

    def act(self, request: Request, **kwargs: Any) -> Response:
        ref, action = kwargs["ref"], kwargs["action"]
        if action not in ACTIONS:
            seen_ticket(request.user, ref)
            raise NotFound
        perform(request.user, ref, action, body_of(request), expected_version=expected_version(request))
        return ticket_answer(request, ref)


