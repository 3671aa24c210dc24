"""Tokens of programs: made and ended by their owner in a session, shown once; and the proof that it is their owner who acts."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.attempt_counter import register_attempt
from accounts.codes import plain_code
from accounts.phone_numbers import mask_number
from accounts.reauthentication import LASTS, WORKS, ask_in_session, code_in_session, prove_session, send_fresh_code
from accounts.trusted_contacts import proving_address, proving_number
from api.bodies import body_of
from api.models import Token
from api.permissions import SessionOnly, caller
from api.schema import EMPTY, ONCE, page_of, shape_of
from api.serializers.fields import Codes, Instant
from api.tokens import BODY, ask_for_token, end_token
from api.views.base import Endpoint, IdempotentEndpoint
from tickets.workflow import Input, Invalid, clean_fields

PROOF_BODY = (Input("code", limit=40),)


class TokenSerializer(serializers.Serializer):
    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    scopes = Codes()
    last4 = serializers.CharField()
    created_at = Instant(source="created")
    expires_at = Instant(source="expiry", allow_null=True)
    last_used_at = Instant(allow_null=True, help_text="To some minutes.")
    waiting_for_approval = serializers.BooleanField(source="is_waiting", help_text="Of an admin: until then it opens nothing.")


class NewTokenSerializer(TokenSerializer):
    token = serializers.CharField(allow_null=True, help_text="Shown once: null when an answer is given again.")


@extend_schema_view(post=extend_schema(request={"application/json": shape_of(BODY)}, parameters=ONCE, responses={201: NewTokenSerializer}))
class Tokens(IdempotentEndpoint):
    """The caller's tokens. One is made only by whoever has freshly proven to be their owner; a colleague's waits for an admin."""

    permission_classes = [SessionOnly]
    secret_fields = ("token",)

    @extend_schema(operation_id="tokens", responses=page_of(TokenSerializer))
    def get(self, request: Request) -> Response:
        """All of them on one page: a person has a handful."""
        own = TokenSerializer(Token.objects.filter(user=caller(request)), many=True).data
        return Response({"next": None, "previous": None, "results": own})

    def act(self, request: Request, **kwargs: Any) -> Response:
        token, text = ask_for_token(caller(request), body_of(request))
        return Response({**TokenSerializer(token).data, "token": text}, status=201)


class TokenByID(Endpoint):
    """One token."""

    permission_classes = [SessionOnly]

    @extend_schema(responses={204: EMPTY})
    def delete(self, request: Request, token_id: UUID) -> Response:
        """It stops working at once."""
        end_token(caller(request), token_id)
        return Response(status=204)


# ---- A fresh proof
class ProofSerializer(serializers.Serializer):
    sent_to = serializers.CharField(allow_null=True, help_text="Where the code went, masked.")
    proven_until = Instant(allow_null=True)


@extend_schema_view(post=extend_schema(request={"application/json": shape_of(PROOF_BODY)}, parameters=ONCE, responses=ProofSerializer))
class Proof(IdempotentEndpoint):
    """Empty body: a code is sent. `{"code"}`: whoever holds this session or token is its owner, for some minutes. The same key again sends
    no second code and proves nothing anew."""

    scopes = {"POST": "any"}

    def prepare(self, request: Request, **kwargs: Any) -> AbstractContextManager[Callable[[], Response]]:
        """A code goes out before the transaction of the answer."""
        typed = plain_code(clean_fields(PROOF_BODY, body_of(request))["code"] or "")
        if typed:
            return nullcontext(partial(_answer_of_code, request, typed))
        if not _ask(request):
            raise Throttled(wait=WORKS.total_seconds())
        number, address = proving_number(caller(request)), proving_address(caller(request))
        where = mask_number(number) if number else _mask(address)
        sent = ProofSerializer({"sent_to": where, "proven_until": None}).data
        return nullcontext(partial(Response, sent))


def _answer_of_code(request: Request, typed: str) -> Response:
    until = _prove(request, typed)
    if until is None:
        raise Invalid({"code": [_("This is not the code we sent, or it does not work any more. Send an empty body for another one.")]})
    return Response(ProofSerializer({"sent_to": None, "proven_until": until}).data)


def _ask(request: Request) -> bool:
    if not isinstance(request.auth, Token):
        return ask_in_session(request._request, caller(request))
    code = send_fresh_code(request._request, caller(request))
    if code:
        Token.objects.filter(pk=request.auth.pk).update(proof_digest=_digest(request.auth, code), proof_asked_at=timezone.now())
    return bool(code)


def _prove(request: Request, typed: str) -> datetime | None:
    """Until when; None for a wrong code. Three guesses, whoever comes at once."""
    if not isinstance(request.auth, Token):
        expected = code_in_session(request._request)
        return prove_session(request._request) if expected and hmac.compare_digest(expected, typed) else None
    token, now = request.auth, timezone.now()
    works = token.proof_digest and token.proof_asked_at and token.proof_asked_at > now - WORKS
    if not works or not register_attempt(token.proof_digest) or not hmac.compare_digest(token.proof_digest, _digest(token, typed)):
        return None
    Token.objects.filter(pk=token.pk).update(proof_digest="", proven_until=now + LASTS)
    return now + LASTS


def _digest(token: Token, code: str) -> str:
    return salted_hmac("api.proof", f"{token.pk} {code}").hexdigest()


def _mask(address: str) -> str:
    name, _at, host = address.partition("@")
    return f"{name[:1]}***@{host}"
