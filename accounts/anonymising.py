"""An account without its person: the row stays, for history points to it; everything that told who it was is gone."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Model

from accounts.models import GuardedChange, ReadEntry, User

# Under a name that never exists: no letter can reach it, and no door takes it (accounts.reserved_addresses).
NOBODY = "erased.invalid"


def anonymise(user: User) -> None:
    """Deactivate, sign out everywhere, and forget. What belongs to the account alone (tokens, addresses, keys, notices) goes.

    Inside a transaction.
    """
    for session in UserSession.objects.filter(user=user):
        session.end()
    about = models.Q(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    LogEntry.objects.filter(about | models.Q(object_repr__iexact=user.email)).update(object_repr="", change_message="")
    for model, name in _belongings():
        model._base_manager.filter(**{name: user}).delete()
    GuardedChange.objects.filter(person=user).update(old={}, new={}, touches=[], target_text="")
    ReadEntry.objects.filter(reader=user).update(network="")
    user.email, user.name, user.language, user.timezone = f"erased-{uuid.uuid4().hex}@{NOBODY}", "", "", ""
    user.bounced_address = ""
    user.real_name_match, user.real_name_match_at, user.last_login, user.is_active = False, None, None, False
    user.set_unusable_password()
    user.save()


def _belongings() -> Iterator[tuple[type[Model], str]]:
    """Models, also of other rooms, whose rows the database would delete with the account; and their field that names it."""
    for relation in User._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and relation.on_delete is models.CASCADE:
            model = relation.related_model
            if not model._meta.auto_created:
                yield model, relation.field.name


def is_anonymous(user: User) -> bool:
    """True for an account whose person was erased."""
    return not user.is_active and user.email.endswith(f"@{NOBODY}")
