"""Tokens of programs: made and revoked by their owner in a session. The text is shown once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.authentication import make_token
from api.bodies import body_of
from api.models import SCOPES, Token
from api.permissions import SessionOnly, caller
from api.schema import EMPTY, ONCE, page_of, shape_of
from api.serializers.fields import Codes, Instant
from api.views.base import Endpoint, IdempotentEndpoint
from tickets.workflow import Input, Invalid, NotFound, clean_fields

BODY = (Input("name", required=True, limit=80), Input("scopes", "names", choices=SCOPES), Input("expires_at", "instant"))


class TokenSerializer(serializers.Serializer):
    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    scopes = Codes()
    last4 = serializers.CharField()
    created_at = Instant(source="created")
    expires_at = Instant(source="expiry", allow_null=True)


class NewTokenSerializer(TokenSerializer):
    token = serializers.CharField(allow_null=True, help_text="Shown once: null when an answer is given again.")


@extend_schema_view(post=extend_schema(request={"application/json": shape_of(BODY)}, parameters=ONCE, responses={201: NewTokenSerializer}))
class Tokens(IdempotentEndpoint):
    """The caller's tokens."""

    permission_classes = [SessionOnly]
    secret_fields = ("token",)

    @extend_schema(operation_id="tokens", responses=page_of(TokenSerializer))
    def get(self, request: Request) -> Response:
        """All of them on one page: a person has a handful."""
        own = TokenSerializer(Token.objects.filter(user=caller(request)), many=True).data
        return Response({"next": None, "previous": None, "results": own})

    def act(self, request: Request, **kwargs: Any) -> Response:
        body = clean_fields(BODY, body_of(request))
        if body["expires_at"] is not None and body["expires_at"] <= timezone.now():
            raise Invalid({"expires_at": [_("Enter a time that is still to come.")]})
        token, text = make_token(caller(request), body["name"], body["scopes"] or SCOPES[:1], body["expires_at"])
        return Response({**TokenSerializer(token).data, "token": text}, status=201)


class TokenByID(Endpoint):
    """One token."""

    permission_classes = [SessionOnly]

    @extend_schema(responses={204: EMPTY})
    def delete(self, request: Request, token_id: UUID) -> Response:
        """It stops working at once."""
        if not Token.objects.filter(user=caller(request), public_id=token_id).delete()[0]:
            raise NotFound
        return Response(status=204)
