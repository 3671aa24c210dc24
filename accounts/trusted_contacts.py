"""Whose mailbox proves who one is, and whom news of the account reach: what has only just been put there proves nothing yet.

Otherwise a thief with the signed-in phone puts his own address there and sends the proof to himself.
"""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import FormerContact, Phone, User

Kind = FormerContact.Kind


@dataclass(frozen=True)
class Reach:
    """Everything that is proven, or was until some days ago."""

    emails: tuple[str, ...]
    numbers: tuple[str, ...]


def remember_former_contact(user: User, kind: FormerContact.Kind, value: str) -> None:
    """Call when another one takes the place of a proven one, or it is removed.

    Several changes in a row count from the last one: who waits between two of them gains nothing.
    """
    until = timezone.now() + settings.PROOF_SETTLES
    with transaction.atomic():
        live = FormerContact.objects.filter(user=user, until__gt=timezone.now())
        live.update(until=until)
        if not live.filter(kind=kind, value=value).exists():
            FormerContact.objects.filter(user=user, kind=kind, value=value).delete()
            FormerContact.objects.create(user=user, kind=kind, value=value, until=until)


def proving_address(user: User) -> str:
    """Where a fresh code goes: the address from before the changes of the last days, or the one the account has."""
    return _live(user, Kind.EMAIL)[0] if _live(user, Kind.EMAIL) else user.email


def proving_number(user: User) -> str:
    """Where a fresh code goes instead, by text: the number of whoever has no address, or got their first one only these days."""
    if not proving_address(user).endswith(".invalid"):
        return ""
    own = Phone.objects.filter(user=user).values_list("number", flat=True)
    return next(iter([*_live(user, Kind.PHONE), *own]), "")


def is_settled(user: User, number: str) -> bool:
    """Proven long enough ago to prove in its turn."""
    return Phone.objects.filter(user=user, number=number, verified_at__lte=timezone.now() - settings.PROOF_SETTLES).exists()


def reach_of(user: User) -> Reach:
    proven = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    numbers = Phone.objects.filter(user=user).values_list("number", flat=True)
    emails = dict.fromkeys([user.email, *proven, *_live(user, Kind.EMAIL)])
    return Reach(tuple(emails), tuple(dict.fromkeys([*numbers, *_live(user, Kind.PHONE)])))


def forget_former_contacts(user: User) -> None:
    """Somebody of ours has set the address by hand: what was before proves nothing any more."""
    FormerContact.objects.filter(user=user).delete()


def _live(user: User, kind: FormerContact.Kind) -> list[str]:
    """The oldest first."""
    rows = FormerContact.objects.filter(user=user, kind=kind, until__gt=timezone.now()).order_by("pk")
    return list(rows.values_list("value", flat=True))
