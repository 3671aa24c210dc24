"""The evidence room."""

from django.apps import AppConfig
from django.core import checks

from evidence.keys import check_keys


class EvidenceConfig(AppConfig):
    name = "evidence"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        checks.register(check_keys, checks.Tags.security)
