"""Registration of the clock's bookkeeping with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DutiesConfig(AppConfig):
    name = "lib.duties"
    label = "duties"
    verbose_name = _("Duties of the clock")
    default_auto_field = "django.db.models.BigAutoField"
