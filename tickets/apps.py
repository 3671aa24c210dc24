"""The tickets room."""

from django.apps import AppConfig
from django.urls import register_converter
from django.utils.translation import gettext_lazy as _

from lib.keyring import WAITS_FOR_KEY
from tickets.references import RefConverter


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = _("Complaints")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register_converter(RefConverter, "ref")
        WAITS_FOR_KEY.append(lambda: self.get_model("Ticket")._default_manager.exclude(account_sealed="").exists())
        # Only now are the models there that the operations speak of.
        from tickets.completeness import hand_tables_on  # noqa: PLC0415

        hand_tables_on()
