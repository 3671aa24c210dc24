"""`manage.py create_token EMAIL NAME`: a token for a program that has no browser to sign in with. Printed once."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from accounts.scopes import READ, SCOPES, WRITE
from api.authentication import make_token
from api.tokens import check_end
from tickets.workflow import Invalid


class Command(BaseCommand):
    help = "Make an API token and print it. It cannot be shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name", help="what the token is for")
        parser.add_argument("--scope", action="append", choices=list(SCOPES), help="may be said several times; read without any")
        parser.add_argument("--days", type=int, default=365)

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower(), is_active=True).first()
        if user is None:
            raise CommandError("There is no active user with this e-mail address.")
        expires_at = timezone.now() + timedelta(days=options["days"])
        try:
            check_end(expires_at)
        except Invalid as invalid:
            raise CommandError(" ".join(text for texts in invalid.errors.values() for text in texts)) from invalid
        scopes = set(options["scope"] or ())
        _token, text = make_token(user, options["name"], scopes | {READ} if scopes <= {WRITE} else scopes, expires_at)
        self.stdout.write(text)
