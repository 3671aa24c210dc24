"""Tickets: filed, found, read, corrected, acted upon."""

from __future__ import annotations

from copy import copy
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from accounts.reads import count_read
from api.bodies import body_of, expected_version
from api.filters import ORDERINGS, TicketFilter
from api.pagination import Keyset, Order
from api.permissions import caller
from api.reading import rows, ticket_answer, visible_ticket
from api.schema import AMENDMENT_BODY, FILING_BODY, IF_MATCH, INSTANT, MERGE_BODY, ONCE, PAGING, SPLIT_BODY, TEXT, page_of, query, several
from api.serializers.tickets import MergePreviewSerializer, TicketRowSerializer, TicketSerializer
from api.throttles import Filing
from api.views.base import Endpoint, IdempotentEndpoint, once
from tickets.models.querysets import TicketQuerySet
from tickets.operations import amend, file_ticket, look_at_all, perform, preview_merge, split_ticket
from tickets.workflow import ACTIONS, NotFound, Stage, Status
from tickets.workflow.vocabulary import LANES, WAITING_ON

FILTERS = [
    *(
        several(name, {"type": "string", "enum": list(known)})
        for name, known in (("status", Status), ("stage", Stage), ("waiting_on", WAITING_ON), ("lane", LANES))
    ),
    several("category", TEXT),
    query("assignee", {"type": "string"}, "E-mail address, `me` or `none`."),
    query("breached", {"type": "boolean"}, "A deadline of the operator was missed, whether or not it was made good since."),
    query("unanswered", {"type": "boolean"}, "The customer has written and no person has answered; closed tickets too."),
    query("overdue", {"type": "boolean"}, "A deadline of the operator is missed and not stopped: `due_at` lies behind."),
    *(query(name, INSTANT) for name in ("due_before", "due_after", "created_after", "created_before", "updated_after")),
    query("external_id", TEXT, "The platform's own number of the case."),
    query("respondent", {"type": "string"}, "A key of the register, or a name."),
    query("q", {"type": "string"}, "Reference, order number, name or words."),
]
ORDERING = query("ordering", {"type": "string", "enum": list(ORDERINGS)})


def filter_tickets(request: Request, queryset: TicketQuerySet) -> TicketQuerySet:
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


@extend_schema_view(post=extend_schema(request={"application/json": FILING_BODY}, parameters=ONCE, responses={201: TicketSerializer}))
class Tickets(IdempotentEndpoint):
    """The list of tickets the caller may see; filing."""

    scopes = {"GET": "tickets:read", "POST": "tickets:file"}
    queries = (*FILTERS, ORDERING, *PAGING)

    def get_throttles(self) -> list[BaseThrottle]:
        return [*super().get_throttles(), Filing()]

    @extend_schema(operation_id="tickets", responses=page_of(TicketRowSerializer))
    def get(self, request: Request) -> Response:
        pages = Keyset()
        page = pages.paginate(filter_tickets(request, rows(caller(request))), request, order_of(request))
        now = timezone.now()
        shown = [copy(ticket) for ticket in page]  # the cursors follow the rows as they are kept
        look_at_all(shown, now)
        context = {"viewer": caller(request), "now": now}
        return pages.answer(TicketRowSerializer(shown, many=True, context=context).data)

    def act(self, request: Request, **kwargs: Any) -> Response:
        ticket = file_ticket(caller(request), body_of(request), door="api")
        return ticket_answer(request, ticket.ref, 201, Location=reverse("api:ticket", args=[ticket.ref]))


class TicketCount(Endpoint):
    """How many tickets the same filters would list."""

    scopes = {"GET": "tickets:read"}
    queries = FILTERS

    @extend_schema(responses=inline_serializer("Count", {"count": serializers.IntegerField()}))
    def get(self, request: Request) -> Response:
        count = filter_tickets(request, rows(caller(request)).prefetch_related(None)).count()
        count_read(count)
        return Response({"count": count})


class TicketByRef(Endpoint):
    """One ticket."""

    scopes = {"GET": "tickets:read", "PATCH": "tickets:write"}

    @extend_schema(operation_id="ticket", responses=TicketSerializer)
    def get(self, request: Request, ref: str) -> Response:
        return ticket_answer(request, ref)

    @extend_schema(request={"application/json": AMENDMENT_BODY}, parameters=[*ONCE, *IF_MATCH], responses=TicketSerializer)
    @once
    def patch(self, request: Request, ref: str) -> Response:
        ticket = amend(caller(request), ref, body_of(request), expected_version=expected_version(request))
        return ticket_answer(request, ticket.ref)


@extend_schema_view(post=extend_schema(request=None, parameters=[*ONCE, *IF_MATCH], responses=TicketSerializer))
class TicketAction(IdempotentEndpoint):
    """One action of the table, by its name."""

    def scope_of(self, request: Request) -> str:
        action = ACTIONS.get(self.kwargs["action"])
        return action.scope if action else "tickets:act"

    def act(self, request: Request, **kwargs: Any) -> Response:
        ref, action = kwargs["ref"], kwargs["action"]
        if action not in ACTIONS:
            visible_ticket(caller(request), ref)
            raise NotFound
        ticket = perform(caller(request), ref, action, body_of(request), expected_version=expected_version(request))
        return ticket_answer(request, ticket.ref)


@extend_schema_view(post=extend_schema(request={"application/json": SPLIT_BODY}, parameters=ONCE, responses=TicketSerializer))
class TicketSplit(IdempotentEndpoint):
    """A new ticket split off this one, with the times of this one; the answer is the new one."""

    scopes = {"POST": "tickets:act"}

    def act(self, request: Request, **kwargs: object) -> Response:
        fresh = split_ticket(caller(request), str(kwargs["ref"]), body_of(request))
        return ticket_answer(request, fresh.ref)


@extend_schema_view(post=extend_schema(request={"application/json": MERGE_BODY}, parameters=ONCE, responses=MergePreviewSerializer))
class MergePreview(IdempotentEndpoint):
    """What joining this ticket with another would do. Nothing is done."""

    scopes = {"POST": "tickets:act"}

    def act(self, request: Request, **kwargs: object) -> Response:
        return Response(MergePreviewSerializer(preview_merge(caller(request), str(kwargs["ref"]), body_of(request))).data)
