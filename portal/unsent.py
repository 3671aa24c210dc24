"""What was typed into a form of a complaint and not sent: found again after a lost session, a refusal, in the other language, elsewhere.

Kept on the server for the owner alone. What is sent without a session waits in that browser's, unreadable, for whoever signs in
there: it is shown to the owner of the complaint and to nobody else, and goes with the session. Of those only so many and so much: for
what is too much the caller gives the words back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from cryptography.fernet import InvalidToken
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, QueryDict

from accounts.known_devices import may_wait_here
from accounts.models import User
from lib.encryption import fernet_for
from tickets.models import Ticket, UnsentForm
from tickets.operations.unsent import MOST_FIELDS, drop_unsent, keep_unsent

MESSAGE = "message"
KEY, PURPOSE = "portal_unsent", "portal form sent without a session"
NOT_TYPED = frozenset({"csrfmiddlewaretoken", "once", "identity_check", "target"})
MOST_BYTES = 16_000  # of a form that nobody has signed for


class Unsent(NamedTuple):
    form: str = ""
    texts: Mapping[str, str] = {}


NOTHING = Unsent()


def typed_in(post: QueryDict) -> dict[str, str]:
    return {name: str(post[name]) for name in list(post)[: 2 * MOST_FIELDS] if name not in NOT_TYPED}


def set_aside(request: HttpRequest, ref: str, form: str) -> bool:
    """Nobody is signed in. False: it is not kept. In a session that is there already it makes no row more."""
    told = json.dumps({"ref": ref, "form": form, "texts": typed_in(request.POST)}, ensure_ascii=False).encode()
    kept = len(told) <= MOST_BYTES and (request.session.session_key is not None or may_wait_here(request))
    if kept:
        request.session[KEY] = fernet_for(PURPOSE).encrypt(told).decode()
    return kept


def subquery_of(person: User) -> Subquery:
    """For the query that finds the complaint: it costs no other."""
    return Subquery(UnsentForm.objects.filter(ticket=OuterRef("pk"), person=person).values("typed")[:1])


def unsent_of(request: HttpRequest, ticket: Ticket) -> Unsent:
    """What was sent in this browser without a session came last."""
    told = _set_aside(request)
    if told.get("ref") == ticket.ref:
        return Unsent(told["form"], told["texts"])
    typed = getattr(ticket, "unsent", None) or {}
    return Unsent(typed.get("form", ""), typed.get("texts", {}))


def keep(request: HttpRequest, person: User, ticket: Ticket, form: str) -> None:
    keep_unsent(person, ticket, form, typed_in(request.POST))
    _forget(request, ticket)


def drop(request: HttpRequest, person: User, ticket: Ticket, form: str) -> None:
    """It is sent."""
    drop_unsent(person, ticket, form)
    _forget(request, ticket)


def _forget(request: HttpRequest, ticket: Ticket) -> None:
    if _set_aside(request).get("ref") == ticket.ref:
        del request.session[KEY]


def _set_aside(request: HttpRequest) -> dict:
    if KEY not in request.session:
        return {}
    try:
        return json.loads(fernet_for(PURPOSE).decrypt(request.session[KEY].encode()))
    except InvalidToken:
        return {}
