"""The evidence room."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _

from lib.keyring import WAITS_FOR_KEY, check_keys


class EvidenceConfig(AppConfig):
    name = "evidence"
    verbose_name = _("Evidence")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        checks.register(check_keys, checks.Tags.security)
        WAITS_FOR_KEY.append(lambda: self.get_model("SealedFile")._default_manager.filter(erased_at=None).exists())
