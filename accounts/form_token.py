"""A form does its work once: the token in it becomes a row in the transaction of the work."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import SentForm, User

RETENTION = timedelta(days=2)


class AlreadySent(Exception):
    """The same form was sent before; `location` is where its answer led."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


def new_token() -> str:
    return secrets.token_urlsafe(16)


@contextmanager
def once(request: HttpRequest, user: User) -> Iterator[SentForm]:
    """Do the block's work once for each form. Set `location` on what it yields. A rival waits for the first to end.

    Raises AlreadySent. What the block raises undoes the row with the work, so that a corrected form goes through.
    """
    token = request.POST.get("once", "")[:64] or new_token()
    now = timezone.now()
    with transaction.atomic():
        row, made = SentForm.objects.get_or_create(owner=user, token=token, defaults={"at": now})
        if not made:
            raise AlreadySent(row.location)
        yield row
        row.save(update_fields=["location"])
        SentForm.objects.filter(owner=user, at__lt=now - RETENTION).delete()
