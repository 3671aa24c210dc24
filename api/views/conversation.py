"""What was said, what happened and what is due on one ticket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import body_of
from api.pagination import Keyset, Order
from api.permissions import caller
from api.reading import read_case, visible_ticket
from api.schema import MESSAGE_BODY, ONCE, PAGING, page_of
from api.serializers.history import EventSerializer, MessageSerializer, with_attachments
from api.serializers.timers import ExplainedTimerSerializer, oldest_first, timers_context
from api.views.base import Endpoint, IdempotentEndpoint
from evidence.intake import say
from tickets.cases.timers import shown_timers
from tickets.models import Event, Message
from tickets.operations.conversation import ATTACHMENTS
from tickets.workflow import clean_fields


@extend_schema_view(post=extend_schema(request={"application/json": MESSAGE_BODY}, parameters=ONCE, responses={201: MessageSerializer}))
class Messages(IdempotentEndpoint):
    """Messages of a ticket, the oldest first."""

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

    queries = PAGING

    @extend_schema(operation_id="events", responses=page_of(EventSerializer))
    def get(self, request: Request, ref: str) -> Response:
        ticket = visible_ticket(caller(request), ref)
        happened = Event.objects.of(ticket, caller(request)).select_related("actor")
        pages = Keyset(100)
        page = pages.paginate(happened, request, Order("seq"))
        return pages.answer(EventSerializer(page, many=True).data)


class Timers(Endpoint):
    """Every deadline of a ticket, stopped ones too, the oldest first, each with the sentence that explains it."""

    @extend_schema(operation_id="timers", responses=ExplainedTimerSerializer(many=True))
    def get(self, request: Request, ref: str) -> Response:
        case = read_case(caller(request), ref)
        shown = ExplainedTimerSerializer(oldest_first(shown_timers(case)), many=True, context=timers_context(case))
        return Response(shown.data)
