"""What was said, what happened and what is due on one ticket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from accounts.reads import count_read
from api.bodies import body_of
from api.pagination import Keyset, Order
from api.permissions import caller
from api.reading import read_case, visible_ticket
from api.schema import MESSAGE_BODY, ONCE, PAGING, TEXT, page_of, query, several
from api.serializers.history import EventOfAllSerializer, EventSerializer, MessageSerializer, with_attachments
from api.serializers.timers import ExplainedTimerSerializer, oldest_first, timers_context
from api.views.base import Endpoint, IdempotentEndpoint
from evidence.intake import say
from tickets.cases.timers import shown_timers
from tickets.models import Event, Message, Ticket
from tickets.models.querysets import HistoryQuerySet
from tickets.operations.conversation import ATTACHMENTS
from tickets.references import as_reference
from tickets.workflow import ACTIONS, EVENTS, Invalid, clean_fields

KINDS = {**EVENTS, **ACTIONS}
EVENTS_PAGE = inline_serializer(
    "EventOfAllPage",
    {
        "next": serializers.URLField(),
        "previous": serializers.URLField(allow_null=True),
        "cursor": serializers.CharField(),
        "has_more": serializers.BooleanField(),
        "results": EventOfAllSerializer(many=True),
    },
)


@extend_schema_view(post=extend_schema(request={"application/json": MESSAGE_BODY}, parameters=ONCE, responses={201: MessageSerializer}))
class Messages(IdempotentEndpoint):
    """Messages of a ticket, the oldest first."""

    scopes = {"GET": "tickets:read", "POST": "messages:write"}
    queries = PAGING

    @extend_schema(operation_id="messages", responses=page_of(MessageSerializer))
    def get(self, request: Request, ref: str) -> Response:
        ticket = visible_ticket(caller(request), ref)
        messages = Message.objects.of(ticket, caller(request)).select_related("author")
        pages = Keyset(100)
        page = pages.paginate(messages, request, Order("created_at"))
        return pages.answer(with_attachments(list(page), caller(request)))

    def act(self, request: Request, **kwargs: Any) -> Response:
        ref, raw = kwargs["ref"], body_of(request)
        files: list[int] = []
        visible_ticket(caller(request), ref)
        if isinstance(raw, Mapping) and ATTACHMENTS.name in raw:
            files = clean_fields((ATTACHMENTS,), {ATTACHMENTS.name: raw[ATTACHMENTS.name]})[ATTACHMENTS.name] or []
            raw = {name: value for name, value in raw.items() if name != ATTACHMENTS.name}
        message = say(caller(request), ref, raw, files)
        return Response(with_attachments([message], caller(request))[0], status=201)


class Events(Endpoint):
    """The history of a ticket, in its order."""

    scopes = {"GET": "tickets:read"}
    queries = PAGING

    @extend_schema(operation_id="events", responses=page_of(EventSerializer))
    def get(self, request: Request, ref: str) -> Response:
        ticket = visible_ticket(caller(request), ref)
        happened = Event.objects.of(ticket, caller(request)).select_related("actor")
        pages = Keyset(100)
        page = pages.paginate(happened, request, Order("seq"))
        return pages.answer(EventSerializer(page, many=True).data)


class AllEvents(Endpoint):
    """What happened on every ticket the caller may see, in one order, the oldest first: what a receiver of webhooks missed is here.

    `next` goes on from the last line, at the end too: ask it again later. `has_more` says whether that is worth it now.
    """

    scopes = {"GET": "events:read"}
    queries = (
        query("after", TEXT, "`cursor` of an earlier answer; from the beginning without it."),
        several("kind", {"type": "string", "enum": list(KINDS)}),
        query("ref", TEXT, "Of this ticket alone."),
        PAGING[1],
    )

    @extend_schema(operation_id="all_events", responses=EVENTS_PAGE)
    def get(self, request: Request) -> Response:
        after, size = _after(request), Keyset(100).size(request)
        happened = _narrow(request, Event.objects.seen_by(caller(request))).filter(pk__gt=after)
        happened = happened.filter(pk__lte=Event.objects.settled_until(timezone.now()))
        found = list(happened.select_related("actor", "ticket").order_by("pk")[: size + 1])
        count_read(len(found[:size]))
        cursor = str(found[:size][-1].pk if found else after)
        return Response(
            {
                "next": replace_query_param(request.build_absolute_uri(), "after", cursor),
                "previous": None,
                "cursor": cursor,
                "has_more": len(found) > size,
                "results": EventOfAllSerializer(found[:size], many=True).data,
            }
        )


def _after(request: Request) -> int:
    text = request.query_params.get("after") or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Invalid({"after": [_("Give the cursor of an earlier answer, or leave it out.")]})
    return int(text)


def _narrow(request: Request, happened: HistoryQuerySet) -> HistoryQuerySet:
    """Raises Invalid."""
    kinds = [kind for said in request.query_params.getlist("kind") for kind in said.split(",")]
    if wrong := set(kinds) - KINDS.keys():
        raise Invalid({"kind": [_("There is no such kind: %(names)s.") % {"names": ", ".join(sorted(wrong))[:200]}]})
    if ref := request.query_params.get("ref"):
        ticket = Ticket.objects.visible_to(caller(request)).filter(ref=as_reference(ref)).first()
        if ticket is None:
            raise Invalid({"ref": [_("There is no such complaint, or it is not yours to see.")]})
        happened = happened.filter(ticket=ticket)
    return happened.filter(kind__in=kinds) if kinds else happened


class Timers(Endpoint):
    """Every deadline of a ticket, stopped ones too, the oldest first, each with the sentence that explains it."""

    scopes = {"GET": "tickets:read"}

    @extend_schema(operation_id="timers", responses=ExplainedTimerSerializer(many=True))
    def get(self, request: Request, ref: str) -> Response:
        case = read_case(caller(request), ref)
        shown = ExplainedTimerSerializer(oldest_first(shown_timers(case)), many=True, context=timers_context(case))
        return Response(shown.data)
