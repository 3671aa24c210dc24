"""Who asks: a program with a bearer token, or a person with a session. Nobody: 401, never 403."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from knox.models import get_digest_token
from knox.settings import CONSTANTS
from rest_framework.exceptions import AuthenticationFailed

from accounts.models import User
from accounts.scopes import SCOPES
from api.models import Token

YEAR = timedelta(days=365)
USE_NOTED_EVERY = timedelta(minutes=10)


class BearerAuthentication(TokenAuthentication):
    """Authorization: Bearer <token>. One query; written is only that it was used, once in a while. An expired token waits for the purge."""

    def authenticate_header(self, request: object) -> str:
        return "Bearer"

    def authenticate_credentials(self, token: bytes) -> tuple[User, Token]:
        try:
            digest = hash_token(token.decode())
        except UnicodeDecodeError as error:
            raise AuthenticationFailed from error
        found = Token.objects.select_related("user").filter(digest=digest).first()
        now = timezone.now()
        if found is None or (found.expiry is not None and found.expiry <= now) or found.is_waiting or not found.user.is_active:
            raise AuthenticationFailed
        if found.last_used_at is None or found.last_used_at <= now - USE_NOTED_EVERY:
            Token.objects.filter(pk=found.pk).update(last_used_at=now)
        found.user.fresh_proof = found.is_freshly_proven
        found.user.token_scopes = frozenset(found.scopes)
        return found.user, found


def make_token(user: User, name: str, scopes: Iterable[str], expires_at: datetime | None = None) -> tuple[Token, str]:
    """A new token and its text, which is returned here and never again. Without `expires_at` it lives a year.

    For our own commands: who asks for one by a door does so through api.tokens.
    """
    digest, text = get_digest_token()
    token = Token.objects.create(
        digest=digest,
        token_key=text[: CONSTANTS.TOKEN_KEY_LENGTH],
        user=user,
        expiry=expires_at or timezone.now() + YEAR,
        name=name,
        scopes=[scope for scope in SCOPES if scope in scopes],
        last4=text[-4:],
    )
    return token, text


class BearerScheme(OpenApiAuthenticationExtension):
    """How the schema names it."""

    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
