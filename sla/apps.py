"""The sla room."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _

from sla.checks import calendar_is_published


class SLAConfig(AppConfig):
    name = "sla"
    verbose_name = _("Deadlines")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(calendar_is_published, Tags.database)
