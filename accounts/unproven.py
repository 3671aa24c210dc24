"""Whoever a complaint was filed for by a number or a platform's own name, before they have proven that it is theirs.

The row is the complaint's owner and nothing else: it cannot be signed in to, nobody can find it by an address, no letter goes to it.
What was said of the person stands on the complaint (`contact`).
"""

from __future__ import annotations

import uuid

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from accounts.models import User

NOBODY_YET, NO_ADDRESS = "unproven.invalid", "platform.invalid"


def make_unproven(contact: str) -> User:
    """Colleagues read the contact where a name would stand."""
    return User.objects.create(email=f"{uuid.uuid4().hex}@{NOBODY_YET}", password=make_password(None), is_active=False, name=contact)


def make_unverified(email: str) -> User:
    """An account by an address that nobody has proven: the first code that comes back proves it, and no second one is asked for."""
    person = User.objects.create_user(email=email, password=None)
    EmailAddress.objects.create(user=person, email=email, primary=True)
    return person


def make_addressless(**said: str) -> User:
    """Whom the platform vouches for, or who has proven a number, and who has given no e-mail address: a customer like others."""
    return User.objects.create(email=f"{uuid.uuid4().hex}@{NO_ADDRESS}", password=make_password(None), **said)


def has_address(user: User) -> bool:
    """Whether a letter could reach them."""
    return not user.email.endswith((f"@{NOBODY_YET}", f"@{NO_ADDRESS}"))


def is_unproven(user: User) -> bool:
    return user.email.endswith(f"@{NOBODY_YET}")
