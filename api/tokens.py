"""Tokens as people ask for them at any door: for a year at most, told to their owner, and of colleagues approved by an admin."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import STAFF_ROLES, Role, roles_of
from accounts.scopes import READ, SCOPES
from accounts.security_notices import TOKEN_APPROVED, TOKEN_MADE, tell_of_change
from api.authentication import YEAR, make_token
from api.models import Token
from tickets.workflow import Forbidden, Input, Invalid, NotFound, clean_fields

BODY = (Input("name", required=True, limit=80), Input("scopes", "names", choices=tuple(SCOPES)), Input("expires_at", "instant"))
APPROVED_BY_OTHERS = frozenset({*STAFF_ROLES, Role.ADMIN})


def ask_for_token(person: User, raw: Mapping[str, object]) -> tuple[Token, str]:
    """A new token and its text. A colleague's opens nothing until an admin has approved it.

    Raises Invalid, Forbidden (FRESH_PROOF_REQUIRED).
    """
    body = clean_fields(BODY, raw)
    check_end(body["expires_at"])
    if not person.is_freshly_proven:
        raise Forbidden("FRESH_PROOF_REQUIRED")
    with transaction.atomic():
        token, text = make_token(person, body["name"], body["scopes"] or (READ,), body["expires_at"])
        if not roles_of(person).isdisjoint(APPROVED_BY_OTHERS):
            token.needs_approval = True
            token.save(update_fields=["needs_approval"])
        _tell_afterwards(person, TOKEN_MADE)
    return token, text


def _tell_afterwards(person: User, change: str) -> None:
    """Once it is certain, and when no row is locked any more."""

    def tell() -> None:
        tell_of_change(person, change)

    transaction.on_commit(tell, robust=True)


def check_end(expires_at: datetime | None) -> None:
    """Raises Invalid: it has gone by, or is more than a year away."""
    if expires_at is None:
        return
    if expires_at <= timezone.now():
        raise Invalid({"expires_at": [_("Enter a time that is still to come.")]})
    if expires_at > timezone.now() + YEAR:
        raise Invalid({"expires_at": [_("A token lives for a year at most.")]})


def approve_token(approver: User, token: Token) -> None:
    """From now on it works. Raises Forbidden for who is no admin, or its holder."""
    if Role.ADMIN not in roles_of(approver) or approver.pk == token.user_id:
        raise Forbidden
    approved = Token.objects.filter(pk=token.pk, needs_approval=True, approved_at=None)
    if approved.update(approved_at=timezone.now(), approved_by=approver):
        tell_of_change(token.user, TOKEN_APPROVED)


def end_token(person: User, token_id: object) -> None:
    """It stops working at once, and is forgotten. Raises NotFound for one that is not this person's."""
    if not Token.objects.filter(user=person, public_id=token_id).delete()[0]:
        raise NotFound
