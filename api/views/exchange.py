"""The platform lets a customer of its own in: its signed word for a short-lived token, and an address that opens a page signed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.entry_links import is_own_path, make_entry_link
from accounts.platform_people import person_of, take_once
from accounts.platform_tokens import Assertion, AssertionRefused, read_assertion
from accounts.scopes import FOR_CUSTOMERS
from api.authentication import make_token
from api.bodies import body_of
from api.models import Token
from api.permissions import SignedIn, caller
from api.problems import problem
from api.schema import ONCE, PAYMENT_BODY, shape_of
from api.schema_hooks import OF_THIS_DOOR
from api.serializers.fields import Instant
from api.views.base import IdempotentEndpoint
from tickets.operations.binding import bind_contact
from tickets.operations.payments_handed_over import clean_payment, seal_payment
from tickets.workflow import Input, Invalid, clean_fields

BODY = (Input("token", "as_said", required=True, limit=8000), Input("next", limit=300))
FOLLOWING = "/tickets/"
ASKED = shape_of(BODY, {"payment": PAYMENT_BODY})


class MachineOnly(SignedIn):
    """A service account, by a token that names this scope: no wide one brings it along."""

    def has_permission(self, request: Request, view: object) -> bool:
        return super().has_permission(request, view) and caller(request).is_service


class ExchangeSerializer(serializers.Serializer):
    token = serializers.CharField(allow_null=True, help_text="The customer's, shown once: null when an answer is given again.")
    expires_at = Instant()
    scopes = serializers.ListField(child=serializers.CharField())
    entry_url = serializers.CharField(allow_null=True, help_text="Opens a page signed in, once. Shown once as well.")
    entry_until = Instant()
    external_id = serializers.CharField(help_text="The token's `sub`: `external:<id>` is this person from now on.")


@extend_schema_view(post=extend_schema(request={"application/json": ASKED}, parameters=ONCE, responses={201: ExchangeSerializer}))
class Exchange(IdempotentEndpoint):
    """A JWT of the platform (RS256, ES256; `iss`, `aud`, `sub`, `exp` within five minutes, `jti` once; it may say `phone`, `email`, `name`
    and `locale`). With `payment`, the page that opens begins a complaint about it, and asks nothing that is said there."""

    scopes = {"POST": "auth:exchange"}
    permission_classes = [MachineOnly]
    secret_fields = ("token", "entry_url")

    def prepare(self, request: Request, **kwargs: Any) -> AbstractContextManager[Callable[[], Response]]:
        """The platform's server may be asked for its keys: no lock of ours waits for that."""
        said = dict(body_of(request))
        payment = said.pop("payment", None)
        body = clean_fields(BODY, said)
        following = body["next"] or (FOLLOWING if payment is None else reverse("portal:file"))
        if not is_own_path(following):
            raise Invalid({"next": [_("Name a page of this desk, such as /tickets/.")]})
        if payment is not None:
            clean_payment(payment)
        try:
            return nullcontext(partial(_exchange, request, read_assertion(body["token"]), following, payment))
        except AssertionRefused as refused:
            return nullcontext(partial(_refuse, refused))


def _refuse(refused: AssertionRefused) -> Response:
    return problem(OF_THIS_DOOR[refused.code], refused.code, claims=list(refused.claims))


def _exchange(request: Request, assertion: Assertion, following: str, payment: Mapping[str, object] | None) -> Response:
    try:
        return Response(_let_in(request, assertion, following, payment), status=201)
    except AssertionRefused as refused:
        return _refuse(refused)


def _let_in(request: Request, assertion: Assertion, following: str, payment: Mapping[str, object] | None) -> dict[str, object]:
    """All of it or nothing. Raises AssertionRefused."""
    with transaction.atomic():
        take_once(assertion)
        person = person_of(assertion, request._request)
        bind_contact(f"external:{assertion.subject}")
        token, secret = make_token(person, _("From the platform"), FOR_CUSTOMERS, timezone.now() + settings.PLATFORM_TOKEN_LASTS)
        Token.objects.filter(pk=token.pk).update(handed_by=caller(request))
        if payment is not None:
            following += f"{'&' if '?' in following else '?'}{urlencode({'payment': seal_payment(person, payment)})}"
        address, link = make_entry_link(person, following)
    shown = {"token": secret, "expires_at": token.expiry, "scopes": token.scopes}
    return ExchangeSerializer({**shown, "entry_url": address, "entry_until": link.until, "external_id": assertion.subject}).data
