"""Making users: the e-mail address is the login, lower-cased, one person each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.base_user import BaseUserManager
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.reserved_addresses import NOBODYS, is_reserved

if TYPE_CHECKING:
    from accounts.models import User


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """The whole address lower-cased, so that Mei@ and mei@ are one person."""
        return (email or "").strip().lower()

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=self.normalize_email(username))

    def create_user(self, email: str, password: str | None = None, **extra: object) -> User:
        """A person who may sign in. Raises ValueError without an address, or for one that nobody can have. No password: codes only."""
        address = self.normalize_email(email)
        if not address:
            raise ValueError(_("An e-mail address is needed."))
        if is_reserved(address):
            raise ValueError(NOBODYS)
        user = self.model(email=address, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def is_reserved(self, email: str) -> bool:
        """True: nobody can have it."""
        return is_reserved(email)

    def persons(self) -> QuerySet[User]:
        """All but the service users, who are programs."""
        return self.filter(is_service=False)

    def create_superuser(self, email: str, password: str | None = None, **extra: object) -> User:
        """An admin: policies, calendars, users. Belongs to no group and so sees no evidence."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)
