"""Webhooks: where other programs are told of what happens. For admins; the secret is shown once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.guarded import is_guarded, propose
from api.bodies import body_of
from api.models import Webhook, WebhookDelivery
from api.pagination import Keyset, Order
from api.permissions import AdminOnly, caller
from api.schema import EMPTY, ONCE, PAGING, page_of, shape_of
from api.serializers.fields import Codes, Instant
from api.views.base import Endpoint, IdempotentEndpoint, once
from api.webhooks.dispatching import replay
from api.webhooks.event_types import PING, TYPES
from api.webhooks.guarding import ON_AGAIN, OVERLAP, SECRET, WEBHOOK, delete_by_hand, next_secret_number, switch_off_by_hand
from api.webhooks.sending import send
from api.webhooks.signing import MOST_OVERLAP, rotate, secret_of
from lib.outbound_http import address_problem
from tickets.workflow.errors import Block, Invalid, NotFound, Refusal
from tickets.workflow.inputs import Input, clean_fields

BODY = (Input("url", required=True, limit=500), Input("types", "names", required=True, choices=TYPES), Input("active", "bool"))
ROTATION = (Input("overlap_hours", "int", required=True),)
REPLAY = (Input("since", "instant", required=True),)
REPLAYED_FOR = timedelta(days=30)
CHANGES = (Input("url", limit=500), Input("types", "names", choices=TYPES), Input("active", "bool"))


class WebhookSerializer(serializers.Serializer):
    """`active` goes off by itself when the receiver answers 410, or takes nothing for a day and a half."""

    id = serializers.UUIDField(source="public_id")
    url = serializers.CharField()
    types = Codes()
    active = serializers.BooleanField()
    created_at = Instant()
    last_success_at = Instant(allow_null=True)
    old_secret_until = Instant(allow_null=True, help_text="Until then calls are signed with the secret before as well.")


class ChangedWebhookSerializer(WebhookSerializer):
    proposal = serializers.IntegerField(allow_null=True, help_text="Number of the change that another admin has to agree to first.")


class NewWebhookSerializer(ChangedWebhookSerializer):
    secret = serializers.CharField(allow_null=True, help_text="Shown once: null when an answer is given again.")


class DeliverySerializer(serializers.Serializer):
    """`id` is the `webhook-id` of the call, without `msg_`."""

    id = serializers.UUIDField(source="public_id")
    type = serializers.CharField()
    state = serializers.ChoiceField(choices=WebhookDelivery.State.values)
    attempts = serializers.IntegerField()
    next_at = Instant(allow_null=True)
    status_code = serializers.IntegerField(allow_null=True)
    error = serializers.CharField()
    created_at = Instant()
    sent_at = Instant(allow_null=True)


@extend_schema_view(
    post=extend_schema(request={"application/json": shape_of(BODY)}, parameters=ONCE, responses={201: NewWebhookSerializer})
)
class Webhooks(IdempotentEndpoint):
    """Everybody who is told. On a desk in use a new one is off until another admin agrees to its `proposal`."""

    scopes = {"GET": "webhooks:read", "POST": "webhooks:write"}
    queries = PAGING
    permission_classes = [AdminOnly]
    secret_fields = ("secret",)

    @extend_schema(operation_id="webhooks", responses=page_of(WebhookSerializer))
    def get(self, request: Request) -> Response:
        pages = Keyset()
        page = pages.paginate(Webhook.objects.all(), request, Order.parse("-created_at"))
        return pages.answer(WebhookSerializer(page, many=True).data)

    def act(self, request: Request, **kwargs: Any) -> Response:
        body = clean_fields(BODY, body_of(request))
        _check_address(body["url"])
        active, waits = body["active"] is not False, is_guarded()
        made = Webhook(url=body["url"], types=body["types"], created_by=caller(request), created_at=timezone.now())
        made.active = active and not waits
        made.save(force_insert=True)
        proposal = _propose(request, made, {"url": made.url, "types": made.types, "active": True}) if active and waits else None
        return Response({**WebhookSerializer(made).data, "proposal": proposal, "secret": secret_of(made)}, status=201)


class WebhookByID(Endpoint):
    """One of them."""

    scopes = {"GET": "webhooks:read", "PATCH": "webhooks:write", "DELETE": "webhooks:write"}
    permission_classes = [AdminOnly]

    @extend_schema(operation_id="webhook", responses=WebhookSerializer)
    def get(self, request: Request, webhook_id: UUID) -> Response:
        return Response(WebhookSerializer(_webhook(webhook_id)).data)

    @extend_schema(
        request={"application/json": shape_of(CHANGES)}, parameters=ONCE,
        responses={200: ChangedWebhookSerializer, 202: ChangedWebhookSerializer},
    )  # fmt: skip
    @once
    def patch(self, request: Request, webhook_id: UUID) -> Response:
        """Switched off at once, and what waits is cancelled; it can still be sent again by hand.

        All else waits on a desk in use: 202, and the answer shows what stands until another admin agrees to its `proposal`.
        """
        hook = _webhook(webhook_id)
        said = {name: value for name, value in clean_fields(CHANGES, body_of(request)).items() if value is not None}
        if "url" in said:
            _check_address(said["url"])
        if said.get("active") is False:
            del said["active"]
            switch_off_by_hand(caller(request), hook)
        new = {name: value for name, value in said.items() if getattr(hook, name) != value}
        proposal = _propose(request, hook, new) if new and is_guarded() else None
        if proposal is None:
            Webhook.objects.filter(pk=hook.pk).update(**said, **(ON_AGAIN if said.get("active") else {}))
        return _answer_of(hook, proposal)

    @extend_schema(responses={204: EMPTY})
    def delete(self, request: Request, webhook_id: UUID) -> Response:
        """With its deliveries; what waits is not sent any more. The other admins are told."""
        delete_by_hand(caller(request), _webhook(webhook_id))
        return Response(status=204)


@extend_schema_view(
    post=extend_schema(
        request={"application/json": shape_of(ROTATION)}, parameters=ONCE, responses={200: NewWebhookSerializer, 202: NewWebhookSerializer}
    )
)
class WebhookRotate(IdempotentEndpoint):
    """Another secret, shown once. For `overlap_hours` both sign: `webhook-signature` holds two signatures.

    On a desk in use it signs from the moment when another admin agrees to the `proposal` (202).
    """

    scopes = {"POST": "webhooks:write"}
    permission_classes = [AdminOnly]
    secret_fields = ("secret",)

    def act(self, request: Request, **kwargs: Any) -> Response:
        hook = _webhook(kwargs["webhook_id"])
        hours = clean_fields(ROTATION, body_of(request))["overlap_hours"]
        if hours > MOST_OVERLAP:
            raise Invalid({"overlap_hours": [_("At most %(hours)s hours.") % {"hours": MOST_OVERLAP}]})
        number = next_secret_number(hook)
        proposal = _propose(request, hook, {SECRET: number, OVERLAP: hours}) if is_guarded() else None
        if proposal is None:
            rotate(hook, number, timezone.now(), timedelta(hours=hours))
        answer = _answer_of(hook, proposal)
        answer.data["secret"] = secret_of(hook, number)
        return answer


@extend_schema_view(
    post=extend_schema(
        request={"application/json": shape_of(REPLAY)}, parameters=ONCE,
        responses=inline_serializer("Replay", {"waiting": serializers.IntegerField(help_text="Calls that will be sent.")}),
    )
)  # fmt: skip
class WebhookReplay(IdempotentEndpoint):
    """What happened since then and was never taken is sent, under its own ids. What was taken is not sent again."""

    scopes = {"POST": "webhooks:write"}
    permission_classes = [AdminOnly]

    def act(self, request: Request, **kwargs: Any) -> Response:
        hook, now = _webhook(kwargs["webhook_id"]), timezone.now()
        since = clean_fields(REPLAY, body_of(request))["since"]
        if not now - REPLAYED_FOR <= since <= now:
            raise Invalid({"since": [_("Within the last %(days)s days.") % {"days": REPLAYED_FOR.days}]})
        if not hook.active:
            raise Invalid({"non_field_errors": [_("It is switched off. Switch it on first.")]})
        return Response({"waiting": replay(hook, since, now)})


class SendingEndpoint(IdempotentEndpoint):
    """Whose delivery is sent behind the transaction of the answer: a receiver that is slow must hold nothing."""

    scopes = {"POST": "webhooks:write"}
    permission_classes = [AdminOnly]

    def post(self, request: Request, **kwargs: Any) -> Response:
        answer = super().post(request, **kwargs)
        if answer.status_code < 300 and isinstance(answer.data, Mapping):  # an answer given again is text
            waiting = WebhookDelivery.objects.get(public_id=answer.data["id"])
            send(waiting.pk, timezone.now())
            waiting.refresh_from_db()
            answer.data = DeliverySerializer(waiting).data
        return answer


@extend_schema_view(post=extend_schema(request=None, parameters=ONCE, responses={201: DeliverySerializer}))
class WebhookPing(SendingEndpoint):
    """A call of type `ping`, at once, to see whether it arrives."""

    def act(self, request: Request, **kwargs: Any) -> Response:
        now = timezone.now()
        ping = WebhookDelivery.objects.create(webhook=_webhook(kwargs["webhook_id"]), type=PING, created_at=now, next_at=now)
        return Response(DeliverySerializer(ping).data, status=201)


class WebhookDeliveries(Endpoint):
    """Its calls of the last thirty days, newest first."""

    scopes = {"GET": "webhooks:read"}
    queries = PAGING
    permission_classes = [AdminOnly]

    @extend_schema(operation_id="webhook_deliveries", responses=page_of(DeliverySerializer))
    def get(self, request: Request, webhook_id: UUID) -> Response:
        pages = Keyset()
        page = pages.paginate(WebhookDelivery.objects.filter(webhook=_webhook(webhook_id)), request, Order.parse("-id"))
        return pages.answer(DeliverySerializer(page, many=True).data)


@extend_schema_view(post=extend_schema(request=None, parameters=ONCE, responses=DeliverySerializer))
class WebhookSendAgain(SendingEndpoint):
    """One call once more, under the same id, at once; its tries begin anew."""

    def act(self, request: Request, **kwargs: Any) -> Response:
        call = WebhookDelivery.objects.filter(webhook=_webhook(kwargs["webhook_id"]), public_id=kwargs["delivery_id"])
        if not call.update(state=WebhookDelivery.State.WAITING, attempts=0, next_at=timezone.now()):
            raise NotFound
        return Response(DeliverySerializer(call.get()).data)


def _webhook(webhook_id: UUID) -> Webhook:
    hook = Webhook.objects.filter(public_id=webhook_id).first()
    if hook is None:
        raise NotFound
    return hook


def _propose(request: Request, hook: Webhook, new: dict[str, object]) -> int:
    """The number of the proposal. Raises Refusal."""
    try:
        return propose(caller(request), WEBHOOK.key, hook, new).pk
    except ValidationError as error:
        if error.code == "factor":
            raise Refusal(Block("FRESH_FACTOR_REQUIRED")) from error
        raise Invalid({"non_field_errors": error.messages}) from error


def _answer_of(hook: Webhook, proposal: int | None) -> Response:
    """What stands; 202 while another admin has to agree."""
    told = {**WebhookSerializer(_webhook(hook.public_id)).data, "proposal": proposal}
    return Response(told, status=202 if proposal else 200)


def _check_address(url: str) -> None:
    if wrong := address_problem(url):
        raise Invalid({"url": [wrong]})
