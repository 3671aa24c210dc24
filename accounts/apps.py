"""Registration of the accounts room with Django."""

from django.apps import AppConfig
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from lib.standing import STOPPED_BY


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        STOPPED_BY.append(_why_stopped)


def _why_stopped() -> str:
    """Found by name: an app's file is read before there are models."""
    return str(import_string("accounts.installs.why_stopped")())
