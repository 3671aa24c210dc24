"""Steps of signing in that differ from allauth's."""

from __future__ import annotations

from allauth.account.stages import EmailVerificationStage
from django.http import HttpResponse

from accounts.unproven import has_address


class AddressStage(EmailVerificationStage):
    """Whoever has no address, but a number, has none to confirm."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        return super().handle() if has_address(self.login.user) else (None, True)
